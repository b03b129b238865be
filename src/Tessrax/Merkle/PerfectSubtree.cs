using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Reduces perfect subtrees to their roots, level by level, so that an engine sees whole levels.</summary>
internal static class PerfectSubtree
{
    /// <summary>The largest that is reduced at once has 2^10 leaves: its levels stay in the processor's cache, and the engine's
    /// lanes are full on all of them but the last few.</summary>
    public const int MaxLevel = 10;

    /// <summary>How many hashes of scratch the largest takes: its first level above the leaves.</summary>
    public const int ScratchSize = 1 << (MaxLevel - 1);

    /// <summary>The root of 2^level leaves.</summary>
    /// <param name="leaves">2 to 2^<see cref="MaxLevel"/> leaf hashes, a power of two.</param>
    /// <param name="scratch">Half as many at least; overwritten.</param>
    /// <param name="hasher">The tree's.</param>
    public static Digest Root(ReadOnlySpan<Digest> leaves, Span<Digest> scratch, TreeHasher hasher)
    {
        Span<Digest> level = scratch[..(leaves.Length / 2)];
        hasher.Nodes(leaves, level);
        while (level.Length > 1)
        {
            Span<Digest> above = level[..(level.Length / 2)];
            hasher.Nodes(level, above);
            level = above;
        }
        return level[0];
    }
}
