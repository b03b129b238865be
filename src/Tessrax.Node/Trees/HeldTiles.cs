using Tessrax.Hashing;

namespace Tessrax.Node.Trees;

/// <summary>Full tiles in memory: those that must stay, and of the others the most recently used. Its owner locks.</summary>
/// <remarks>Hashes are copied out, never lent, so that a tile's memory is used again: arrays that have been held for long and are then
/// dropped would pile up until the collector looks at its oldest generation.</remarks>
/// <param name="capacity">How many tiles that need not stay are held at most; one takes 16 KiB.</param>
internal sealed class HeldTiles(int capacity)
{
    private readonly Dictionary<(int Level, long Index), Held> tiles = [];
    private readonly LinkedList<Held> byUse = new();
    private Digest[]? spare;

    /// <summary>How many tiles are held, those that must stay included.</summary>
    public int Count => tiles.Count;

    public bool Contains(int level, long index) => tiles.ContainsKey((level, index));

    /// <summary>The nodes of a tile, until the lock is given back; null if it is not held.</summary>
    public Digest[]? Find(int level, long index)
    {
        if (!tiles.TryGetValue((level, index), out Held? found))
            return null;
        if (found.Use is { } use && use != byUse.First)
        {
            byUse.Remove(use);
            byUse.AddFirst(use);
        }
        return found.Nodes;
    }

    /// <summary>Takes a tile and its array.</summary>
    public void Add(int level, long index, Digest[] nodes, bool stays)
    {
        // Two that missed it at once have both read it, and both are right.
        if (tiles.ContainsKey((level, index)))
            return;
        var held = new Held(level, index, nodes);
        tiles.Add((level, index), held);
        if (!stays)
            Release(held);
    }

    /// <summary>Lets go of a tile that had to stay: it is on disk, or can be made again.</summary>
    public void Release(int level, long index)
    {
        if (tiles.TryGetValue((level, index), out Held? held) && held.Use is null)
            Release(held);
    }

    /// <summary>Room for the nodes of a tile, with whatever an earlier one left in it.</summary>
    public Digest[] Take()
    {
        Digest[] taken = spare ?? new Digest[TileNodes.Length];
        spare = null;
        return taken;
    }

    private void Release(Held held)
    {
        held.Use = byUse.AddFirst(held);
        while (byUse.Count > capacity)
        {
            Held oldest = byUse.Last!.Value;
            byUse.RemoveLast();
            tiles.Remove((oldest.Level, oldest.Index));
            spare = oldest.Nodes;
        }
    }

    private sealed class Held(int level, long index, Digest[] nodes)
    {
        public int Level { get; } = level;

        public long Index { get; } = index;

        public Digest[] Nodes { get; } = nodes;

        /// <summary>Its place among those that may be dropped; null if it must stay.</summary>
        public LinkedListNode<Held>? Use { get; set; }
    }
}
