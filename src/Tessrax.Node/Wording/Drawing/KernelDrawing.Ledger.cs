using System.Globalization;

namespace Tessrax.Node.Wording.Drawing;

/// <content>The entries that record it, and what happens in words.</content>
internal sealed partial class KernelDrawing
{
    private void Chain()
    {
        Label("Ledger");
        int most = isWide ? 5 : 3;
        (string Name, string What, int Frame)[] cells = Cells(most);
        double between = isWide ? 14 : 10;
        double width = (Room - (between * (most - 1))) / most;
        for (int i = 0; i < cells.Length; i++)
        {
            Box cell = new(Left + (i * (width + between)), y, width, 46);
            (string name, string what, int frame) = cells[i];
            bool isFirst = i == 0;
            sheet.From(
                frame,
                () =>
                {
                    if (!isFirst)
                        sheet.Path(
                            "link",
                            $"M{FilmSheet.N(cell.Left - between)} {FilmSheet.N(cell.Top + 23)}h{FilmSheet.N(between)}"
                        );
                    sheet.Inside(
                        cell,
                        () =>
                        {
                            sheet.Rect(cell.Own, "cell", 5);
                            sheet.Text(cell.Width / 2, 20, cell.Width - 8, name, "b", 12, "middle");
                            sheet.Text(cell.Width / 2, 36, cell.Width - 8, what, "m", Small, "middle");
                        }
                    );
                }
            );
        }
        y += 46 + 20;
    }

    // The entries that record it; those in the middle are one cell if there are more than have room.
    private (string Name, string What, int Frame)[] Cells(int most)
    {
        (string, string, int)[] all =
        [
            .. film
                .Frames.Select((frame, number) => (frame, number))
                .Where(one => one.frame.Entry is not null)
                .DistinctBy(one => one.frame.Entry)
                .OrderBy(one => one.frame.Entry)
                .Select(one => (Entry(one.frame), Word(one.frame.Kind!.Value), one.number)),
        ];
        if (all.Length <= most)
            return all;
        int last = most - 2;
        (string, string, int) between = ("…", $"{all.Length - most + 1} more", all[^(last + 1)].Item3);
        return [all[0], between, .. all[^last..]];
    }

    private void Captions()
    {
        const double Meta = 242;
        const double Line = 17;
        double room = Width - (2 * Margin) - 24;
        int last = film.Frames.Count - 1;
        (string[] Lines, string Meta)[] all =
        [
            .. film.Frames.Select(
                (frame, i) =>
                    (
                        FilmText.Lines(
                            string.Create(CultureInfo.InvariantCulture, $"{i + 1} of {last + 1}: {frame.Caption}"),
                            12,
                            isWide && MetaOf(frame).Length > 0 ? room - Meta : room,
                            Paragraph.MostLines
                        ),
                        MetaOf(frame)
                    )
            ),
        ];
        // Room for the longest: only one is shown at a time, and nothing below it may move.
        double height = (isWide ? 17 : 33) + (Line * all.Max(one => one.Lines.Length));
        Box box = new(Margin, y, Width - (2 * Margin), height);
        sheet.Rect(box, "track", 6);
        for (int i = 0; i < all.Length; i++)
        {
            double baseline = y + 21;
            foreach (string line in all[i].Lines)
            {
                sheet.Caption(i, i == last, box.Left + 12, baseline, room, line);
                baseline += Line;
            }
            if (isWide)
                sheet.Caption(i, i == last, box.Left + box.Width - 12, y + 21, Meta, all[i].Meta, "end");
            else
                sheet.Caption(i, i == last, box.Left + 12, baseline, room, all[i].Meta);
        }
        y += height;
    }
}
