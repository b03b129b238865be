using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Reading;

/// <summary>The tiles of a log as it was at a smaller size, made from its tiles of today.</summary>
/// <remarks>A log need not keep the partial tiles of every size that it had; but what a full tile of today holds, authenticated
/// against today's head, begins with what each of them held.</remarks>
public sealed class PastTiles : ITileSource
{
    private readonly TileReader now;

    private PastTiles(TileReader now) => this.now = now;

    /// <summary>A reader of the tree of the first <paramref name="size"/> leaves.</summary>
    /// <param name="now">The log as it is.</param>
    /// <param name="size">At most its size.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The log never had that size.</exception>
    /// <exception cref="TessraxException">TSX5018, 5019: a tile is missing or broken; those of the source.</exception>
    public static async ValueTask<TileReader> OpenAsync(TileReader now, long size, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(now);
        var head = new TreeHead(size, await now.RootAtAsync(size, cancel).ConfigureAwait(false));
        return new TileReader(new PastTiles(now), head, now.Hasher);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        // Entries are read from the log itself: they are the same at every size.
        if (
            tile.IsBundle
            || TileId.At(tile.Level, tile.Index, now.Head.Size) is not { } served
            || served.Width < tile.Width
        )
            return null;
        var wanted = new Subtree[tile.Width];
        for (int i = 0; i < wanted.Length; i++)
            wanted[i] = new Subtree(tile.Level * TileId.Height, (tile.Index << TileId.Height) + i);
        var hashes = new Digest[wanted.Length];
        await now.ReadAsync(wanted, hashes, cancel).ConfigureAwait(false);
        return TileBytes.Of(hashes);
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) => default;
}
