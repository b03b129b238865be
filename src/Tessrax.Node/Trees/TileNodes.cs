using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Trees;

/// <summary>How the nodes of a full tile lie in one array: its 256 hashes, then the 128 nodes above them, up to its root.</summary>
internal static class TileNodes
{
    /// <summary>How many nodes a full tile has, its own hashes among them.</summary>
    public const int Length = 2 * TileId.FullWidth - 1;

    /// <summary>Where a node stands: <paramref name="place"/> counts those of its height.</summary>
    public static int PositionOf(int height, int place) =>
        2 * TileId.FullWidth - (2 * TileId.FullWidth >> height) + place;

    /// <summary>The node over a full tile.</summary>
    public static Digest Root(ReadOnlySpan<Digest> nodes) => nodes[Length - 1];

    /// <summary>Hashes the nodes that are complete once hashes <paramref name="from"/> to <paramref name="to"/> joined those before them.</summary>
    public static void Grow(Span<Digest> nodes, int from, int to, TreeHasher hasher)
    {
        for (int height = 0; to >> (height + 1) > from >> (height + 1); height++)
        {
            int first = from >> (height + 1);
            int count = (to >> (height + 1)) - first;
            ReadOnlySpan<Digest> children = nodes.Slice(PositionOf(height, 2 * first), 2 * count);
            hasher.Nodes(children, nodes.Slice(PositionOf(height + 1, first), count));
        }
    }
}
