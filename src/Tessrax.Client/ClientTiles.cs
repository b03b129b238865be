using System.Collections.Concurrent;
using Tessrax.Merkle;

namespace Tessrax.Client;

/// <summary>The tiles of a server's log, the full ones through the cache.</summary>
internal sealed class ClientTiles(Transport transport, ClientCache cache) : ITileSource
{
    private readonly ConcurrentDictionary<string, bool> fromCache = new(StringComparer.Ordinal);

    /// <summary>Whether something that came from the cache was handed out.</summary>
    public bool UsedCache => !fromCache.IsEmpty;

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        string name = tile.Path.Replace('/', '-');
        bool isKept = tile.IsFull && !tile.IsBundle;
        if (isKept && cache.TryRead(name, tile.HashBytes, out byte[]? kept) && kept.Length == tile.HashBytes)
        {
            fromCache[name] = true;
            return kept;
        }
        try
        {
            Answered answer = await transport.GetAsync(tile.Path, cancel, tile.HashBytes + 1).ConfigureAwait(false);
            if (isKept && answer.Bytes.Length == tile.HashBytes)
                cache.Write(name, answer.Bytes);
            return answer.Bytes;
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.NotFound)
        {
            return null;
        }
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) => default;

    /// <summary>Drops all that was handed out from the cache: one of it is wrong, and nobody knows which.</summary>
    public void ForgetUsed()
    {
        foreach (string name in fromCache.Keys)
            cache.Forget(name);
        fromCache.Clear();
    }
}
