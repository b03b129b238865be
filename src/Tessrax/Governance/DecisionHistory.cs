using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What became of every decision of a ledger.</summary>
/// <remarks>Fed the entries from 0 on, by a reader who has judged them. Pure.</remarks>
public sealed class DecisionHistory
{
    private readonly SortedDictionary<long, DecisionStatus> ended = [];
    private readonly Dictionary<long, (EntryBody Body, Decision Decision)> open = [];
    private readonly Dictionary<EntryBody, long> waiting = [];

    // The entry by which each group was settled last.
    private readonly Dictionary<GroupKey, long> last = [];

    /// <summary>Takes the next entry.</summary>
    /// <exception cref="TessraxException">Its payload is not of its event.</exception>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Entry entry = receipt.Entry;
        string name = entry.Body.Event;
        object? record =
            Events.Settles(name) && receipt.Payload is { } payload ? EventPayloads.Read(name, payload.Root) : null;
        switch (record)
        {
            case Proposal { Decision: { } decision } proposal:
                open[entry.Index] = (proposal.Body, decision);
                waiting[proposal.Body] = entry.Index;
                break;
            case Decision decision:
                Record(entry, decision);
                break;
            case DecisionClosed closed when open.Remove(closed.Proposal, out var proposed):
                waiting.Remove(proposed.Body);
                Close(entry.Index, closed, proposed.Decision);
                break;
            case DecisionExecuted done when ended.TryGetValue(done.Decision, out DecisionStatus? decided):
                ended[done.Decision] = decided with { State = DecisionState.Executed, At = entry.Index };
                break;
            case null when name == Events.DecisionRecorded:
                Record(entry, null);
                break;
            case null when name == Events.ClockAdjusted:
                // What was issued before counts no more.
                foreach ((long index, (_, Decision lapsed)) in open)
                    ended[index] = new DecisionStatus(index, lapsed, DecisionState.Expired, entry.Index);
                open.Clear();
                waiting.Clear();
                break;
        }
    }

    /// <summary>All decisions, by their entries.</summary>
    /// <param name="fold">The ledger as the same entries add up.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    public IReadOnlyList<DecisionStatus> All(LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var all = new List<DecisionStatus>(ended.Values.Select(status => Settled(status, fold)));
        foreach ((long index, (_, Decision decision)) in open)
            all.Add(new DecisionStatus(index, decision, StateOf(index, fold, now), null));
        all.Sort((a, b) => a.Entry.CompareTo(b.Entry));
        return all;
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

    // One that the fold does not have any more ended with the ledger.
    private static DecisionState StateOf(long index, LedgerFold fold, UtcTime now) =>
        fold.Proposals.TryGetValue(index, out OpenProposal? proposal)
            ? StateOf(proposal, fold, now)
            : DecisionState.Superseded;

    private static DecisionStatus Settled(DecisionStatus status, LedgerFold fold) =>
        status is { State: DecisionState.Recorded, Decision: { } decision } && fold.Claims.Detect(decision.Key) is null
            ? status with
            {
                State = DecisionState.Superseded,
            }
            : status;

    private void Record(Entry entry, Decision? decision)
    {
        if (waiting.Remove(entry.Body, out long proposal))
            open.Remove(proposal);
        if (decision is not null)
            Supersede(decision.Key, entry.Index);
        ended[entry.Index] = new DecisionStatus(entry.Index, decision, DecisionState.Recorded, null, true);
    }

    private void Close(long at, DecisionClosed closed, Decision decision)
    {
        DecisionState state = closed.Outcome switch
        {
            ClosedAs.Rejected => DecisionState.Rejected,
            ClosedAs.Expired => DecisionState.Expired,
            ClosedAs.Escalated => DecisionState.Escalated,
            _ => DecisionState.Superseded,
        };
        if (closed.Outcome is ClosedAs.Rejected or ClosedAs.Expired)
            Supersede(decision.Key, at);
        ended[closed.Proposal] = new DecisionStatus(closed.Proposal, decision, state, at);
    }

    // What was done stays done.
    private void Supersede(GroupKey key, long by)
    {
        if (
            last.TryGetValue(key, out long before)
            && ended.TryGetValue(before, out DecisionStatus? settled)
            && settled.State == DecisionState.Recorded
        )
            ended[before] = settled with { State = DecisionState.Superseded, At = by };
        last[key] = by;
    }
}
