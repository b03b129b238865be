using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Reading;

/// <summary>A ledger's tree as its directory has it: from full tiles, and where there is none from the entries. Nothing is checked, so what it gives proves
/// nothing until a proof made of it holds.</summary>
/// <param name="directory">The ledger.</param>
/// <param name="disk">The file system.</param>
/// <param name="entries">Its segments.</param>
internal sealed class StoredTree(LedgerDirectory directory, IDisk disk, SegmentReader entries) : ISubtreeReader
{
    // Leaves that no full tile has yet; with many more, reading everything in order is faster.
    private const int MostEntries = 2 * TileId.FullWidth;

    private readonly TreeHasher hasher = directory.Hasher;
    private readonly TreeFiles tiles = new(TreeFiles.FolderOf(directory), directory.Hasher, disk, canWrite: false);

    private int entriesRead;

    /// <summary>The edge of the tree of the first entries.</summary>
    /// <exception cref="TessraxException">TSX3003, TSX3011: a tile is missing, and entries as well.</exception>
    public Frontier EdgeAt(long size)
    {
        var peaks = new List<Digest>();
        long start = 0;
        for (int level = 62; level >= 0; level--)
        {
            if ((size >> level & 1) == 0)
                continue;
            peaks.Add(Node(level, start >> level));
            start += 1L << level;
        }
        return Frontier.FromPeaks(hasher, size, peaks);
    }

    public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes)
    {
        for (int i = 0; i < wanted.Length; i++)
            hashes[i] = Node(wanted[i].Level, wanted[i].Index);
    }

    private Digest Node(int level, long index) => Node(level, index, level / TileId.Height);

    // The root of a perfect subtree, from the nodes below it that tiles of one level hold.
    private Digest Node(int level, long index, int tileLevel)
    {
        int above = level - (tileLevel * TileId.Height);
        var nodes = new Digest[1 << above];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i] = Stored(tileLevel, (index << above) + i);
        for (int count = nodes.Length / 2; count > 0; count /= 2)
            hasher.Nodes(nodes.AsSpan(0, 2 * count), nodes.AsSpan(0, count));
        return nodes[0];
    }

    private Digest Stored(int tileLevel, long index)
    {
        if (tiles.ReadTile(tileLevel, index >> TileId.Height) is { } tile)
            return new Digest(tile.AsSpan((int)(index & (TileId.FullWidth - 1)) * Digest.Size, Digest.Size));
        if (tileLevel > 0)
            return Node(tileLevel * TileId.Height, index, tileLevel - 1);
        if (entriesRead++ == MostEntries)
            throw ErrorCodes.Damaged.Because("tiles of the ledger's tree are missing");
        return hasher.Leaf(entries.Read(index).Entry.Span);
    }
}
