using System.Globalization;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>Places a film's marks: the stages from top to bottom, each in a card that says what it is; then the entries that record them, and what happens in words.</summary>
internal sealed partial class KernelDrawing(KernelFilm film, FilmShape shape)
{
    private const double Margin = 24;
    private const double Gap = 26;
    private const double Pad = 16;
    private const double Small = 11;

    private readonly FilmSheet sheet = new();
    private readonly bool isWide = shape == FilmShape.Wide;
    private double y = Margin;

    private double Width => isWide ? 760 : 400;

    // Beside the cards stands what they are; on a phone, above them.
    private double Left => isWide ? Margin + 116 : Margin;

    private double Room => Width - Margin - Left;

    /// <summary>The picture's size and its marks.</summary>
    /// <param name="withHead">Whether what it is about stands above it.</param>
    public (double Width, double Height, string Marks) Draw(bool withHead)
    {
        if (withHead)
            Head();
        Claims();
        Contradiction();
        Rule();
        Approvals();
        Record();
        Chain();
        Captions();
        return (Width, Math.Ceiling(y + Margin), sheet.Marks);
    }

    private void Head()
    {
        double room = Width - (2 * Margin);
        sheet.Text(Margin, y + 14, room, film.Decision.Key.ToString(), "b", 16);
        y += 24;
        foreach (string line in FilmText.Lines(film.Decision.Explanation, 12, room, 3))
        {
            sheet.Text(Margin, y + 12, room, line, "m", 12);
            y += 17;
        }
        y += 16;
    }

    private void Approvals()
    {
        (FilmFrame Frame, int Number)[] votes = [.. film.Of(FilmStage.Approvals)];
        string needs = film.Decision.IsAutomatic
            ? "none needed: the policy decides alone"
            : $"needs {string.Join(" and ", film.Decision.Approvals)}";
        Rows("Approvals", votes, film.RuleFrame, needs, "");
        Next(film.Of(FilmStage.Record).Select(one => one.Number).FirstOrDefault(film.Frames.Count - 1));
    }

    private void Record()
    {
        (FilmFrame Frame, int Number)[] rows = [.. film.Of(FilmStage.Record)];
        if (rows.Length > 0)
            Rows("Record", rows, rows[0].Number, ReceiptText.Outcome(film.Decision), " done");
        else
            Rows("Record", rows, film.Frames.Count - 1, $"not on record: {film.State}", "");
        y += Gap;
    }

    private void Rows(string label, (FilmFrame Frame, int Number)[] rows, int first, string title, string tone)
    {
        double height = isWide ? 24 : 38;
        Box box = Slot(label, 42 + (rows.Length * height));
        double room = box.Width - (2 * Pad);
        sheet.Inside(
            box,
            first,
            () =>
            {
                sheet.Rect(box.Own, $"card{tone}");
                sheet.Text(Pad, 26, room, title, rows.Length > 0 ? "b" : "m", rows.Length > 0 ? 14 : 12);
            }
        );
        for (int i = 0; i < rows.Length; i++)
        {
            (FilmFrame frame, int number) = rows[i];
            double top = box.Top + 36 + (i * height);
            sheet.Inside(new Box(box.Left, top, box.Width, height), number, () => Row(frame, box.Width));
        }
    }

    private void Row(FilmFrame frame, double width)
    {
        string kind = Word(frame.Kind!.Value);
        sheet.Circle($"mark {kind}", Pad + 8, 11, 8);
        if (frame.Kind is StoryKind.Rejected or StoryKind.Closed)
            sheet.Path("tick", $"M{FilmSheet.N(Pad + 5)} 8l6 6m0 -6l-6 6");
        else if (frame.Kind is StoryKind.Approved or StoryKind.Recorded or StoryKind.Executed)
            sheet.Path("tick", $"M{FilmSheet.N(Pad + 4.5)} 11.2l2.6 2.8 4.4 -5.6");
        const double Start = Pad + 24;
        const double Meta = 224;
        double room = width - Start - Pad;
        sheet.Text(Start, 15, isWide ? room - Meta - 8 : room, frame.Caption, "", 12);
        string meta = MetaOf(frame);
        if (isWide)
            sheet.Text(width - Pad, 15, Meta, meta, "m", Small, "end");
        else
            sheet.Text(Start, 30, room, meta, "m", Small);
    }

    private void Label(string label)
    {
        if (isWide)
        {
            sheet.Text(Margin, y + 22, 108, label, "b", 12);
            return;
        }
        sheet.Text(Margin, y + 10, 108, label, "b", 12);
        y += 20;
    }

    // A place that is empty until its frame comes.
    private Box Slot(string label, double height)
    {
        Label(label);
        Box box = new(Left, y, Room, height);
        sheet.Rect(new Box(Left + 0.75, box.Top + 0.75, Room - 1.5, height - 1.5), "slot");
        y += height;
        return box;
    }

    private void Next(int frame)
    {
        sheet.From(frame, () => Arrow(Left + (Room / 2)));
        y += Gap;
    }

    private void Arrow(double x)
    {
        (double from, double to) = (y + 4, y + Gap - 4);
        sheet.Path("arrow", $"M{FilmSheet.N(x)} {FilmSheet.N(from)}V{FilmSheet.N(to)}m-4 -5l4 5 4 -5");
    }

    private static string Entry(FilmFrame frame) =>
        string.Create(CultureInfo.InvariantCulture, $"entry {frame.Entry!.Value}");

    private static string MetaOf(FilmFrame frame) =>
        frame is { Entry: not null, Time: { } time }
            ? $"{Entry(frame)}, {time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"
            : "";

    private static string Word(StoryKind kind) =>
        kind switch
        {
            StoryKind.Claimed => "claims",
            StoryKind.Contradicted => "contradiction",
            StoryKind.Proposed => "proposed",
            StoryKind.Approved => "approved",
            StoryKind.Rejected => "rejected",
            StoryKind.Closed => "closed",
            StoryKind.Recorded => "recorded",
            StoryKind.Superseded => "superseded",
            _ => "executed",
        };
}
