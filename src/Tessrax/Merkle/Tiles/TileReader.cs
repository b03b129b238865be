using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Reads hashes of a static log and hands out authenticated ones only: everything is held against a tree head that the caller trusts.</summary>
/// <remarks>
/// The partial tiles at the right edge are read first, and only once: together they must give the root. Every other tile must
/// give the hash that its parent, authenticated before, has in its place. So whatever the source answers, what comes out is what
/// the head commits to, or an error. Tiles are kept with their inner nodes, the least recently used dropped first.
/// Safe for concurrent use. Memory: the cache, and at most eight tiles of the edge. A call completes at once if what it needs is held.
/// </remarks>
public sealed partial class TileReader
{
    /// <summary>16 MiB: a thousand tiles.</summary>
    public const long DefaultCacheBytes = 16L << 20;

    private const long LeastCacheBytes = (TileId.MaxLevel + 1) * (17L << 10);

    private readonly ITileSource source;
    private readonly TileCache cache;
    private TileEdge? edge;
    private long tilesRead;

    /// <param name="source">Where the tiles come from. Not trusted.</param>
    /// <param name="head">The tree. Trusted: the caller has checked the checkpoint that it is from.</param>
    /// <param name="hasher">The log's; C2SP logs have <see cref="TreeHasher.Sha256"/>.</param>
    /// <param name="cacheBytes">The most that is kept of full tiles; one takes 16 KiB, and eight are kept in any case.</param>
    /// <exception cref="ArgumentOutOfRangeException">The head has no possible size.</exception>
    public TileReader(ITileSource source, TreeHead head, TreeHasher hasher, long cacheBytes = DefaultCacheBytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(hasher);
        ArgumentOutOfRangeException.ThrowIfNegative(head.Size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(head.Size, Frontier.MaxSize);
        this.source = source;
        Head = head;
        Hasher = hasher;
        // A path of tiles is held in any case, or a single proof would read the same tiles again and again.
        cache = new TileCache(Math.Max(cacheBytes, LeastCacheBytes));
    }

    /// <summary>The tree that is read.</summary>
    public TreeHead Head { get; }

    /// <summary>The log's hasher.</summary>
    public TreeHasher Hasher { get; }

    /// <summary>How many tiles and bundles were asked for so far.</summary>
    public long TilesRead => Interlocked.Read(ref tilesRead);

    /// <summary>Reads the right edge and holds it against the root, unless that was done before. Other calls do it by themselves.</summary>
    /// <exception cref="TessraxException">TSX5018, 5019: a tile is missing, or they do not give the root; those of the source.</exception>
    public ValueTask OpenAsync(CancellationToken cancel = default) =>
        Volatile.Read(ref edge) is null ? new ValueTask(ReadEdgeAsync(cancel).AsTask()) : default;

    /// <summary>The root of each perfect subtree in <paramref name="wanted"/>, into the same place of <paramref name="hashes"/>.</summary>
    /// <exception cref="ArgumentException">A subtree is not full in this tree, or the lengths differ.</exception>
    /// <exception cref="TessraxException">TSX5018, 5019: a tile is missing or broken; the message names it and its leaves. Those of the source.</exception>
    public ValueTask ReadAsync(
        ReadOnlyMemory<Subtree> wanted,
        Memory<Digest> hashes,
        CancellationToken cancel = default
    )
    {
        if (wanted.Length != hashes.Length)
            throw new ArgumentException("there must be room for one hash per subtree", nameof(hashes));
        foreach (Subtree subtree in wanted.Span)
            Check(subtree);
        int done = 0;
        while (done < wanted.Length && TryRead(wanted.Span[done], out hashes.Span[done]))
            done++;
        return done == wanted.Length ? default : ReadRestAsync(wanted, hashes, done, cancel);
    }

    private async ValueTask ReadRestAsync(
        ReadOnlyMemory<Subtree> wanted,
        Memory<Digest> hashes,
        int done,
        CancellationToken cancel
    )
    {
        for (int i = done; i < wanted.Length; i++)
        {
            Digest hash = await ReadAsync(wanted.Span[i], cancel).ConfigureAwait(false);
            hashes.Span[i] = hash;
        }
    }

    // One at a time and straight from its tile, so that even a cache without room makes progress.
    private ValueTask<Digest> ReadAsync(Subtree wanted, CancellationToken cancel) =>
        TryRead(wanted, out Digest hash) ? new(hash) : LoadAsync(wanted, cancel);

    private bool TryRead(Subtree wanted, out Digest hash)
    {
        (int level, long index, int height, int place) = PlaceOf(wanted);
        return TryRead(level, index, height, place, out hash);
    }

    private bool TryRead(int level, long index, int height, int place, out Digest hash)
    {
        hash = default;
        if (Volatile.Read(ref edge) is not { } known)
            return false;
        if (known.Find(level, index) is not { } tile)
            return cache.TryRead(level, index, height, place, out hash);
        hash = tile[height, place];
        return true;
    }

    private void Check(Subtree wanted)
    {
        (int level, long index) = wanted;
        if (level is < 0 or > 62 || index < 0 || index >= Head.Size >> level)
            throw new ArgumentException($"a tree of {Head.Size} leaves has no full {wanted}", nameof(wanted));
    }

    // A subtree of height 8l + h is h levels above the hashes of a tile at level l.
    private static (int Level, long Index, int Height, int Place) PlaceOf(Subtree wanted)
    {
        int height = wanted.Level % TileId.Height;
        int below = TileId.Height - height;
        int place = (int)(wanted.Index & ((1L << below) - 1));
        return (wanted.Level / TileId.Height, wanted.Index >> below, height, place);
    }

    // From the tile up to one that is held, whose hashes authenticate those below on the way down.
    private async ValueTask<Digest> LoadAsync(Subtree wanted, CancellationToken cancel)
    {
        await OpenAsync(cancel).ConfigureAwait(false);
        if (TryRead(wanted, out Digest hash))
            return hash;
        (int level, long index, int height, int place) = PlaceOf(wanted);
        var missing = new List<TileId>();
        do
        {
            missing.Add(new TileId(level, index, TileId.FullWidth));
            level++;
            index >>= TileId.Height;
        } while (!TryRead(level, index, 0, PlaceInParent(missing[^1]), out hash));

        // Asked for side by side: a server is far away.
        var reads = missing.ConvertAll(tile => FetchAsync(tile, cancel).AsTask());
        await Task.WhenAll(reads).ConfigureAwait(false);
        for (int i = missing.Count - 1; i >= 0; i--)
        {
            TileId tile = missing[i];
            Fetched fetched = await reads[i].ConfigureAwait(false) ?? throw TileFault.Missing(tile);
            TileNodes nodes =
                fetched.Expand(tile, Hasher)
                ?? throw TileFault.Broken(tile, $"has {fetched.Bytes.Length} bytes instead of {tile.HashBytes}");
            if (nodes.Root != hash)
                throw TileFault.Broken(tile, "does not give the hash that the tile above has in its place");
            cache.Add(tile.Level, tile.Index, nodes);
            hash = i > 0 ? nodes[0, PlaceInParent(missing[i - 1])] : nodes[height, place];
        }
        return hash;
    }

    private static int PlaceInParent(TileId tile) => (int)(tile.Index % TileId.FullWidth);

    private async ValueTask<TileEdge> ReadEdgeAsync(CancellationToken cancel)
    {
        var tiles = new TileNodes?[TileId.MaxLevel + 1];
        List<TileId> wanted = [.. TileId.PartialIn(Head.Size)];
        var reads = wanted.ConvertAll(tile => FetchAsync(tile, cancel).AsTask());
        await Task.WhenAll(reads).ConfigureAwait(false);
        for (int i = 0; i < wanted.Count; i++)
        {
            TileId tile = wanted[i];
            Fetched fetched = await reads[i].ConfigureAwait(false) ?? throw TileFault.Missing(tile);
            tiles[tile.Level] =
                fetched.Expand(tile, Hasher)
                ?? throw TileFault.Broken(tile, $"has not the length of {tile.Width} hashes");
        }
        var read = new TileEdge(Head.Size, tiles, Hasher);
        if (read.Root != Head.Root)
            throw wanted.Count > 0
                ? TileFault.BrokenEdge(wanted[^1], Head.Size)
                : ErrorCodes.TileBroken.Because("the head of the empty tree has another root than the empty tree");
        Volatile.Write(ref edge, read);
        return read;
    }

    private ValueTask<Fetched?> FetchAsync(TileId tile, CancellationToken cancel) =>
        TileFetch.ReadAsync(new Counted(this), tile, cancel);

    // Counts what is asked for.
    private sealed class Counted(TileReader reader) : ITileSource
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
        {
            Interlocked.Increment(ref reader.tilesRead);
            return reader.source.ReadAsync(tile, cancel);
        }

        public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
            reader.source.ReadCheckpointAsync(cancel);
    }
}
