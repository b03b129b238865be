using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Which entries still count: those whose loss would change what the present claims give, or make it be told or decided again.</summary>
/// <param name="fold">The ledger.</param>
public sealed class Standing(LedgerFold fold)
{
    /// <summary>Their indexes, in no particular order; some may come twice.</summary>
    /// <remarks>Of each group: the claims that count or may count again; and if they contradict each other, where that was told, where it was passed on to others,
    /// where it was settled, and where that was executed.</remarks>
    public IEnumerable<long> Entries()
    {
        foreach (GroupKey key in fold.Claims.Keys)
        {
            foreach (Claim claim in CurrentClaims.Lasting(fold.Claims.Claims(key)))
                yield return fold.Claims.EntryOf(claim.ClaimId) ?? 0;
            if (fold.Claims.Detect(key) is not { } contradiction)
                continue;
            if (fold.DetectedAt(contradiction.Id) is { } told)
                yield return told;
            if (fold.EscalationOf(contradiction) is { } passed)
            {
                yield return passed.Entry;
                yield return passed.Proposal;
            }
            if (fold.SettlementOf(contradiction) is not { } settled)
                continue;
            yield return settled.Entry;
            if (fold.ExecutedAt(settled.Entry) is { } executed)
                yield return executed;
            if (settled.Proposal is { } proposal)
                yield return proposal;
        }
    }

    /// <summary>What open proposals rest on, each with the proposal: themselves, the contradictions that they decide, and those contradictions' claims.</summary>
    public SortedDictionary<long, long> WaitedOn()
    {
        var entries = new SortedDictionary<long, long>();
        foreach ((long index, OpenProposal open) in fold.Proposals)
        {
            entries[index] = index;
            if (open.Proposal.Decision is not { } decision)
                continue;
            foreach (ClaimRef claim in decision.Claims)
            {
                if (fold.Claims.EntryOf(claim.ClaimId) is { } recorded)
                    entries[recorded] = index;
            }
            if (fold.DetectedAt(decision.Contradiction) is { } detected)
                entries[detected] = index;
            if (decision.Level > 0 && fold.EscalationOf(decision.Key, decision.Contradiction) is { } passed)
                entries[passed.Proposal] = index;
        }
        return entries;
    }
}
