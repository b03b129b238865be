using System.Numerics;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>The root of many leaves without keeping their tree (RFC 6962, section 2.1).</summary>
public static class MerkleRoot
{
    // Below this many leaves a second thread costs more than it saves.
    private const int MinPart = 1 << PerfectSubtree.MaxLevel;

    // Threads take one part after another, so one that is held up delays the others by a part at most.
    private const int PartsPerThread = 16;

    /// <summary>The root of the tree over <paramref name="leafHashes"/>; the hash of nothing if there are none.</summary>
    /// <param name="leafHashes">The leaves' hashes, not their data: <see cref="TreeHasher.Leaf"/>. Not changed, and not to be changed meanwhile.</param>
    /// <param name="hasher">The tree's.</param>
    /// <param name="threads">How many threads may work at it, the caller's included. The root does not depend on it.</param>
    /// <remarks>Takes n - 1 node hashes and some 20 KiB of scratch for each of up to 32 parts a thread. Where there is one thread
    /// only, as in a browser, it works alone.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
    public static Digest Of(ReadOnlyMemory<Digest> leafHashes, TreeHasher hasher, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        int partLevel = PartLevel(leafHashes.Length, threads);
        int parts = leafHashes.Length >> partLevel;
        if (threads == 1 || parts < 2 || OperatingSystem.IsBrowser())
            return Root(leafHashes.Span, hasher);

        // All parts but the last are perfect subtrees of one size; the last is what they leave over, and may be empty.
        var roots = new Digest[parts + 1];
        Parallel.For(
            0,
            roots.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            part => roots[part] = Root(Part(leafHashes, part, partLevel).Span, hasher)
        );
        var above = new Frontier(hasher);
        above.Append(roots.AsSpan(0, parts));
        return leafHashes.Length == parts << partLevel ? above.Root() : above.Root(roots[parts]);
    }

    private static Digest Root(ReadOnlySpan<Digest> leaves, TreeHasher hasher)
    {
        var edge = new Frontier(hasher);
        edge.Append(leaves);
        return edge.Root();
    }

    private static ReadOnlyMemory<Digest> Part(ReadOnlyMemory<Digest> leaves, int part, int level)
    {
        ReadOnlyMemory<Digest> rest = leaves[(part << level)..];
        return rest.Length <= 1 << level ? rest : rest[..(1 << level)];
    }

    private static int PartLevel(int leaves, int threads)
    {
        long part = Math.Max(MinPart, leaves / ((long)threads * PartsPerThread));
        return BitOperations.Log2((ulong)part);
    }
}
