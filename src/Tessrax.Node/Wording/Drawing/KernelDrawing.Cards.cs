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
        double width = (Room - (Between * (columns - 1))) / columns;
        Label("Claims");
        double foot = y + 4;
        for (int i = 0; i < film.Claims.Count; i += columns)
        {
            FilmClaim[] row = [.. film.Claims.Skip(i).Take(columns)];
            Paragraph[][] texts = [.. row.Select(one => TextsOf(one, width - (2 * Pad)))];
            double height = 15 + texts.Max(text => text.Sum(each => each.Height));
            double top = i == 0 ? y : foot + Between;
            for (int column = 0; column < row.Length; column++)
                Claim(row[column], texts[column], new Box(Left + (column * (width + Between)), top, width, height));
            foot = top + height;
        }
        y = foot;
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

    private Paragraph[] TextsOf(FilmClaim one, double room)
    {
        string unit = one.Claim.Unit is { } given ? $" {given}" : "";
        double beside = one.IsChosen ? room - WordRoom - 4 : room;
        return
        [
            Paragraph.Of($"{ReceiptText.Value(one.Claim.Value)}{unit}", "b", 14, 18, beside),
            Paragraph.Of(one.Claim.Source, "", 12, 17, room),
            Paragraph.Of($"{Day(one.Claim.Timestamp)}, {one.Claim.ClaimId}", "m", Small, 16, room),
        ];
    }

    private void Claim(FilmClaim one, Paragraph[] texts, Box tile)
    {
        sheet.Inside(
            tile,
            one.Frame,
            () =>
            {
                sheet.Rect(tile.Own, "card");
                Lines(4, texts);
            }
        );
        if (!one.IsChosen)
            return;
        (string word, string frame, string tone) =
            IsRecorded ? ("followed", "chosen", "good b")
            : WasClosed ? ("was proposed", "offered", "m b")
            : ("proposed", "offered", "m b");
        sheet.Inside(
            tile,
            film.RuleFrame,
            () =>
            {
                sheet.Rect(new Box(1.5, 1.5, tile.Width - 3, tile.Height - 3), frame);
                sheet.Text(tile.Width - Pad, 22, WordRoom, word, tone, Small, "end");
            }
        );
    }

    // Proposed, and ended without a decision.
    private bool WasClosed => film.IsProposal && film.State is not (ProposalFate.Open or ProposalFate.Decided);

    // For the word beside the claim that the decision follows.
    private double WordRoom => WasClosed ? 106 : 70;

    private bool IsRecorded => film.Frames.Any(frame => frame.Kind == StoryKind.Recorded);

    private void Contradiction()
    {
        bool hasGap = film.Contradiction?.Gap is not null;
        double room = Room - (2 * Pad);
        Paragraph explained = Paragraph.Of(film.Contradiction?.Explanation ?? "", "", 12, 17, room, isWide ? 2 : 5);
        Box box = Slot("Contradiction", hasGap ? 86 : Math.Max(78, 44 + explained.Height));
        int? frame = film.Of(FilmStage.Contradiction).Select(one => (int?)one.Number).FirstOrDefault();
        if (frame is not { } number || film.Contradiction is not { } found)
        {
            sheet.Text(box.Left + Pad, box.Top + 28, box.Width - (2 * Pad), "its record was erased", "m", 12);
            Next(film.RuleFrame);
            return;
        }
        sheet.Inside(
            box,
            number,
            () =>
            {
                sheet.Rect(box.Own, "card hot");
                // Above the card of a phone stands what it is.
                string kind = isWide ? $"{found.Kind.Text()} contradiction" : found.Kind.Text();
                sheet.Text(Pad, 26, room - 96, kind, "b", 14);
                Box pill = new(box.Width - Pad - 84, 11, 84, 22);
                sheet.Rect(pill, $"pill {found.Severity.Text()}", 11);
                sheet.Text(pill.Middle, pill.Top + 15, 80, found.Severity.Text(), "pill b", Small, "middle");
                if (found.Gap is { } gap)
                    Gauge(gap, found.Tolerance, number, room);
                else
                    Lines(29, [explained]);
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
        double aside = isWide ? room * 0.32 : 0;
        Paragraph[] texts =
        [
            Paragraph.Of(film.Decision.Rule, "b", 14, 18, isWide ? room * 0.66 : room),
            .. isWide ? Array.Empty<Paragraph>() : [Paragraph.Of(Pinned, "m", Small, 17, room)],
            new Paragraph([], "", 12, 0, 6),
            Paragraph.Of(film.Decision.Reason, "", 12, 17, room, isWide ? 2 : 5),
        ];
        Box box = Slot("Rule", 32 + texts.Sum(text => text.Height));
        sheet.Inside(
            box,
            film.RuleFrame,
            () =>
            {
                sheet.Rect(box.Own, "card");
                Lines(8, texts);
                if (isWide)
                    sheet.Text(box.Width - Pad, 26, aside, Pinned, "m", Small, "end");
            }
        );
        Next(film.RuleFrame);
    }

    private string Pinned => $"policy {film.Decision.Policy.Id} {film.Decision.Policy.Version}";

    private static double Share(string ratio) => Math.Clamp(double.Parse(ratio, CultureInfo.InvariantCulture), 0, 1);

    private static string Day(UtcTime time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
