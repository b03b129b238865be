using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Which nodes a proof is made of. Provers read them and verifiers fold them, so the two cannot disagree about a tree's shape.</summary>
/// <remarks>
/// A plan is the way between the root and a goal, a range of leaves: down from the root it turns towards the goal's last leaf and
/// ends at the first node that has no leaf outside of the goal. For an inclusion proof the goal is one leaf, for a consistency proof the old tree.
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

    // A path has up to 64 ranges, of which one at most is ragged; batches may need more.
    private const int OnStack = 2 * (MaxLength + 1);

    /// <summary>The way to <paramref name="goal"/> in a tree of <paramref name="size"/> leaves.</summary>
    /// <param name="size">At least <c>goal.End</c>.</param>
    /// <param name="goal">Not empty, and within the tree.</param>
    /// <param name="siblings">Room for <see cref="MaxLength"/> ranges: those beside the way, listed from its end up to the root.</param>
    /// <param name="end">The range at which the way ends; its last leaf is the goal's.</param>
    /// <returns>How many siblings there are.</returns>
    public static int Walk(long size, LeafRange goal, Span<LeafRange> siblings, out LeafRange end)
    {
        (int level, long node, long width) = End(size, goal);
        end = Below(node, level, size);
        int count = 0;
        for (; width > 1; level++, node >>= 1, width -= width >> 1)
        {
            long sibling = node ^ 1;
            if (sibling < width)
                siblings[count++] = Below(sibling, level, size);
        }
        return count;
    }

    /// <summary>The same way, for who only needs to know on which side each sibling is.</summary>
    /// <param name="size">At least <c>goal.End</c>.</param>
    /// <param name="goal">Not empty, and within the tree.</param>
    /// <param name="rights">Bit i is set if the i-th sibling, counted from the end of the way up, is on the right.</param>
    /// <returns>How many siblings there are.</returns>
    public static int Turns(long size, LeafRange goal, out ulong rights)
    {
        (_, long node, long width) = End(size, goal);
        int count = 0;
        rights = 0;
        for (; width > 1; node >>= 1, width -= width >> 1)
        {
            // Who has no sibling is on the left, and its bit is overwritten by the next, or never read.
            rights = rights & ~(1UL << count) | (ulong)(~node & 1) << count;
            count += (node ^ 1) < width ? 1 : 0;
        }
        return count;
    }

    // Level l of a tree of n leaves has ceil(n / 2^l) nodes, of which the last may stand over fewer than 2^l leaves. A last node
    // without a sibling goes up unchanged. So the tree of RFC 6962, which is cut from the top, is built from below, and the way
    // is found without a search: from the goal's last leaf up, as long as all leaves are the goal's.
    private static (int Level, long Node, long Width) End(long size, LeafRange goal)
    {
        int level = 0;
        long node = goal.End - 1;
        long width = size;
        for (; width > 1 && goal.Contains(Below(node >> 1, level + 1, size)); width -= width >> 1)
        {
            level++;
            node >>= 1;
        }
        return (level, node, width);
    }

    /// <summary>The leaves below a node of a tree of <paramref name="size"/> leaves.</summary>
    /// <param name="node">Counted from the left in its level.</param>
    /// <param name="level">0 for leaves, at most 63.</param>
    /// <param name="size">More than <c>node * 2^level</c>.</param>
    public static LeafRange Below(long node, int level, long size)
    {
        long start = node << level;
        return new LeafRange(start, (ulong)(size - start) <= 1UL << level ? size : start + (1L << level));
    }

    /// <summary>The hash of each range, none of them empty, into the same place of <paramref name="nodes"/>, from one reading of all their subtrees.</summary>
    public static void Read(
        ISubtreeReader reader,
        ReadOnlySpan<LeafRange> ranges,
        TreeHasher hasher,
        Span<Digest> nodes
    )
    {
        if (ranges.IsEmpty)
            return;
        int count = CountSubtrees(ranges);
        Span<Subtree> wanted = count <= OnStack ? stackalloc Subtree[count] : new Subtree[count];
        ListSubtrees(ranges, wanted);
        if (count == ranges.Length)
        {
            // Nothing but perfect subtrees, as in most proofs: they are the nodes.
            reader.Read(wanted, nodes);
            return;
        }
        Span<Digest> hashes = count <= OnStack ? stackalloc Digest[count] : new Digest[count];
        reader.Read(wanted, hashes);
        Fold(ranges, hashes, hasher, nodes);
    }

    /// <summary>How many perfect subtrees make up all ranges.</summary>
    public static int CountSubtrees(ReadOnlySpan<LeafRange> ranges)
    {
        int count = 0;
        foreach (LeafRange range in ranges)
            count += range.SubtreeCount;
        return count;
    }

    /// <summary>The perfect subtrees that make up each range, one range after another.</summary>
    /// <param name="ranges">Of one tree.</param>
    /// <param name="subtrees">Room for <see cref="CountSubtrees"/>.</param>
    public static void ListSubtrees(ReadOnlySpan<LeafRange> ranges, Span<Subtree> subtrees)
    {
        foreach (LeafRange range in ranges)
        {
            range.ListSubtrees(subtrees);
            subtrees = subtrees[range.SubtreeCount..];
        }
    }

    /// <summary>The hash of each range from the hashes of its subtrees, listed as <see cref="ListSubtrees"/> does.</summary>
    public static void Fold(
        ReadOnlySpan<LeafRange> ranges,
        ReadOnlySpan<Digest> subtrees,
        TreeHasher hasher,
        Span<Digest> nodes
    )
    {
        for (int i = 0; i < ranges.Length; i++)
        {
            nodes[i] = Fold(subtrees[..ranges[i].SubtreeCount], hasher);
            subtrees = subtrees[ranges[i].SubtreeCount..];
        }
    }

    // RFC 6962, section 2.1: what does not fill a power of two hangs to the right, so the fold begins there.
    private static Digest Fold(ReadOnlySpan<Digest> subtrees, TreeHasher hasher)
    {
        Digest node = subtrees[^1];
        for (int i = subtrees.Length - 2; i >= 0; i--)
            node = hasher.Node(subtrees[i], node);
        return node;
    }
}
