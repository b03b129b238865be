namespace Tessrax.Merkle;

/// <summary>Full tiles that were authenticated, the least recently used dropped first. Safe for concurrent use.</summary>
/// <param name="limit">Bytes; a tile takes 16 KiB.</param>
internal sealed class TileCache(long limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(int Level, long Index), LinkedListNode<Held>> tiles = [];
    private readonly LinkedList<Held> byUse = new();
    private long bytes;

    public TileNodes? Find(int level, long index)
    {
        lock (gate)
        {
            if (!tiles.TryGetValue((level, index), out LinkedListNode<Held>? found))
                return null;
            if (found != byUse.First)
            {
                byUse.Remove(found);
                byUse.AddFirst(found);
            }
            return found.Value.Tile;
        }
    }

    public void Add(int level, long index, TileNodes tile)
    {
        lock (gate)
        {
            // Two that missed it at once have both read it, and both are right.
            if (tiles.ContainsKey((level, index)))
                return;
            tiles.Add((level, index), byUse.AddFirst(new Held((level, index), tile)));
            bytes += tile.Bytes;
            while (bytes > limit && byUse.Last is { } oldest)
            {
                byUse.RemoveLast();
                tiles.Remove(oldest.Value.Key);
                bytes -= oldest.Value.Tile.Bytes;
            }
        }
    }

    private sealed record Held((int Level, long Index) Key, TileNodes Tile);
}
