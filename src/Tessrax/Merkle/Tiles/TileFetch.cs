using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>One file as a source answered it.</summary>
/// <param name="Bytes">Not believed yet.</param>
/// <param name="IsFull">Whether it is the full tile or bundle in place of the partial one that was asked for.</param>
internal readonly record struct Fetched(ReadOnlyMemory<byte> Bytes, bool IsFull);

/// <summary>Asks a source for a tile as a certain tree has it.</summary>
internal static class TileFetch
{
    /// <summary>The tile; null if neither it nor the full one is there.</summary>
    /// <remarks>tlog-tiles lets a log delete a partial tile once the full one is there, which begins with it.</remarks>
    public static async ValueTask<Fetched?> ReadAsync(ITileSource source, TileId tile, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? bytes = await source.ReadAsync(tile, cancel).ConfigureAwait(false);
        if (bytes is { } found)
            return new Fetched(found, tile.IsFull);
        if (tile.Full == tile)
            return null;
        bytes = await source.ReadAsync(tile.Full, cancel).ConfigureAwait(false);
        return bytes is { } full ? new Fetched(full, true) : null;
    }

    /// <summary>The hashes of a tile and the nodes over them; null if the file has not the length of such a tile.</summary>
    public static TileNodes? Expand(this Fetched fetched, TileId tile, TreeHasher hasher)
    {
        ReadOnlySpan<byte> bytes = fetched.Bytes.Span;
        if (fetched.IsFull && !tile.IsFull)
        {
            if (bytes.Length != TileId.FullWidth * Digest.Size)
                return null;
            bytes = bytes[..tile.HashBytes];
        }
        return TileNodes.Expand(bytes, tile.Width, hasher);
    }
}
