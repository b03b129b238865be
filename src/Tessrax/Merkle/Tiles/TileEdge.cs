using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>The partial tiles at the right edge of a tree, at most one a level. Together they give its root, and so are authentic if it is.</summary>
/// <remarks>
/// The width of the partial tile at level l holds bits 8l to 8l + 7 of the tree's size: its perfect subtrees are the peaks of
/// that height, and the root folds all peaks from the right (RFC 6962, section 2.1).
/// </remarks>
internal sealed class TileEdge
{
    private readonly TileNodes?[] tiles;
    private readonly long size;

    // foldings[i] is the hash over all leaves from starts[i] to the end of the tree: the peaks from the i-th on.
    private readonly long[] starts;
    private readonly Digest[] foldings;

    public TileEdge(long size, TileNodes?[] tiles, TreeHasher hasher)
    {
        this.size = size;
        this.tiles = tiles;
        var peaks = new List<Digest>();
        var at = new List<long>();
        long start = 0;
        for (int level = TileId.MaxLevel; level >= 0; level--)
        {
            int width = tiles[level]?.Width ?? 0;
            for (int height = TileId.Height - 1; height >= 0; height--)
            {
                if ((width >> height & 1) == 0)
                    continue;
                peaks.Add(tiles[level]![height, (width >> height) - 1]);
                at.Add(start);
                start += 1L << (TileId.Height * level + height);
            }
        }
        starts = [.. at];
        foldings = [.. peaks];
        for (int i = foldings.Length - 2; i >= 0; i--)
            foldings[i] = hasher.Node(peaks[i], foldings[i + 1]);
        Root = foldings.Length == 0 ? hasher.Empty : foldings[0];
    }

    /// <summary>The root that the tiles give.</summary>
    public Digest Root { get; }

    /// <summary>A tile of the edge, or null if that tile is not one.</summary>
    public TileNodes? Find(int level, long index) =>
        tiles[level] is { } tile && (level == TileId.MaxLevel || index == size >> (TileId.Height * (level + 1)))
            ? tile
            : null;

    /// <summary>The hash over all leaves from one on, if a peak begins there.</summary>
    public bool TryFold(long start, out Digest hash)
    {
        int i = Array.BinarySearch(starts, start);
        hash = i >= 0 ? foldings[i] : default;
        return i >= 0;
    }
}
