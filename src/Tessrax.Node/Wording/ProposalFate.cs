using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>What became of a proposal, and who voted how.</summary>
/// <param name="Status"><c>open</c>, <c>decided</c>, <c>rejected</c>, <c>expired</c>, <c>superseded</c>, or <c>lapsed</c> when the clock was adjusted.</param>
/// <param name="At">The entry that ended it, or -1.</param>
/// <param name="Votes">The verdicts recorded.</param>
public sealed record ProposalFate(string Status, long At, IReadOnlyList<Approval> Votes)
{
    public const string Open = "open";
    public const string Decided = "decided";

    /// <summary>Tells it by what was recorded of it.</summary>
    /// <param name="index">The proposal.</param>
    /// <param name="body">What it proposes to record.</param>
    /// <param name="entries">At least all entries behind it that tell of it, ascending.</param>
    internal static ProposalFate Of(long index, EntryBody body, IEnumerable<Receipt> entries)
    {
        var votes = new List<Approval>();
        foreach (Receipt receipt in entries)
        {
            if (receipt.Entry.Index <= index)
                continue;
            switch (receipt.Entry.Body.Event)
            {
                case Events.ApprovalRecorded when receipt.Payload is { } payload:
                    ApprovalRecorded vote = ApprovalRecorded.FromJson(payload.Root);
                    if (vote.Proposal == index)
                        votes.Add(vote.Approval);
                    break;
                case var name when Events.TakesApprovals(name) && receipt.Entry.Body == body:
                    return new ProposalFate(Decided, receipt.Entry.Index, votes);
                // Whatever waited when the clock was adjusted was issued before.
                case Events.ClockAdjusted:
                    return new ProposalFate("lapsed", receipt.Entry.Index, votes);
                case Events.DecisionClosed when receipt.Payload is { } payload:
                    DecisionClosed closed = DecisionClosed.FromJson(payload.Root);
                    if (closed.Proposal == index)
                        return new ProposalFate(closed.OutcomeText, receipt.Entry.Index, votes);
                    break;
            }
        }
        return new ProposalFate(Open, -1, votes);
    }

    /// <summary>Why no proposal of that number waits.</summary>
    public static TessraxException WhyNone(string ledger, NodeEnvironment environment, long index)
    {
        using LedgerView view = LedgerView.Open(ledger, environment.Disk);
        if (index >= view.Fold.Size)
            return Missing($"no proposal {index} waits here: the last entry is {view.Fold.Size - 1}");
        Receipt receipt = view.Receipt(index);
        if (receipt.Entry.Body.Event != Events.DecisionProposed)
            return Missing($"no proposal {index} waits here: that entry is {receipt.Entry.Body.Event}");
        if (receipt.Payload is not { } payload)
            return Missing($"no proposal {index} waits here: its payload was erased");
        ProposalFate fate = Of(index, Proposal.FromJson(payload.Root).Body, view.Receipts(index + 1));
        return Missing(
            fate.At < 0
                ? $"no proposal {index} waits here any more"
                : $"proposal {index} waits no more: {fate.Status} at {fate.At}"
        );

        TessraxException Missing(string why) =>
            ErrorCodes.NoSuchProposal.Because(why, ShellText.Of($"see what waits: tessraxctl pending {ledger}"));
    }

    /// <summary>In words.</summary>
    public string Describe(LedgerView view)
    {
        IEnumerable<string> said = Votes.Select(v =>
            $"{view.Fold.State.Key(v.Key)?.Name} {(v.Approves ? "approved" : "rejected")}"
        );
        string voted = Votes.Count == 0 ? "nobody voted" : string.Join(", ", said);
        return $"status: {Status}{(At < 0 ? "" : $" at {At}")}; {voted}";
    }
}
