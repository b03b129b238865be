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
        const double Between = 14;
        double width = (Room - (Between * (most - 1))) / most;
        for (int i = 0; i < cells.Length; i++)
        {
            Box cell = new(Left + (i * (width + Between)), y, width, 46);
            (string name, string what, int frame) = cells[i];
            bool isFirst = i == 0;
            sheet.From(
                frame,
                () =>
                {
                    if (!isFirst)
                        sheet.Path(
                            "link",
                            $"M{FilmSheet.N(cell.Left - Between)} {FilmSheet.N(cell.Top + 23)}h{FilmSheet.N(Between)}"
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
        double height = isWide ? 34 : 50;
        Box box = new(Margin, y, Width - (2 * Margin), height);
        sheet.Rect(box, "track", 6);
        double room = box.Width - 24;
        const double Meta = 242;
        for (int i = 0; i < film.Frames.Count; i++)
        {
            FilmFrame frame = film.Frames[i];
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{i + 1} of {film.Frames.Count}: {frame.Caption}"
            );
            bool isLast = i == film.Frames.Count - 1;
            string meta = MetaOf(frame);
            bool hasRoom = isWide && meta.Length > 0;
            sheet.Caption(i, isLast, box.Left + 12, y + 21, hasRoom ? room - Meta : room, text);
            if (isWide)
                sheet.Caption(i, isLast, box.Left + box.Width - 12, y + 21, Meta, meta, "end");
            else
                sheet.Caption(i, isLast, box.Left + 12, y + 38, room, meta);
        }
        y += height;
    }
}
