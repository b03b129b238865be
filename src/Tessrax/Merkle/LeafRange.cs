using System.Numerics;

namespace Tessrax.Merkle;

/// <summary>The leaves from <paramref name="Start"/> up to, but not including, <paramref name="End"/>, that stand under one node of a tree.</summary>
internal readonly record struct LeafRange(long Start, long End)
{
    public long Length => End - Start;

    public bool Contains(LeafRange other) => Start <= other.Start && other.End <= End;

    /// <summary>The ranges under the two children of this node, which must have two leaves at least.</summary>
    public (LeafRange Left, LeafRange Right) Split()
    {
        // RFC 6962, section 2.1: k is the largest power of two smaller than n, that is, k < n <= 2k.
        long k = 1L << BitOperations.Log2((ulong)(Length - 1));
        return (new LeafRange(Start, Start + k), new LeafRange(Start + k, End));
    }

    /// <summary>Lists the perfect subtrees that make up this range, from the left; there is one per bit of its length.</summary>
    /// <param name="subtrees">Room for <see cref="SubtreeCount"/>.</param>
    public void ListSubtrees(Span<Subtree> subtrees)
    {
        // Splitting off k leaves again and again takes the powers of two of the length, the largest first. Each begins
        // at a multiple of its own size: the range begins at a multiple of a power of two that is not below its length.
        long start = Start;
        int count = 0;
        for (long rest = Length; rest > 0; )
        {
            int level = BitOperations.Log2((ulong)rest);
            subtrees[count++] = new Subtree(level, start >> level);
            start += 1L << level;
            rest -= 1L << level;
        }
    }

    /// <summary>How many subtrees <see cref="ListSubtrees"/> lists.</summary>
    public int SubtreeCount => BitOperations.PopCount((ulong)Length);
}
