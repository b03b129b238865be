using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What became of the decisions of a ledger, told from the newest entry back: what settles a decision stands behind it, so whoever wants the newest decisions
/// reads no further than to the last of them.</summary>
/// <remarks>Fed entries that were judged, the newest first; those of other events than <see cref="Names"/> may be left out. Pure.</remarks>
public sealed class DecisionHistory
{
    private readonly LedgerFold fold;
    private readonly UtcTime now;
    private readonly Func<long, Receipt> receiptOf;
    private readonly HashSet<EntryBody> recorded = [];
    private readonly Dictionary<long, (DecisionState State, long At)> closed = [];
    private readonly Dictionary<long, long> executed = [];

    // The first entry behind the present one that settles a group.
    private readonly Dictionary<GroupKey, long> settled = [];
    private long? adjusted;

    /// <param name="fold">The ledger as all of its entries add up.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    /// <param name="receiptOf">Gives the receipt of an entry before those that were fed.</param>
    public DecisionHistory(LedgerFold fold, UtcTime now, Func<long, Receipt> receiptOf)
    {
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(receiptOf);
        (this.fold, this.now, this.receiptOf) = (fold, now, receiptOf);
    }

    /// <summary>The events that it takes notice of.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        Events.DecisionProposed,
        Events.DecisionRecorded,
        Events.DecisionClosed,
        Events.DecisionExecuted,
        Events.ClockAdjusted,
    ];

    /// <summary>Takes the entry before.</summary>
    /// <returns>The decision that it holds, and what became of it; null if it holds none, or a proposal that was recorded, so that its record stands for it.</returns>
    /// <exception cref="TessraxException">Its payload is not of its event.</exception>
    public DecisionStatus? Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Entry entry = receipt.Entry;
        string name = entry.Body.Event;
        switch (Read(receipt))
        {
            case Proposal { Decision: { } decision } proposal:
                return Proposed(entry.Index, proposal.Body, decision);
            case Decision decision:
                return Recorded(entry, decision);
            case DecisionClosed one:
                Close(entry.Index, one);
                return null;
            case DecisionExecuted done:
                executed.TryAdd(done.Decision, entry.Index);
                return null;
            case null when name == Events.DecisionRecorded:
                return Recorded(entry, null);
            case null when name == Events.ClockAdjusted:
                adjusted = entry.Index;
                return null;
            default:
                return null;
        }
    }

    /// <summary>How far an open proposal has come.</summary>
    public static DecisionState StateOf(OpenProposal proposal, LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(fold);
        Electorate who = fold.ElectorateOf(proposal.Proposal);
        IReadOnlyList<Approval> live = proposal.VotesAt(now, fold.State);
        return who.IsSatisfiedBy(live) && !who.IsOutOfReach(live) ? DecisionState.Approved : DecisionState.Proposed;
    }

    private static object? Read(Receipt receipt) =>
        Names.Contains(receipt.Entry.Body.Event) && receipt.Payload is { } payload
            ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
            : null;

    private DecisionStatus? Proposed(long index, EntryBody body, Decision decision)
    {
        if (recorded.Remove(body))
            return null;
        if (closed.Remove(index, out (DecisionState State, long At) end))
            return new DecisionStatus(index, decision, end.State, end.At);
        // What was issued before the clock was adjusted counts no more.
        if (adjusted is { } at)
            return new DecisionStatus(index, decision, DecisionState.Expired, at);
        // One that the fold does not have any more ended with the ledger.
        DecisionState state = fold.Proposals.TryGetValue(index, out OpenProposal? open)
            ? StateOf(open, fold, now)
            : DecisionState.Superseded;
        return new DecisionStatus(index, decision, state, null);
    }

    private DecisionStatus Recorded(Entry entry, Decision? decision)
    {
        recorded.Add(entry.Body);
        (DecisionState state, long? at) =
            // What was done stays done.
            executed.TryGetValue(entry.Index, out long done)
                ? (DecisionState.Executed, done)
            : decision is null ? (DecisionState.Recorded, null)
            : settled.TryGetValue(decision.Key, out long by) ? (DecisionState.Superseded, by)
            : fold.Claims.Detect(decision.Key) is null ? (DecisionState.Superseded, null)
            : (DecisionState.Recorded, (long?)null);
        if (decision is not null)
            settled[decision.Key] = entry.Index;
        return new DecisionStatus(entry.Index, decision, state, at, true);
    }

    private void Close(long at, DecisionClosed end)
    {
        DecisionState state = end.Outcome switch
        {
            ClosedAs.Rejected => DecisionState.Rejected,
            ClosedAs.Expired => DecisionState.Expired,
            ClosedAs.Escalated => DecisionState.Escalated,
            _ => DecisionState.Superseded,
        };
        closed[end.Proposal] = (state, at);
        // Then nothing is in force for its group any more.
        if (
            end.Outcome is ClosedAs.Rejected or ClosedAs.Expired
            && Read(receiptOf(end.Proposal)) is Proposal { Decision: { } decision }
        )
            settled[decision.Key] = at;
    }
}
