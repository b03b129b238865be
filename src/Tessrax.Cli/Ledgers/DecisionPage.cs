using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>A decision as its story: who claims what and how far apart, which rule settled it under which policy, who agreed when, and what came of it.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="told">The decision, which is not erased.</param>
internal sealed class DecisionPage(DecisionLedger ledger, ToldDecision told)
{
    private const int BarCells = 20;

    private readonly Receipt receipt = told.Receipt;
    private readonly Decision decision = told.Decision!;
    private readonly DecisionStory story = told.Story!;
    private readonly DecisionClaims claims = told.Claims!;

    /// <summary>The page.</summary>
    /// <param name="status">How far it has come.</param>
    /// <param name="tone">How that is meant.</param>
    /// <param name="time">How a time is told.</param>
    public Page Make(string status, Tone tone, Func<UtcTime, string> time)
    {
        bool isProposed = receipt.Entry.Body.Event == Events.DecisionProposed;
        Page page = new Page()
            .Line(Tone.Strong, $"{(isProposed ? "proposal" : "decision")} {receipt.Entry.Index}: {decision.Key}")
            .Line(decision.Explanation)
            .Line(tone, status);
        page.Heading("who claims what").Grid(["VALUE", "SOURCE", "SAID", "APART", "CLAIM", ""], claims.All.Select(Row));
        if (story.Contradiction is { Gap: { } gap } found)
            page.Line(
                $"{gap} apart where {found.Tolerance} is tolerated  ",
                new Cell(Bar(gap, found.Tolerance), Tones.Of(found.Severity))
            );
        page.Heading("what settled it").Tree(Grounds());
        page.Heading("how it went").Grid(["ENTRY", "WHEN", "WHAT", "WHO"], story.Steps.Select(step => Row(step, time)));
        page.Heading("go on with");
        foreach (string command in Next(isProposed))
            page.Command(command);
        return page;
    }

    private Cell[] Row(Claim claim)
    {
        bool isChosen = claim.ClaimId == decision.Outcome.ClaimId;
        return
        [
            new(Said(claim), isChosen ? Tone.Strong : Tone.Plain),
            claim.Source,
            claim.Timestamp.ToString()[..10],
            isChosen ? new Cell("-", Tone.Dim) : claims.Distance(claim) ?? "",
            claim.ClaimId,
            isChosen ? new Cell("<- chosen", Tone.Good) : "",
        ];
    }

    // In the unit in which it was said, and in the group's where that is another one.
    private string Said(Claim claim)
    {
        string said = ClaimText.Show(claim.Value);
        return claim.Unit is null || claim.Unit == decision.Key.Unit ? said
            : claims.Compared(claim) is { } number ? $"{said} {claim.Unit} = {number} {decision.Key.Unit}"
            : $"{said} {claim.Unit}";
    }

    // The gap and, where anything is tolerated, how much: from equal to as far apart as the larger number is from zero.
    private static string Bar(RelativeGap gap, ExactDecimal tolerance)
    {
        int filled = Cells(gap.ToString());
        char[] bar = [.. new string('█', filled), .. new string('░', BarCells - filled)];
        if (tolerance > ExactDecimal.Zero)
            bar[Math.Min(Cells(tolerance.ToString()), BarCells - 1)] = '┃';
        return new string(bar);
    }

    private static int Cells(string ratio) =>
        (int)Math.Round(Math.Clamp(double.Parse(ratio, CultureInfo.InvariantCulture), 0, 1) * BarCells);

    private Branch Grounds()
    {
        var tree = new Branch(new Cell(ReceiptText.Outcome(decision), Tone.Strong));
        Branch by = tree.Add($"rule {decision.Rule}");
        by.Add(
            $"{decision.Kind.Text()} contradiction, ",
            new Cell(decision.Severity.Text(), Tones.Of(decision.Severity))
        );
        by.Add(decision.Reason);
        if (decision.Grounds is { } grounds)
        {
            Branch others = tree.Add("rules that did not fire");
            foreach (OtherRule other in grounds.Others)
                others.Add(other.ToString());
        }
        Branch policy = tree.Add($"policy {decision.Policy}");
        if (ledger.Policy is { } present && present != decision.Policy)
            policy.Add(new Cell($"in force now: {present.Id} {present.Version}", Tone.Warn));
        string needs = decision.Approvals.Count == 0 ? "none needed" : string.Join(" and ", decision.Approvals);
        Branch approvals = tree.Add($"approvals: {needs}");
        foreach (Approval approval in receipt.Entry.Approvals)
            approvals.Add($"{ledger.NameOf(approval.Key)} as {approval.Role}, signed {approval.IssuedAt}");
        tree.Add($"recorded {receipt.Entry.RecordedAt} under governance state {receipt.Entry.Gov.Digest}");
        return tree;
    }

    private Cell[] Row(StoryStep step, Func<UtcTime, string> time) =>
        [
            step.Entry.ToString(CultureInfo.InvariantCulture),
            new(time(step.Time), Tone.Dim),
            new(step.What, ToneOf(step.Kind)),
            step.Who,
        ];

    private Tone ToneOf(StoryKind kind) =>
        kind switch
        {
            StoryKind.Contradicted => Tones.Of(story.Contradiction!.Severity),
            StoryKind.Proposed => Tone.Warn,
            StoryKind.Approved or StoryKind.Recorded or StoryKind.Executed => Tone.Good,
            StoryKind.Rejected or StoryKind.Closed => Tone.Bad,
            StoryKind.Superseded => Tone.Dim,
            _ => Tone.Plain,
        };

    private IEnumerable<string> Next(bool isProposed)
    {
        long index = receipt.Entry.Index;
        yield return ShellText.Of($"tessraxctl show {ledger.Place} {index}");
        if (isProposed && told.Fate?.Status == ProposalFate.Open)
            yield return ShellText.Of($"tessraxctl approve {ledger.Place} {index} --key KEY");
        else
            yield return ShellText.Of($"tessraxctl prove {ledger.Place} {index} -o entry-{index}.tessrax.json");
    }
}
