using System.Runtime.InteropServices;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Trees;

// Going on from the tiles that an earlier process wrote, without reading the entries below them.
public sealed partial class LedgerTree
{
    // A crash loses the tiles of the last segments at most: more would be as much work as reading everything.
    private const int MostMade = 4;

    /// <summary>Goes on from the full tiles on disk: the tree of the first <paramref name="leaves"/> leaves.</summary>
    /// <param name="leaves">A multiple of 256. The tree is empty.</param>
    /// <param name="root">The root that it should have, if it is known already.</param>
    /// <returns>False if the tiles do not give that, and a crash does not explain it; the tree is still empty then.</returns>
    /// <remarks>Not trusted until the caller has compared the root with a signed one. At most 255 tiles a level are read. What the last entries before
    /// the end should have, and a crash has lost or torn, is made again from them.</remarks>
    internal bool TryResume(long leaves, Digest? root = null)
    {
        if (size != 0 || leaves % TileId.FullWidth != 0 || leaves > Frontier.MaxSize)
            throw new ArgumentException("a tree resumes once, at a multiple of 256 leaves", nameof(leaves));
        for (int distrusted = 0; distrusted <= 1; distrusted++)
        {
            int made = MostMade;
            if (TryBuildEdge(leaves, distrusted == 1, ref made) && (root is null || RootOfEdge(leaves) == root))
            {
                using (gate.Enter("to resume"))
                {
                    edge.CopyTo(shown, 0);
                    Volatile.Write(ref size, leaves);
                }
                return true;
            }
            Array.Clear(edge);
            if (root is null)
                return false;
        }
        return false;
    }

    /// <summary>Goes on from the tiles at the right edge as a static log offers them: the tree of the first <paramref name="leaves"/> leaves, from at most eight files.</summary>
    /// <param name="leaves">A size that tiles were offered for. The tree is empty.</param>
    /// <param name="root">The root that it should have.</param>
    /// <param name="partial">Gives a tile that is not full, or null; not trusted.</param>
    /// <returns>False if they do not give that root; the tree is still empty then.</returns>
    internal bool TryResume(long leaves, Digest root, Func<TileId, byte[]?> partial)
    {
        if (size != 0 || leaves is < 1 or > Frontier.MaxSize)
            throw new ArgumentException("a tree resumes once", nameof(leaves));
        bool whole = true;
        foreach (TileId tile in TileId.PartialIn(leaves))
        {
            if (partial(tile) is not { } bytes || bytes.Length != tile.HashBytes)
            {
                whole = false;
                break;
            }
            EdgeTile made = NewTile(tile.Level, tile.Index);
            bytes.CopyTo(MemoryMarshal.AsBytes(made.Nodes.AsSpan(0, tile.Width)));
            TileNodes.Grow(made.Nodes, 0, tile.Width, Hasher);
            edge[tile.Level] = made;
        }
        if (!whole || RootOfEdge(leaves) != root)
        {
            Array.Clear(edge);
            return false;
        }
        using (gate.Enter("to resume"))
        {
            edge.CopyTo(shown, 0);
            Volatile.Write(ref size, leaves);
        }
        return true;
    }

    // Level by level from the lowest: the hashes of the edge are the roots of the full tiles below it.
    private bool TryBuildEdge(long leaves, bool distrustLast, ref int made)
    {
        for (int level = 1; level < Levels; level++)
        {
            long count = leaves >> (TileId.Height * level);
            long index = level == TileId.MaxLevel ? 0 : count >> TileId.Height;
            int width = (int)(count - (index << TileId.Height));
            if (width == 0)
                continue;
            EdgeTile tile = NewTile(level, index);
            for (int i = 0; i < width; i++)
            {
                bool distrusted = distrustLast && i == width - 1 && level <= 2;
                if (RootBelow(level - 1, (index << TileId.Height) + i, distrusted, ref made) is not { } hash)
                    return false;
                tile.Nodes[i] = hash;
            }
            TileNodes.Grow(tile.Nodes, 0, width, Hasher);
            edge[level] = tile;
        }
        return true;
    }

    private Digest? RootBelow(int level, long index, bool distrusted, ref int made)
    {
        Digest[]? nodes = distrusted ? null : ReadUnchecked(level, index);
        // A tile above whole segments is not lost by a crash that leaves the segments' own tiles.
        if (nodes is null && (level > 1 || made-- == 0))
            return null;
        return TileNodes.Root(nodes ?? FromLeaves(level, index));
    }

    private Digest RootOfEdge(long leaves)
    {
        Digest? root = null;
        for (int level = 0; level <= 62; level++)
        {
            if ((leaves >> level & 1) == 0)
                continue;
            (int at, long index, int position) = PlaceOf(new Subtree(level, (leaves >> level) - 1));
            Digest peak =
                edge[at] is { } tile && tile.Index == index
                    ? tile.Nodes[position]
                    : throw new InvalidOperationException($"the edge of {leaves} leaves has no peak of height {level}");
            root = root is { } right ? Hasher.Node(peak, right) : peak;
        }
        return root ?? Hasher.Empty;
    }
}
