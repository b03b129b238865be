using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Trees;

// Tiles that are not held: read from disk, held against the tile above, made again where they are missing or wrong.
public sealed partial class LedgerTree
{
    // The leaves that one level-1 tile stands for, hashed at once: a segment's.
    private const int LeavesAtOnce = 1 << (2 * TileId.Height);

    /// <summary>What other trees of the ledger have read; null for none.</summary>
    internal SharedTiles? Shared { get; init; }

    /// <summary>Told of each tile that was missing or wrong and was made again; from any thread.</summary>
    internal Action<TileId>? Healed { get; set; }

    /// <summary>Whether tiles that are wrong are written again.</summary>
    internal bool CanMend => store is { CanWrite: true };

    /// <summary>Holds a full tile on disk to the tree, whatever is in memory of it, and writes it again if it is missing or wrong.</summary>
    /// <returns>Whether it was.</returns>
    internal bool Mend(int level, long index)
    {
        Digest expected = RootOf(level, index);
        Digest[]? nodes = ReadUnchecked(level, index);
        if (nodes is not null && TileNodes.Root(nodes) == expected)
            return false;
        Heal(level, index, expected);
        return true;
    }

    // The authenticated nodes of a full tile.
    private Digest[] Load(int level, long index)
    {
        Digest expected = RootOf(level, index);
        Digest[]? nodes = ReadUnchecked(level, index);
        nodes = nodes is not null && TileNodes.Root(nodes) == expected ? nodes : Heal(level, index, expected);
        Shared?.Keep(level, index, nodes);
        return nodes;
    }

    private Digest[]? ReadUnchecked(int level, long index)
    {
        if (store?.ReadTile(level, index) is not { Length: TileId.FullWidth * Digest.Size } bytes)
            return null;
        var nodes = new Digest[TileNodes.Length];
        bytes.CopyTo(MemoryMarshal.AsBytes(nodes.AsSpan(0, TileId.FullWidth)));
        TileNodes.Grow(nodes, 0, TileId.FullWidth, Hasher);
        return nodes;
    }

    private Digest[] Heal(int level, long index, Digest expected)
    {
        Digest[]? nodes = level > 0 ? Above(level, index) : null;
        if (nodes is null || TileNodes.Root(nodes) != expected)
            nodes = FromLeaves(level, index);
        var tile = new TileId(level, index, TileId.FullWidth);
        if (TileNodes.Root(nodes) != expected)
            throw ErrorCodes.Damaged.Because($"the entries {tile.Leaves} do not give the tree that was signed");
        if (store is { CanWrite: true })
            WriteHealed(tile, nodes);
        Healed?.Invoke(tile);
        return nodes;
    }

    // From the roots of the tiles below, whatever they are worth: the caller compares what they give.
    private Digest[]? Above(int level, long index)
    {
        var nodes = new Digest[TileNodes.Length];
        for (int i = 0; i < TileId.FullWidth; i++)
        {
            if (ReadUnchecked(level - 1, (index << TileId.Height) + i) is not { } below)
                return null;
            nodes[i] = TileNodes.Root(below);
        }
        TileNodes.Grow(nodes, 0, TileId.FullWidth, Hasher);
        return nodes;
    }

    private Digest[] FromLeaves(int level, long index)
    {
        if (store is null)
            throw new InvalidOperationException($"a tree in memory has lost tile {index} of level {level}");
        var nodes = new Digest[TileNodes.Length];
        long below = 1L << (TileId.Height * level);
        long first = index * TileId.FullWidth * below;
        var leaves = new Digest[Math.Min(TileId.FullWidth * below, LeavesAtOnce)];
        var edge = new Frontier(Hasher);
        for (int i = 0; i < TileId.FullWidth; )
        {
            store.HashLeaves(first, leaves);
            first += leaves.Length;
            // Either the leaves of whole hashes of this tile, or a part of one.
            for (int at = 0; at < leaves.Length; )
            {
                int count = (int)Math.Min(below, leaves.Length);
                edge.Append(leaves.AsSpan(at, count));
                at += count;
                if (edge.Size < below)
                    continue;
                nodes[i++] = edge.Root();
                edge = new Frontier(Hasher);
            }
        }
        TileNodes.Grow(nodes, 0, TileId.FullWidth, Hasher);
        return nodes;
    }

    // A reader has its answer even if the disk takes no tile now; the next one who needs it tries again.
    private void WriteHealed(TileId tile, Digest[] nodes)
    {
        try
        {
            store!.WriteTile(tile.Level, tile.Index, BytesOf(nodes));
        }
        catch (TessraxException) { }
    }
}
