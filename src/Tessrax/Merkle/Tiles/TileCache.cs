using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Full tiles that were authenticated, the least recently used overwritten first. Safe for concurrent use.</summary>
/// <remarks>Hashes are copied out, never lent, so that a tile's memory can be used again: arrays that have been held for long and
/// are then dropped would pile up until the collector looks at its oldest generation.</remarks>
/// <param name="limit">Bytes; a tile takes 16 KiB. At least one is held.</param>
internal sealed class TileCache(long limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(int Level, long Index), LinkedListNode<Slot>> tiles = [];
    private readonly LinkedList<Slot> byUse = new();
    private readonly long capacity = Math.Max(1, limit / (TileNodes.FullLength * Digest.Size));

    /// <summary>A node of a tile.</summary>
    /// <param name="level">The tile's.</param>
    /// <param name="index">The tile's.</param>
    /// <param name="height">Of the node over the tile's own hashes.</param>
    /// <param name="place">Of the node among those of its height.</param>
    /// <param name="hash">The node.</param>
    /// <returns>False if the tile is not held.</returns>
    public bool TryRead(int level, long index, int height, int place, out Digest hash)
    {
        int position = TileNodes.PositionOf(TileId.FullWidth, height, place);
        lock (gate)
        {
            if (!tiles.TryGetValue((level, index), out LinkedListNode<Slot>? found))
            {
                hash = default;
                return false;
            }
            if (found != byUse.First)
            {
                byUse.Remove(found);
                byUse.AddFirst(found);
            }
            hash = found.Value.Nodes[position];
            return true;
        }
    }

    public void Add(int level, long index, TileNodes tile)
    {
        lock (gate)
        {
            // Two that missed it at once have both read it, and both are right.
            if (tiles.ContainsKey((level, index)))
                return;
            LinkedListNode<Slot> place = tiles.Count < capacity ? new(new Slot()) : TakeOldest();
            place.Value.Key = (level, index);
            tile.CopyTo(place.Value.Nodes);
            byUse.AddFirst(place);
            tiles.Add((level, index), place);
        }
    }

    private LinkedListNode<Slot> TakeOldest()
    {
        LinkedListNode<Slot> oldest = byUse.Last!;
        byUse.RemoveLast();
        tiles.Remove(oldest.Value.Key);
        return oldest;
    }

    private sealed class Slot
    {
        public Digest[] Nodes { get; } = new Digest[TileNodes.FullLength];

        public (int Level, long Index) Key { get; set; }
    }
}
