using System.Globalization;
using System.Numerics;

namespace Tessrax.Merkle;

/// <summary>The leaves from <paramref name="Start"/> up to, but not including, <paramref name="End"/>; printed <c>[17, 20)</c>.</summary>
/// <param name="Start">The first leaf, counted from 0.</param>
/// <param name="End">The leaf after the last.</param>
public readonly record struct LeafRange(long Start, long End)
{
    /// <summary>How many leaves.</summary>
    public long Length => End - Start;

    /// <summary>Whether all leaves of <paramref name="other"/> are among these.</summary>
    public bool Contains(LeafRange other) => Start <= other.Start && other.End <= End;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Start}, {End})");

    /// <summary>Lists the perfect subtrees that make up this range, from the left; there is one per bit of its length.</summary>
    /// <param name="subtrees">Room for <see cref="SubtreeCount"/>.</param>
    internal void ListSubtrees(Span<Subtree> subtrees)
    {
        // RFC 6962, section 2.1: k is the largest power of two smaller than n. Splitting off k leaves again and again takes
        // the powers of two of the length, the largest first. Each begins at a multiple of its own size: the range begins at
        // a multiple of a power of two that is not below its length.
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
    internal int SubtreeCount => BitOperations.PopCount((ulong)Length);
}
