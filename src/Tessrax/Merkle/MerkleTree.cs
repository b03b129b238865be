using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>Appends many leaves by their hashes: the same as one after another, with whole levels hashed at once. Only one thread may append.</summary>
    /// <remarks>Readers see none of them or all.</remarks>
    /// <exception cref="InvalidOperationException">The tree would have more than 2^62 leaves; none was appended.</exception>
    public void Append(ReadOnlySpan<Digest> leaves)
    {
        long begin = size;
        if (begin > Frontier.MaxSize - leaves.Length)
            throw new InvalidOperationException("a tree holds at most 2^62 leaves");
        if (leaves.IsEmpty)
            return;
        long end = begin + leaves.Length;
        Level children = levels[0] ??= new Level();
        children.Store(begin, leaves);
        for (int level = 1; end >> level > begin >> level; level++)
        {
            Level parents = levels[level] ??= new Level();
            parents.StoreAbove(children, begin >> level, end >> level, hasher);
            children = parents;
        }
        Volatile.Write(ref size, end);
    }

    /// <summary>The root of all leaves.</summary>
    public Digest Root() => RootAt(Size);

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree never had that size.</exception>
    public Digest RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        if (size == 0)
            return hasher.Empty;
        Digest root = default;
        ProofPlan.Read(this, [new LeafRange(0, size)], hasher, new Span<Digest>(ref root));
        return root;
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

        public Digest this[long index]
        {
            get
            {
                // Every chunk has ChunkSize hashes, so the place needs no check, which would have to fetch the array's length
                // from memory beside the hash itself: proofs read one hash here and one there.
                Digest[] chunk = Volatile.Read(ref chunks)[index >> ChunkBits];
                return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunk), (nint)(index & (ChunkSize - 1)));
            }
        }

        public void Store(long index, Digest hash) => Chunk(index >> ChunkBits)[index & (ChunkSize - 1)] = hash;

        public void Store(long index, ReadOnlySpan<Digest> hashes)
        {
            while (!hashes.IsEmpty)
            {
                Span<Digest> room = Chunk(index >> ChunkBits).AsSpan((int)(index & (ChunkSize - 1)));
                int count = Math.Min(room.Length, hashes.Length);
                hashes[..count].CopyTo(room);
                hashes = hashes[count..];
                index += count;
            }
        }

        /// <summary>Stores the nodes from <paramref name="begin"/> to <paramref name="end"/>, whose children are all in the level below.</summary>
        public void StoreAbove(Level below, long begin, long end, TreeHasher hasher)
        {
            // Chunks have an even number of hashes, so the children of a node are in one of them.
            while (begin < end)
            {
                Span<Digest> children = below
                    .Chunk(begin >> (ChunkBits - 1))
                    .AsSpan((int)(2 * begin & (ChunkSize - 1)));
                int count = (int)Math.Min(children.Length / 2, end - begin);
                Span<Digest> parents = Chunk(begin >> ChunkBits).AsSpan((int)(begin & (ChunkSize - 1)), count);
                hasher.Nodes(children[..(2 * count)], parents);
                begin += count;
            }
        }

        private Digest[] Chunk(long chunk)
        {
            while (chunk >= chunks.Length)
            {
                // Readers that still hold the shorter list find in it all that was published while it was the list.
                var longer = new Digest[2 * chunks.Length][];
                chunks.CopyTo(longer, 0);
                Volatile.Write(ref chunks, longer);
            }
            return chunks[chunk] ??= new Digest[ChunkSize];
        }
    }
}
