using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Reading;

/// <summary>Picks out of a ledger's entries, fed in order, what governs: all control events, and of those that needed approvals the proposal with all that was said of it.</summary>
internal sealed class GoverningEntries
{
    private readonly SortedSet<long> wanted = [];
    private readonly Dictionary<long, (EntryBody Body, List<long> Indexes)> waiting = [];

    /// <summary>The entries found so far, ascending.</summary>
    public IReadOnlyCollection<long> Indexes => wanted;

    /// <summary>What was said of a proposal of a control event, itself first, whether it was carried or not; nothing if there is none.</summary>
    public IReadOnlyList<long> About(long proposal) =>
        waiting.TryGetValue(proposal, out (EntryBody Body, List<long> Indexes) about) ? about.Indexes : [];

    /// <summary>Takes the next entry.</summary>
    /// <param name="receipt">The entry.</param>
    /// <param name="record">What its payload holds; null for control events, and where it was erased.</param>
    public void Add(Receipt receipt, object? record)
    {
        long index = receipt.Entry.Index;
        EntryBody body = receipt.Entry.Body;
        switch (body.Event)
        {
            case Events.DecisionProposed when record is Proposal { Decision: null } proposal:
                waiting[index] = (proposal.Body, [index]);
                break;
            case Events.ApprovalRecorded
                when record is ApprovalRecorded vote && waiting.TryGetValue(vote.Proposal, out var voted):
                voted.Indexes.Add(index);
                break;
            // Whoever leaves out the end of a proposal makes the next one look like a second that waits.
            case Events.DecisionClosed
                when record is DecisionClosed closed && waiting.TryGetValue(closed.Proposal, out var ended):
                ended.Indexes.Add(index);
                break;
            case var name when Events.IsControl(name):
                wanted.Add(index);
                foreach ((EntryBody proposed, List<long> indexes) in waiting.Values)
                    wanted.UnionWith(receipt.Entry.Approvals.Count > 0 && proposed == body ? indexes : []);
                break;
        }
    }
}
