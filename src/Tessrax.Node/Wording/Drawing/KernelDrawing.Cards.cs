using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Node.Wording.Drawing;

/// <content>What was said, how it contradicts itself, and the rule that settles it.</content>
internal sealed partial class KernelDrawing
{
    private void Claims()
    {
        int columns = isWide ? Math.Clamp(film.Claims.Count, 1, 3) : 1;
        const double Between = 12;
        const double Height = 66;
        double width = (Room - (Between * (columns - 1))) / columns;
        Label("Claims");
        Box tile = new(Left, y, width, Height);
        for (int i = 0; i < film.Claims.Count; i++)
        {
            tile = new Box(
                Left + (i % columns * (width + Between)),
                y + (i / columns * (Height + Between)),
                width,
                Height
            );
            Claim(film.Claims[i], tile);
        }
        y = film.Claims.Count == 0 ? y + 4 : tile.Foot;
        if (film.ClaimsLeftOut > 0)
        {
            string rest = film.Claims.Count == 0 ? "" : "and ";
            sheet.Text(Left, y + 18, Room, $"{rest}{Counted.Of(film.ClaimsLeftOut, "claim")} not shown", "m", Small);
            y += 24;
        }
        int meet = film.Of(FilmStage.Contradiction).Select(one => one.Number).FirstOrDefault(film.RuleFrame);
        int last = film.Claims.Count - (((film.Claims.Count - 1) / columns) * columns);
        if (last > 0)
            sheet.From(
                meet,
                () =>
                {
                    for (int i = 0; i < last; i++)
                        Arrow(Left + (i * (width + Between)) + (width / 2));
                }
            );
        y += Gap;
    }

    private void Claim(FilmClaim one, Box tile)
    {
        double room = tile.Width - (2 * Pad);
        string unit = one.Claim.Unit is { } given ? $" {given}" : "";
        sheet.Inside(
            tile,
            one.Frame,
            () =>
            {
                sheet.Rect(tile.Own, "card");
                double beside = one.IsChosen ? room - 74 : room;
                sheet.Text(Pad, 22, beside, $"{ReceiptText.Value(one.Claim.Value)}{unit}", "b", 14);
                sheet.Text(Pad, 39, room, one.Claim.Source, "", 12);
                sheet.Text(Pad, 55, room, $"{Day(one.Claim.Timestamp)}, {one.Claim.ClaimId}", "m", Small);
            }
        );
        if (!one.IsChosen)
            return;
        string word = IsRecorded ? "followed" : "proposed";
        sheet.Inside(
            tile,
            film.RuleFrame,
            () =>
            {
                sheet.Rect(new Box(1.5, 1.5, tile.Width - 3, tile.Height - 3), "chosen");
                sheet.Text(tile.Width - Pad, 22, 70, word, "good b", Small, "end");
            }
        );
    }

    private bool IsRecorded => film.Frames.Any(frame => frame.Kind == StoryKind.Recorded);

    private void Contradiction()
    {
        bool hasGap = film.Contradiction?.Gap is not null;
        Box box = Slot("Contradiction", hasGap ? 86 : 78);
        int? frame = film.Of(FilmStage.Contradiction).Select(one => (int?)one.Number).FirstOrDefault();
        if (frame is not { } number || film.Contradiction is not { } found)
        {
            sheet.Text(box.Left + Pad, box.Top + 28, box.Width - (2 * Pad), "its record was erased", "m", 12);
            Next(film.RuleFrame);
            return;
        }
        double room = box.Width - (2 * Pad);
        sheet.Inside(
            box,
            number,
            () =>
            {
                sheet.Rect(box.Own, "card hot");
                sheet.Text(Pad, 26, room - 96, $"{found.Kind.Text()} contradiction", "b", 14);
                Box pill = new(box.Width - Pad - 84, 11, 84, 22);
                sheet.Rect(pill, $"pill {found.Severity.Text()}", 11);
                sheet.Text(pill.Middle, pill.Top + 15, 80, found.Severity.Text(), "pill b", Small, "middle");
                if (found.Gap is { } gap)
                    Gauge(gap, found.Tolerance, number, room);
                else
                    Lines(FilmText.Lines(found.Explanation, 12, room, 2), Pad, 46, room);
            }
        );
        Next(film.RuleFrame);
    }

    // From equal to as far apart as the larger is from zero.
    private void Gauge(RelativeGap gap, ExactDecimal tolerance, int frame, double room)
    {
        sheet.Rect(new Box(Pad, 44, room, 10), "track", 5);
        sheet.Rect(new Box(Pad, 44, Math.Max(room * Share(gap.ToString()), 3), 10), "gap", 5, frame);
        if (tolerance > ExactDecimal.Zero)
            sheet.Path("allowed", $"M{FilmSheet.N(Pad + (room * Share(tolerance.ToString())))} 40v18");
        sheet.Text(Pad, 74, room, $"{gap} apart where {tolerance} is tolerated", "m", 12);
    }

    private void Rule()
    {
        double room = Room - (2 * Pad);
        string[] reason = FilmText.Lines(film.Decision.Reason, 12, room, 2);
        double below = isWide ? 50 : 66;
        Box box = Slot("Rule", below + 6 + (reason.Length * 17));
        sheet.Inside(
            box,
            film.RuleFrame,
            () =>
            {
                sheet.Rect(box.Own, "card");
                sheet.Text(Pad, 26, isWide ? room * 0.66 : room, film.Decision.Rule, "b", 14);
                string policy = $"policy {film.Decision.Policy.Id} {film.Decision.Policy.Version}";
                if (isWide)
                    sheet.Text(box.Width - Pad, 26, room * 0.32, policy, "m", Small, "end");
                else
                    sheet.Text(Pad, 44, room, policy, "m", Small);
                Lines(reason, Pad, below, room);
            }
        );
        Next(film.RuleFrame);
    }

    private void Lines(string[] lines, double x, double baseline, double room)
    {
        foreach (string line in lines)
        {
            sheet.Text(x, baseline, room, line, "", 12);
            baseline += 17;
        }
    }

    private static double Share(string ratio) => Math.Clamp(double.Parse(ratio, CultureInfo.InvariantCulture), 0, 1);

    private static string Day(UtcTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
