using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;

namespace Tessrax.Node.Wording;

/// <summary>A decision with all that led to it.</summary>
/// <param name="Receipt">The entry that records or proposes it.</param>
/// <param name="Decision">The decision; null if its payload was erased, and the rest with it.</param>
/// <param name="Story">How it came about.</param>
/// <param name="Claims">What it settles.</param>
/// <param name="Fate">What became of the proposal; null for what is on record.</param>
public sealed record ToldDecision(
    Receipt Receipt,
    Decision? Decision,
    DecisionStory? Story,
    DecisionClaims? Claims,
    ProposalFate? Fate
)
{
    /// <summary>Reads the ledger for the story of a decision.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="list">Finds what tells of decisions.</param>
    /// <param name="index">The entry that records or proposes it.</param>
    /// <exception cref="TessraxException">TSX3011: there is no such entry, or it holds no decision.</exception>
    public static ToldDecision Of(LedgerView view, DecisionList list, long index)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(list);
        Receipt receipt = view.Receipt(index);
        bool isProposed = receipt.Entry.Body.Event == Events.DecisionProposed;
        if (!isProposed && receipt.Entry.Body.Event != Events.DecisionRecorded)
            throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} is {receipt.Entry.Body.Event}, not a decision",
                "see tessraxctl decisions DIR for the decisions"
            );
        if (receipt.Payload is not { } payload)
            return new ToldDecision(receipt, null, null, null, null);
        Decision decision =
            (isProposed ? Proposal.FromJson(payload.Root).Decision : Decision.FromJson(payload.Root))
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} proposes a control event, not a decision",
                "see tessraxctl show DIR N, or tessraxctl pending DIR"
            );
        var story = new DecisionStory(decision, view.Fold.State.NameOf);
        foreach (Receipt other in list.About(decision, view))
            story.Add(other);
        return new ToldDecision(
            receipt,
            decision,
            story,
            new DecisionClaims(view, decision, story.Contradiction),
            isProposed ? ProposalFate.Of(view, index) : null
        );
    }

    /// <summary>How far it has come.</summary>
    /// <param name="list">The ledger's decisions.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    /// <param name="folded">The folded ledger, of somebody who has it.</param>
    public DecisionStatus? StatusIn(DecisionList list, UtcTime now, LedgerView? folded = null)
    {
        ArgumentNullException.ThrowIfNull(list);
        long index = Receipt.Entry.Index;
        return list.Newest(now, folded)
            .TakeWhile(found => found.Status.Entry >= index)
            .FirstOrDefault(found => found.Status.Entry == index)
            ?.Status;
    }
}
