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
/// <param name="Status">How far it has come; null if its payload was erased, and for a proposal that was recorded, so that its record stands for it.</param>
public sealed record ToldDecision(
    Receipt Receipt,
    Decision? Decision,
    DecisionStory? Story,
    DecisionClaims? Claims,
    ProposalFate? Fate,
    DecisionStatus? Status
)
{
    /// <summary>Reads what the ledger tells of a decision: with an index no more than that.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="list">Finds what tells of decisions.</param>
    /// <param name="index">The entry that records or proposes it.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    /// <exception cref="TessraxException">TSX3011: there is no such entry, or it holds no decision.</exception>
    public static ToldDecision Of(LedgerView view, DecisionList list, long index, UtcTime now)
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
            return new ToldDecision(receipt, null, null, null, null, null);
        Proposal? proposal = isProposed ? Proposal.FromJson(payload.Root) : null;
        Decision decision =
            (proposal is null ? Decision.FromJson(payload.Root) : proposal.Decision)
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"entry {index} proposes a control event, not a decision",
                "see tessraxctl show DIR N, or tessraxctl pending DIR"
            );
        IReadOnlyList<Receipt> about = list.About(decision, view);
        var story = new DecisionStory(decision, view.Fold.State.NameOf);
        foreach (Receipt other in about)
            story.Add(other);
        return new ToldDecision(
            receipt,
            decision,
            story,
            new DecisionClaims(view, decision, story.Contradiction),
            proposal is null ? null : ProposalFate.Of(index, proposal.Body, about),
            StatusOf(index, about, new DecisionHistory(view.Fold, now, view.Receipt))
        );
    }

    private static DecisionStatus? StatusOf(long index, IReadOnlyList<Receipt> about, DecisionHistory history)
    {
        for (int i = about.Count - 1; i >= 0 && about[i].Entry.Index >= index; i--)
        {
            if (history.Add(about[i]) is { } status && status.Entry == index)
                return status;
        }
        return null;
    }
}
