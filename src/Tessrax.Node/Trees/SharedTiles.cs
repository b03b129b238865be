using Tessrax.Hashing;

namespace Tessrax.Node.Trees;

/// <summary>Full tiles that several trees of one ledger have read, kept for the next one: each moment that is served has a tree of its own, and would read and hash them anew.</summary>
/// <remarks>Nobody has to trust what is in it: a tile is handed out only to a tree that knows its root. Any thread.</remarks>
/// <param name="capacity">How many tiles are kept; one takes 16 KiB.</param>
internal sealed class SharedTiles(int capacity)
{
    /// <summary>64 MiB: the tiles of a million entries.</summary>
    public const int DefaultCapacity = 4096;

    private readonly Lock access = new();
    private readonly HeldTiles held = new(capacity);

    /// <summary>A node of a tile; false if the tile is not kept, or has another root.</summary>
    public bool TryRead(int level, long index, Digest root, int position, out Digest hash)
    {
        lock (access)
        {
            Digest[]? nodes = held.Find(level, index);
            bool isHere = nodes is not null && TileNodes.Root(nodes) == root;
            hash = isHere ? nodes![position] : default;
            return isHere;
        }
    }

    /// <summary>Keeps a copy of a tile.</summary>
    public void Keep(int level, long index, ReadOnlySpan<Digest> nodes)
    {
        lock (access)
        {
            if (held.Contains(level, index))
                return;
            Digest[] copy = held.Take();
            nodes.CopyTo(copy);
            held.Add(level, index, copy, stays: false);
        }
    }
}
