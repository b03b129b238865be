using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Proofs that one tree extends another, leaf for leaf: RFC 6962, section 2.1.2 (RFC 9162, section 2.1.4).</summary>
/// <remarks>Pure: no clock, no I/O. A path lists at most 64 hashes. Every tree extends the empty one, which is nothing to prove:
/// a proof from size 0 does not exist and is not accepted.</remarks>
public static class ConsistencyProof
{
    /// <summary>The path that proves the tree of <paramref name="to"/> leaves to extend the tree of its first <paramref name="from"/>; empty if they are the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= from &lt;= to.</exception>
    public static Digest[] Prove(ISubtreeReader reader, long from, long to, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        Span<LeafRange> path = stackalloc LeafRange[1 + ProofPlan.MaxLength];
        int count = ProofPlan.Walk(to, new LeafRange(0, from), path[1..], out path[0]);
        path = path[..(1 + count)];
        return ProofPlan.Read(reader, IsOldRoot(path[0]) ? path[1..] : path, hasher);
    }

    /// <summary>Reports whether <paramref name="path"/> proves that the first leaves of <paramref name="to"/> are those of <paramref name="from"/>.</summary>
    /// <returns>False, never an exception, for a path that does not hold, from size 0, and for a tree that shrinks.</returns>
    public static bool Verify(ReadOnlySpan<Digest> path, TreeHead from, TreeHead to, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if (from.Size < 1 || from.Size > to.Size)
            return false;
        Span<LeafRange> siblings = stackalloc LeafRange[ProofPlan.MaxLength];
        int count = ProofPlan.Walk(to.Size, new LeafRange(0, from.Size), siblings, out LeafRange end);
        int given = IsOldRoot(end) ? 0 : 1;
        if (path.Length != given + count)
            return false;

        // RFC 6962, section 2.1.2: both roots grow from the last subtree that they share. What hangs to the left of
        // it is part of both trees, what hangs to the right is only in the new one.
        Digest oldNode = given == 0 ? from.Root : path[0];
        Digest newNode = oldNode;
        for (int i = 0; i < count; i++)
        {
            Digest sibling = path[given + i];
            if (siblings[i].Start >= from.Size)
            {
                newNode = hasher.Node(newNode, sibling);
            }
            else
            {
                oldNode = hasher.Node(sibling, oldNode);
                newNode = hasher.Node(sibling, newNode);
            }
        }
        return oldNode == from.Root && newNode == to.Root;
    }

    // RFC 6962, section 2.1.2: SUBPROOF(m, D[m], true) = {}, for whoever checks the proof knows the old root already.
    private static bool IsOldRoot(LeafRange end) => end.Start == 0;
}
