using System.Runtime.InteropServices;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>A tile with the nodes of the tree that its hashes give: every perfect subtree within it. Never changes.</summary>
internal sealed class TileNodes
{
    /// <summary>How many nodes a full tile has, its own hashes among them.</summary>
    public const int FullLength = 2 * TileId.FullWidth - 1;

    // Level by level from the tile's own hashes up; height h has width >> h nodes.
    private readonly Digest[] nodes;

    private TileNodes(Digest[] nodes, int width)
    {
        this.nodes = nodes;
        Width = width;
    }

    public int Width { get; }

    /// <summary>The node over a full tile.</summary>
    public Digest Root => this[TileId.Height, 0];

    /// <summary>The tile's own hashes.</summary>
    public ReadOnlySpan<Digest> Hashes => nodes.AsSpan(0, Width);

    /// <summary>The root of 2^height of the tile's hashes, from <c>index * 2^height</c> on.</summary>
    public Digest this[int height, int index] => nodes[PositionOf(Width, height, index)];

    /// <summary>Hashes the upper nodes of a tile. The bytes are copied first: what was hashed is what is handed out.</summary>
    /// <returns>Null if the length is not that of <paramref name="width"/> hashes.</returns>
    public static TileNodes? Expand(ReadOnlySpan<byte> bytes, int width, TreeHasher hasher)
    {
        if (bytes.Length != width * Digest.Size)
            return null;
        var nodes = new Digest[Start(width, TileId.Height + 1)];
        bytes.CopyTo(MemoryMarshal.AsBytes(nodes.AsSpan(0, width)));
        return Grow(nodes, width, hasher);
    }

    /// <summary>The same from hashes.</summary>
    public static TileNodes Expand(ReadOnlySpan<Digest> hashes, TreeHasher hasher)
    {
        var nodes = new Digest[Start(hashes.Length, TileId.Height + 1)];
        hashes.CopyTo(nodes);
        return Grow(nodes, hashes.Length, hasher);
    }

    /// <summary>Where a node stands among those of a tile.</summary>
    public static int PositionOf(int width, int height, int index) => Start(width, height) + index;

    /// <summary>Copies all nodes.</summary>
    public void CopyTo(Span<Digest> destination) => nodes.CopyTo(destination);

    private static TileNodes Grow(Digest[] nodes, int width, TreeHasher hasher)
    {
        int from = 0;
        for (int height = 0; height < TileId.Height; height++)
        {
            int parents = width >> (height + 1);
            int to = from + (width >> height);
            hasher.Nodes(nodes.AsSpan(from, 2 * parents), nodes.AsSpan(to, parents));
            from = to;
        }
        return new TileNodes(nodes, width);
    }

    private static int Start(int width, int height)
    {
        int start = 0;
        for (int h = 0; h < height; h++)
            start += width >> h;
        return start;
    }
}
