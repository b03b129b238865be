using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>An append-only tree in memory that gives the root of every size it ever had, and the hashes for every proof.</summary>
/// <remarks>
/// Holds the roots of all full subtrees, level by level: two hashes per leaf, 64 bytes. One thread may append while others
/// read: a hash is never moved or changed once the size counts it, and the size is published last.
/// </remarks>
public sealed class MerkleTree : ISubtreeReader
{
    private readonly TreeHasher hasher;
    private readonly Level?[] levels = new Level?[63];
    private long size;

    /// <summary>An empty tree.</summary>
    public MerkleTree(TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        this.hasher = hasher;
    }

    /// <summary>How many leaves were appended.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>Appends a leaf by its hash. Only one thread may append.</summary>
    /// <exception cref="InvalidOperationException">The tree has 2^62 leaves.</exception>
    public void Append(Digest leaf)
    {
        long index = size;
        if (index >= Frontier.MaxSize)
            throw new InvalidOperationException("a tree holds at most 2^62 leaves");
        Digest node = leaf;
        int level = 0;
        Store(level, index, node);
        // Each right child completes its parent.
        for (; (index >> level & 1) == 1; level++)
        {
            node = hasher.Node(levels[level]![(index >> level) - 1], node);
            Store(level + 1, index >> (level + 1), node);
        }
        Volatile.Write(ref size, index + 1);
    }

    /// <summary>The root of all leaves.</summary>
    public Digest Root() => RootAt(Size);

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree never had that size.</exception>
    public Digest RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return ProofPlan.Read(this, [new LeafRange(0, size)], hasher)[0];
    }

    /// <summary>The hash of one leaf.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public Digest Leaf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        return levels[0]![index];
    }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes)
    {
        if (wanted.Length != hashes.Length)
            throw new ArgumentException("there must be room for one hash per subtree", nameof(hashes));
        long published = Size;
        for (int i = 0; i < wanted.Length; i++)
        {
            (int level, long index) = wanted[i];
            if (level < 0 || level >= levels.Length || index < 0 || index >= published >> level)
                throw new ArgumentException($"a tree of {published} leaves has no full {wanted[i]}", nameof(wanted));
            hashes[i] = levels[level]![index];
        }
    }

    private void Store(int level, long index, Digest hash) => (levels[level] ??= new Level()).Store(index, hash);

    // A list that grows at its end without ever moving what it holds. Chunks have the 256 hashes of a full C2SP tile.
    private sealed class Level
    {
        private const int ChunkBits = 8;
        private const int ChunkSize = 1 << ChunkBits;

        private Digest[][] chunks = new Digest[1][];

        public Digest this[long index] => Volatile.Read(ref chunks)[index >> ChunkBits][index & (ChunkSize - 1)];

        public void Store(long index, Digest hash)
        {
            long chunk = index >> ChunkBits;
            if (chunk == chunks.Length)
            {
                // Readers that still hold the shorter list find in it all that was published while it was the list.
                var longer = new Digest[2 * chunks.Length][];
                chunks.CopyTo(longer, 0);
                Volatile.Write(ref chunks, longer);
            }
            (chunks[chunk] ??= new Digest[ChunkSize])[index & (ChunkSize - 1)] = hash;
        }
    }
}
