using System.IO.Compression;
using Microsoft.Extensions.Caching.Memory;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Server.Static;

/// <summary>A tile as it is sent.</summary>
/// <param name="Bytes">The body.</param>
/// <param name="Tag">The version, for <c>ETag</c>.</param>
internal sealed record ServedTile(ReadOnlyMemory<byte> Bytes, string Tag);

/// <summary>Keeps tiles and bundles that were asked for, plain and packed. A log only grows, so whatever has a name never changes.</summary>
internal sealed class TileShelf : IDisposable
{
    private const long MostBytes = 64 << 20;

    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <summary>A tile, kept or read.</summary>
    /// <param name="source">The ledger, as a moment that covers the tile shows it.</param>
    /// <param name="tile">Which.</param>
    /// <param name="isPacked">Whether it is to be sent with gzip.</param>
    /// <param name="cancel">The client went away.</param>
    /// <returns>Null if the tree has no such tile.</returns>
    public async ValueTask<ServedTile?> Read(ITileSource source, TileId tile, bool isPacked, CancellationToken cancel)
    {
        if (kept.TryGetValue((tile, isPacked), out ServedTile? there))
            return there;
        if (await source.ReadAsync(tile, cancel) is not { } read)
            return null;
        ReadOnlyMemory<byte> bytes = isPacked ? Pack(read.Span) : read;
        var served = new ServedTile(bytes, HashEngine.Sha256.Hash(bytes.Span).ToHex()[..32]);
        return kept.Set((tile, isPacked), served, new MemoryCacheEntryOptions { Size = bytes.Length });
    }

    public void Dispose() => kept.Dispose();

    private static ReadOnlyMemory<byte> Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
