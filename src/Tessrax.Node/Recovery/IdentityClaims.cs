using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Which of several ledgers this one is, where first entry and <c>ledger.json</c> do not agree, or one of them is lost.</summary>
/// <remarks>What the ledger's own entries say counts more than what its checkpoints are signed by, that more than <c>ledger.json</c>, which nobody signs,
/// and a stranger's copy by itself nothing: nobody makes another ledger of this one by naming his own.</remarks>
internal sealed class IdentityClaims(LedgerExam exam)
{
    private enum Claim
    {
        /// <summary>The entries here name another ledger.</summary>
        Refuted,

        /// <summary>Nothing here speaks for it.</summary>
        None,

        /// <summary>A checkpoint here is signed by its log.</summary>
        Signed,

        /// <summary>Entries here name it.</summary>
        Named,
    }

    /// <summary>The ledger, or null if nothing tells.</summary>
    /// <param name="own">The ledgers that first entries here found.</param>
    /// <param name="others">Those that first entries in other copies found.</param>
    public LedgerIdentity? Choose(IReadOnlyList<LedgerIdentity> own, IEnumerable<LedgerIdentity> others)
    {
        LedgerIdentity? best = null;
        Claim most = Claim.Refuted;
        foreach (LedgerIdentity candidate in own.Concat(others).DistinctBy(found => found.Id))
        {
            Claim claim = Of(candidate);
            bool isFact = candidate.Id == exam.Facts?.Id;
            if (claim == Claim.Refuted || (claim == Claim.None && !isFact && !own.Contains(candidate)))
                continue;
            if (claim > most || (claim == most && isFact))
                (best, most) = (candidate, claim);
        }
        return best;
    }

    private Claim Of(LedgerIdentity identity)
    {
        var heads = identity.WithKeysOf(exam.Path, exam.Environment.Disk).NewHeads();
        using var segments = new MirrorSource(
            [.. exam.Shelf.Files, .. exam.Moved],
            exam.Environment.Disk,
            identity.Hasher,
            heads,
            ""
        );
        bool isOther = false;
        foreach (Batch batch in segments.Batches(0, long.MaxValue))
        {
            foreach (StoredEntry stored in batch.Entries.Skip(batch.FirstIndex == 0 ? 1 : 0))
            {
                string? named = StoredPayload.EntryOf(stored)?.Body.Ledger;
                if (named == identity.Id.ToString())
                    return Claim.Named;
                isOther |= named is not null;
            }
        }
        if (isOther)
            return Claim.Refuted;
        bool isSigned =
            KnownHead
                .All(exam.Path, identity, heads, exam.Environment)
                .Any(head => head is { IsOutside: false, Head: not null }) || segments.Heads(0, long.MaxValue).Any();
        return isSigned ? Claim.Signed : Claim.None;
    }
}
