using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Picks out of a ledger what a stranger needs to check one entry: every control event, and for a decision the claims of its group,
/// the contradiction, and the proposal it was approved as.</summary>
public static class BundleMaker
{
    /// <summary>The bundle about one entry, proven against the newest checkpoint.</summary>
    /// <exception cref="TessraxException">TSX3011: no such entry.</exception>
    public static Bundle Make(LedgerView view, long subject)
    {
        Receipt about = view.Receipt(subject);
        Decision? decision =
            about.Entry.Body.Event == Events.DecisionRecorded ? Decision.FromJson(about.Payload!.Root) : null;
        var entries = new List<BundleEntry>();
        foreach (Receipt receipt in view.Receipts())
        {
            bool wanted =
                receipt.Entry.Index == subject
                || Events.IsControl(receipt.Entry.Body.Event)
                || (decision is not null && receipt.Entry.Index < subject && Supports(receipt, about, decision, view));
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

    private static bool Supports(Receipt receipt, Receipt about, Decision decision, LedgerView view)
    {
        string name = receipt.Entry.Body.Event;
        if (name is not (Events.ClaimsRecorded or Events.ContradictionDetected or Events.DecisionProposed))
            return false;
        return EventPayloads.Read(name, receipt.Payload!.Root) switch
        {
            ClaimsRecorded claims => claims.Claims.Any(claim => view.Fold.Claims.KeyOf(claim) == decision.Key),
            Contradiction contradiction => contradiction.Id == decision.Contradiction,
            Proposal proposal => proposal.Body.DigestIn(view.Fold.State.Ledger)
                == about.Entry.Body.DigestIn(view.Fold.State.Ledger),
            _ => false,
        };
    }
}
