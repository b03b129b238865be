using System.Globalization;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>Places a film's marks: the stages from top to bottom, each in a card that says what it is; then the entries that record them, and what happens in words.</summary>
internal sealed partial class KernelDrawing(KernelFilm film, FilmShape shape)
{
    private const double Gap = 26;
    private const double Pad = 16;
    private const double Small = 11;

    private readonly FilmSheet sheet = new();
    private readonly bool isWide = shape == FilmShape.Wide;
    private double y = shape == FilmShape.Wide ? 24 : 8;

    // On a phone every pixel of an edge makes the letters smaller.
    private double Margin => isWide ? 24 : 8;

    private double Width => isWide ? 760 : 344;

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
        string[] about = FilmText.Lines(film.Decision.Key.ToString(), 16, room / FilmText.Bold, Paragraph.MostLines);
        foreach (string line in about)
        {
            sheet.Text(Margin, y + 14, room, line, "b", 16);
            y += 21;
        }
        y += 3;
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
        double room = Room - (2 * Pad);
        Paragraph head =
            rows.Length > 0 ? Paragraph.Of(title, "b", 14, 18, room) : Paragraph.Of(title, "m", 12, 18, room);
        Paragraph[] said = [.. rows.Select(row => Paragraph.Of(row.Frame.Caption, "", 12, RowLine, RowRoom))];
        Box box = Slot(label, 24 + head.Height + said.Sum(RowHeight));
        sheet.Inside(
            box,
            first,
            () =>
            {
                sheet.Rect(box.Own, $"card{tone}");
                Lines(8, [head]);
            }
        );
        double top = box.Top + 18 + head.Height;
        for (int i = 0; i < rows.Length; i++)
        {
            (FilmFrame frame, int number) = rows[i];
            Paragraph text = said[i];
            sheet.Inside(new Box(box.Left, top, box.Width, RowHeight(text)), number, () => Row(frame, text, box.Width));
            top += RowHeight(text);
        }
    }

    private const double RowLine = 16;
    private const double RowStart = Pad + 24;
    private const double RowMeta = 224;

    private double RowRoom => Room - RowStart - Pad - (isWide ? RowMeta + 8 : 0);

    private double RowHeight(Paragraph text) => text.Height + (isWide ? 8 : 22);

    private void Row(FilmFrame frame, Paragraph text, double width)
    {
        string kind = Word(frame.Kind!.Value);
        sheet.Circle($"mark {kind}", Pad + 8, 11, 8);
        if (frame.Kind is StoryKind.Rejected or StoryKind.Closed)
            sheet.Path("tick", $"M{FilmSheet.N(Pad + 5)} 8l6 6m0 -6l-6 6");
        else if (frame.Kind is StoryKind.Approved or StoryKind.Recorded or StoryKind.Executed)
            sheet.Path("tick", $"M{FilmSheet.N(Pad + 4.5)} 11.2l2.6 2.8 4.4 -5.6");
        double foot = Lines(-1, [text], RowStart);
        string meta = MetaOf(frame);
        if (isWide)
            sheet.Text(width - Pad, 15, RowMeta, meta, "m", Small, "end");
        else
            sheet.Text(RowStart, foot + 15, width - RowStart - Pad, meta, "m", Small);
    }

    // One paragraph below the other; the first line stands a leading below the top. Returns the last baseline.
    private double Lines(double top, IEnumerable<Paragraph> texts, double left = Pad)
    {
        foreach (Paragraph text in texts)
        {
            foreach (string line in text.Lines)
            {
                top += text.Leading;
                sheet.Text(left, top, Width, line, text.Kind, text.Size);
            }
            top += text.After;
        }
        return top;
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
