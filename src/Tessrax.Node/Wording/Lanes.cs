using Tessrax.Governance;

namespace Tessrax.Node.Wording;

/// <summary>What waits, in the order in which people should look at it.</summary>
public static class Lanes
{
    /// <summary>The lane that a proposal waits in, or null.</summary>
    public static string? Of(OpenProposal proposal, LedgerFold fold) =>
        proposal.Proposal.Decision is { } decision
            ? decision.Lane
            : fold.Rules.ForControl(proposal.Proposal.Body.Event)?.Lane;

    /// <summary>By lane, as the policy in force orders them, then by when they are asked of others or expire.</summary>
    public static IEnumerable<OpenProposal> Sort(LedgerFold fold) =>
        fold
            .Proposals.Values.OrderBy(p => PlaceOf(Of(p, fold), fold))
            .ThenBy(p => Of(p, fold), StringComparer.Ordinal)
            .ThenBy(p => fold.EscalatesAt(p) ?? p.Proposal.Body.ExpiresAt)
            .ThenBy(p => p.Index);

    /// <summary>The place of a lane, from 0: those that the policy does not order come after these, and what has no lane last.</summary>
    public static int PlaceOf(string? lane, LedgerFold fold)
    {
        if (lane is null)
            return int.MaxValue;
        IReadOnlyList<string> order = fold.Rules.Lanes;
        for (int place = 0; place < order.Count; place++)
        {
            if (order[place] == lane)
                return place;
        }
        return order.Count;
    }
}
