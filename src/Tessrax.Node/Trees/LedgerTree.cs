using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Waiting;

namespace Tessrax.Node.Trees;

/// <summary>A ledger's tree in bounded memory: its right edge and the tiles used last; the others are read from disk when a proof needs them.</summary>
/// <remarks>
/// What comes from disk is held against the tile above it, up to the edge, before it is handed out. The edge itself is as good as the root that was compared
/// with the signed one when the ledger was opened. A tile that is missing or wrong is made again from those below it, in the end from the entries, and a tree that
/// may write puts it back. One thread may append while others read. Memory: at most eight tiles of the edge, the cache, and tiles that are not on disk yet;
/// 16 KiB each.
/// </remarks>
public sealed partial class LedgerTree : ISubtreeReader
{
    /// <summary>8 MiB: the tiles of the last 131,072 entries.</summary>
    internal const int DefaultCache = 512;

    private const int Levels = TileId.MaxLevel + 1;

    private readonly Gate gate = new("the tree");
    private readonly ITreeStore? store;
    private readonly HeldTiles held;

    // What readers see, and what the appender is working at: the same but while it appends.
    private readonly EdgeTile?[] shown = new EdgeTile?[Levels];
    private readonly EdgeTile?[] edge = new EdgeTile?[Levels];
    private readonly List<EdgeTile> filled = [];
    private long size;

    /// <summary>An empty tree in memory alone, two hashes a leaf.</summary>
    public LedgerTree(TreeHasher hasher)
        : this(hasher, null) { }

