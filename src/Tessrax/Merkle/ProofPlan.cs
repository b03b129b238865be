using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Which nodes a proof is made of. Provers read them and verifiers fold them, so the two cannot disagree about a tree's shape.</summary>
/// <remarks>
/// A plan is the way from the root down to a goal, a range of leaves: it turns towards the goal's last leaf and ends at the first
/// node that has no leaf outside of the goal. For an inclusion proof the goal is one leaf, for a consistency proof the old tree.
/// <code>
/// size 7, goal [2, 3):      [0,7)              the way ends at      [2,3)
///                        [0,4)   [4,7)         beside it, going up  [3,4) right, [0,2) left, [4,7) right
///                     [0,2) [2,4)
///                          [2,3) [3,4)
/// </code>
/// Everything here takes O(log n) time and space for trees of n leaves.
/// </remarks>
internal static class ProofPlan
{
    /// <summary>No way is longer: a count of leaves has 63 bits.</summary>
    public const int MaxLength = 63;

    /// <summary>Walks from the root of a tree of <paramref name="size"/> leaves down to <paramref name="goal"/>.</summary>
    /// <param name="size">At least <c>goal.End</c>.</param>
    /// <param name="goal">Not empty, and within the tree.</param>
    /// <param name="siblings">Room for <see cref="MaxLength"/> ranges: those beside the way, listed from its end up to the root.</param>
    /// <param name="end">The range at which the way ends; its last leaf is the goal's.</param>
    /// <returns>How many siblings there are.</returns>
    public static int Walk(long size, LeafRange goal, Span<LeafRange> siblings, out LeafRange end)
    {
        int count = 0;
        var node = new LeafRange(0, size);
        while (!goal.Contains(node))
        {
            (LeafRange left, LeafRange right) = node.Split();
            bool goLeft = goal.End <= left.End;
            node = goLeft ? left : right;
            siblings[count++] = goLeft ? right : left;
        }
        siblings[..count].Reverse();
        end = node;
        return count;
    }

    /// <summary>The hash of each range, from one reading of all their subtrees.</summary>
    public static Digest[] Read(ISubtreeReader reader, ReadOnlySpan<LeafRange> ranges, TreeHasher hasher)
    {
        var wanted = new List<Subtree>(ranges.Length + MaxLength);
        foreach (LeafRange range in ranges)
            range.AddSubtrees(wanted);
        var hashes = new Digest[wanted.Count];
        if (hashes.Length > 0)
            reader.Read(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(wanted), hashes);

        var nodes = new Digest[ranges.Length];
        ReadOnlySpan<Digest> rest = hashes;
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = Fold(rest[..ranges[i].SubtreeCount], hasher);
            rest = rest[ranges[i].SubtreeCount..];
        }
        return nodes;
    }

    // RFC 6962, section 2.1: what does not fill a power of two hangs to the right, so the fold begins there.
    private static Digest Fold(ReadOnlySpan<Digest> subtrees, TreeHasher hasher)
    {
        if (subtrees.IsEmpty)
            return hasher.Empty;
        Digest node = subtrees[^1];
        for (int i = subtrees.Length - 2; i >= 0; i--)
            node = hasher.Node(subtrees[i], node);
        return node;
    }
}
