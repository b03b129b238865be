using Tessrax.Governance;

namespace Tessrax.Cli.Ledgers;

/// <summary>What waits, in the order in which people should look at it.</summary>
internal static class Lanes
{
    /// <summary>The lane that a proposal waits in, or null.</summary>
    public static string? Of(OpenProposal proposal, LedgerFold fold) =>
        proposal.Proposal.Decision is { } decision
            ? decision.Lane
            : fold.Policy!.ForControl(proposal.Proposal.Body.Event)?.Lane;

    /// <summary>By lane, as the policy in force orders them, then by when they are asked of others or expire.</summary>
    public static IEnumerable<OpenProposal> Sort(LedgerFold fold)
    {
        List<string> order = [.. fold.Policy!.Lanes];
        return fold
            .Proposals.Values.OrderBy(p => PlaceOf(Of(p, fold), order))
            .ThenBy(p => Of(p, fold), StringComparer.Ordinal)
            .ThenBy(p => fold.EscalatesAt(p) ?? p.Proposal.Body.ExpiresAt)
            .ThenBy(p => p.Index);
    }

    // Those that the policy does not order come after these, and what has no lane last.
    private static int PlaceOf(string? lane, List<string> order)
    {
        if (lane is null)
            return int.MaxValue;
        int place = order.IndexOf(lane);
        return place < 0 ? order.Count : place;
    }
}
