using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Picks out of a ledger what a stranger needs to check one entry: every control event, and for a step from a contradiction to its
/// decision everything before it about the same thing: claims, contradictions, proposals, verdicts, decisions.</summary>
public static class BundleMaker
{
    /// <summary>The bundle about one entry, proven against the newest checkpoint.</summary>
    /// <exception cref="TessraxException">TSX3011: no such entry.</exception>
    public static Bundle Make(LedgerView view, long subject)
    {
        Receipt about = view.Receipt(subject);
        GroupKey? group = GroupOf(about, view);
        var proposals = new HashSet<long>();
        var entries = new List<BundleEntry>();
        foreach (Receipt receipt in view.Receipts())
        {
            bool wanted =
                receipt.Entry.Index == subject
                || Events.IsControl(receipt.Entry.Body.Event)
                || (group is { } key && receipt.Entry.Index < subject && Concerns(receipt, key, proposals, view));
            if (wanted)
                entries.Add(new BundleEntry(receipt, view.Prove(receipt.Entry.Index)));
        }
        return new Bundle
        {
            Subject = subject,
            Checkpoint = view.Checkpoint.ToString(),
            Entries = entries,
        };
    }

    // What the subject settles; null for entries that settle nothing.
    private static GroupKey? GroupOf(Receipt about, LedgerView view) =>
        Events.Settles(about.Entry.Body.Event) ? GroupOf(Record(about), view) : null;

    private static GroupKey? GroupOf(object record, LedgerView view) =>
        record switch
        {
            Contradiction contradiction => contradiction.Key,
            Proposal proposal => proposal.Decision.Key,
            Decision decision => decision.Key,
            ApprovalRecorded vote => GroupOf(Record(view.Receipt(vote.Proposal)), view),
            DecisionClosed closed => GroupOf(Record(view.Receipt(closed.Proposal)), view),
            _ => null,
        };

    // Everything about the group, so that the rules judge it as they did in the ledger.
    private static bool Concerns(Receipt receipt, GroupKey key, HashSet<long> proposals, LedgerView view)
    {
        string name = receipt.Entry.Body.Event;
        if (name != Events.ClaimsRecorded && !Events.Settles(name))
            return false;
        switch (Record(receipt))
        {
            case ClaimsRecorded claims:
                return claims.Claims.Any(claim => view.Fold.Claims.KeyOf(claim) == key);
            case Contradiction contradiction:
                return contradiction.Key == key;
            case Decision decision:
                return decision.Key == key;
            case Proposal proposal when proposal.Decision.Key == key:
                return proposals.Add(receipt.Entry.Index);
            case ApprovalRecorded vote:
                return proposals.Contains(vote.Proposal);
            case DecisionClosed closed:
                return proposals.Contains(closed.Proposal);
            default:
                return false;
        }
    }

    private static object Record(Receipt receipt) =>
        EventPayloads.Read(receipt.Entry.Body.Event, receipt.Payload!.Root);
}