    internal LedgerTree(TreeHasher hasher, ITreeStore? store, int cache = DefaultCache)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        Hasher = hasher;
        this.store = store;
        held = new HeldTiles(Math.Max(cache, Levels));
    }

    /// <summary>The tree's hashes.</summary>
    public TreeHasher Hasher { get; }

    /// <summary>How many leaves were appended.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>How many tiles are held in memory now; one takes 16 KiB.</summary>
    public int TilesInMemory
    {
        get
        {
            using (gate.Enter("to count"))
                return held.Count;
        }
    }

    /// <summary>The size and the root together.</summary>
    public TreeHead Head
    {
        get
        {
            long now = Size;
            return new TreeHead(now, RootAt(now));
        }
    }

    /// <summary>Appends a leaf by its hash. Only one thread may append.</summary>
    /// <exception cref="InvalidOperationException">The tree has 2^62 leaves.</exception>
    public void Append(Digest leaf) => Append(new ReadOnlySpan<Digest>(in leaf));

    /// <summary>Appends many leaves by their hashes, whole levels hashed at once. Only one thread may append.</summary>
    /// <remarks>Readers see none of them or all.</remarks>
    /// <exception cref="InvalidOperationException">The tree would have more than 2^62 leaves; none was appended.</exception>
    public void Append(ReadOnlySpan<Digest> leaves)
    {
        long before = size;
        if (before > Frontier.MaxSize - leaves.Length)
            throw new InvalidOperationException("a tree holds at most 2^62 leaves");
        Append(0, leaves, before);
        using (gate.Enter("to append"))
        {
            edge.CopyTo(shown, 0);
            foreach (EdgeTile tile in filled)
                held.Add(tile.Level, tile.Index, tile.Nodes, stays: true);
            Volatile.Write(ref size, before + leaves.Length);
        }
        if (store is not null)
            unsettled.AddRange(filled.Select(tile => (tile.Level, tile.Index)));
        filled.Clear();
    }

    /// <summary>The root of all leaves.</summary>
    public Digest Root() => RootAt(Size);

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree never had that size.</exception>
    /// <exception cref="TessraxException">As <see cref="Read"/>.</exception>
    public Digest RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        if (size == 0)
            return Hasher.Empty;
        Span<Subtree> peaks = stackalloc Subtree[63];
        int count = 0;
        for (int level = 62; level >= 0; level--)
        {
            if ((size >> level & 1) == 1)
                peaks[count++] = new Subtree(level, (size >> level) - 1);
        }
        Span<Digest> hashes = stackalloc Digest[count];
        Read(peaks[..count], hashes);
        // RFC 6962, section 2.1: what does not fill a power of two hangs to the right, so the fold begins there.
        Digest root = hashes[^1];
        for (int i = count - 2; i >= 0; i--)
            root = Hasher.Node(hashes[i], root);
        return root;
    }

    /// <summary>The hash of one leaf.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="TessraxException">As <see cref="Read"/>.</exception>
    public Digest Leaf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
        Digest leaf = default;
        Read([new Subtree(0, index)], new Span<Digest>(ref leaf));
        return leaf;
    }

    /// <inheritdoc/>
    /// <exception cref="TessraxException">TSX3003: a tile is damaged and the entries below it are too; TSX3006, TSX3007: they cannot be read.</exception>
    public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes)
    {
        if (wanted.Length != hashes.Length)
            throw new ArgumentException("there must be room for one hash per subtree", nameof(hashes));
        int done = 0;
        using (gate.Enter("to read"))
        {
            foreach (Subtree subtree in wanted)
            {
                if (subtree.Level is < 0 or > 62 || subtree.Index < 0 || subtree.Index >= size >> subtree.Level)
                    throw new ArgumentException($"a tree of {size} leaves has no full {subtree}", nameof(wanted));
            }
            while (done < wanted.Length && TryRead(wanted[done], out hashes[done]))
                done++;
        }
        SharedTile last = default;
        for (; done < wanted.Length; done++)
            hashes[done] = ReadOne(wanted[done], ref last);
    }

    private Digest ReadOne(Subtree wanted)
    {
        SharedTile none = default;
        return ReadOne(wanted, ref none);
    }

    // What a proof needs lies in few tiles, so the one that was read from before is looked at first.
    private Digest ReadOne(Subtree wanted, ref SharedTile last)
    {
        if (last.TryRead(Shared, PlaceOf(wanted), out Digest again))
            return again;
        using (gate.Enter("to read"))
        {
            if (TryRead(wanted, out Digest hash))
                return hash;
        }
        // One at a time and straight from its tile, so that even a cache without room makes progress.
        (int level, long index, int position) = PlaceOf(wanted);
        last = Shared is null ? default : new SharedTile(level, index, RootOf(level, index));
        if (last.TryRead(Shared, (level, index, position), out Digest known))
            return known;
        Digest[] nodes = Load(level, index);
        Digest found = nodes[position];
        // Given away with the array: from here on it may be used again for another tile.
        using (gate.Enter("to keep a tile"))
            held.Add(level, index, nodes, stays: false);
        return found;
    }

    // What the tile above says.
    private Digest RootOf(int level, long index) => ReadOne(new Subtree(TileId.Height * (level + 1), index));

    private bool TryRead(Subtree wanted, out Digest hash)
    {
        (int level, long index, int position) = PlaceOf(wanted);
        Digest[]? nodes = shown[level] is { } tile && tile.Index == index ? tile.Nodes : held.Find(level, index);
        hash = nodes is null ? default : nodes[position];
        return nodes is not null;
    }

    // A subtree of height 8l + h is h levels above the hashes of a tile at level l.
    private static (int Level, long Index, int Position) PlaceOf(Subtree wanted)
    {
        int height = wanted.Level % TileId.Height;
        int below = TileId.Height - height;
        int place = (int)(wanted.Index & ((1L << below) - 1));
        return (wanted.Level / TileId.Height, wanted.Index >> below, TileNodes.PositionOf(height, place));
    }

    // Nobody reads beyond the published size, so the appender writes there without the lock.
    private void Append(int level, ReadOnlySpan<Digest> hashes, long first)
    {
        while (!hashes.IsEmpty)
        {
            EdgeTile tile = edge[level] ??= NewTile(level, first >> TileId.Height);
            int from = (int)(first & (TileId.FullWidth - 1));
            int count = Math.Min(TileId.FullWidth - from, hashes.Length);
            hashes[..count].CopyTo(tile.Nodes.AsSpan(from));
            TileNodes.Grow(tile.Nodes, from, from + count, Hasher);
            if (from + count == TileId.FullWidth)
            {
                edge[level] = null;
                filled.Add(tile);
                Append(level + 1, [TileNodes.Root(tile.Nodes)], tile.Index);
            }
            hashes = hashes[count..];
            first += count;
        }
    }

    private EdgeTile NewTile(int level, long index)
    {
        using (gate.Enter("to begin a tile"))
            return new EdgeTile(level, index, held.Take());
    }

    // A tile that others have read, and the root that it must have.
    private readonly record struct SharedTile(int Level, long Index, Digest Root)
    {
        public bool TryRead(SharedTiles? shared, (int Level, long Index, int Position) place, out Digest hash)
        {
            hash = default;
            return shared is not null
                && place.Level == Level
                && place.Index == Index
                && shared.TryRead(Level, Index, Root, place.Position, out hash);
        }
    }

    // The tile at the right edge of a level: its nodes are there as far as the size counts them.
    private sealed record EdgeTile(int Level, long Index, Digest[] Nodes);

    private static ReadOnlySpan<byte> BytesOf(Digest[] nodes) =>
        MemoryMarshal.AsBytes(nodes.AsSpan(0, TileId.FullWidth));
}
