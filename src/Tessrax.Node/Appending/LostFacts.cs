using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>What a writer takes while a claim is lost, or what was told or decided of claims: only what is judged the same by those who have the payload.</summary>
/// <remarks>A copy may turn up that has it, and then every entry must hold. So nothing is recorded that rests on claims until the payload is put back, or is given up on
/// record, from which on it counts for nobody. Users' own events, keys, holds, repairs and that giving up go on.</remarks>
internal static class LostFacts
{
    /// <summary>Refuses an entry that rests on what is lost; it was judged by what is there.</summary>
    /// <param name="fold">The entries before it.</param>
    /// <param name="body">What it says.</param>
    /// <param name="record">Its payload, read; null for control events.</param>
    /// <exception cref="TessraxException">TSX5026.</exception>
    public static void Require(LedgerFold fold, EntryBody body, object? record)
    {
        if (!fold.Erasures.HasMissingThatCounts)
            return;
        // How a proposal is rejected or expires does not depend on its claims.
        bool isSame = record switch
        {
            Proposal proposal => proposal.Decision is null && IsSame(fold, proposal.Body.Event),
            ApprovalRecorded vote => !vote.Approval.Approves || IsControl(fold, vote.Proposal),
            DecisionClosed closed => closed.Outcome != ClosedAs.Superseded || IsControl(fold, closed.Proposal),
            null => IsSame(fold, body.Event),
            _ => Events.IsApart(body.Event),
        };
        if (!isSame)
            throw ErrorCodes.PayloadMissing.Because(
                $"{body.Event} rests on claims, and {Named(fold)}",
                "put it back from another copy with repair --from; if nobody has it, give it up with erase: from then on it counts no more"
            );
    }

    private static bool IsSame(LedgerFold fold, string control) =>
        control switch
        {
            Events.LedgerCompacted or Events.LedgerClosed or Events.LedgerRetired => false,
            // What a proposal waits on may not be erased, and that is not known of one whose claims are lost. Such a one can be rejected, or ends by its deadline.
            Events.PayloadErased => fold.Proposals.Values.All(open =>
                open.Proposal.Decision is not { } decision || IsKnown(fold, decision)
            ),
            _ => true,
        };

    private static bool IsKnown(LedgerFold fold, Decision decision) =>
        fold.IsDetected(decision.Contradiction)
        && decision.Claims.All(claim => fold.Claims.EntryOf(claim.ClaimId) is not null);

    private static bool IsControl(LedgerFold fold, long proposal) =>
        fold.Proposals.TryGetValue(proposal, out OpenProposal? open) && open.Proposal.Decision is null;

    private static string Named(LedgerFold fold)
    {
        long[] missing = [.. fold.Erasures.Missing.Order()];
        return missing is [var only]
            ? $"the payload of entry {only} is lost"
            : $"the payloads of entries {IndexRanges.Of(missing)} are lost";
    }
}
