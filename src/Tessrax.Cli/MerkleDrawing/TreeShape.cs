using System.Numerics;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Decides what of a tree is drawn: all of it if it is small; otherwise the way to a leaf, or the top, and the rest folded.</summary>
internal static class TreeShape
{
    /// <summary>The largest tree that is drawn whole.</summary>
    public const long MaxWhole = 64;

    // Eight triangles: what fits beside each other on a page.
    private const int TopLevels = 3;

    /// <summary>The shape of a tree of <paramref name="size"/> leaves, at least one.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="goal">The leaf whose proof is highlighted, or null.</param>
    public static DrawnNode Of(long size, long? goal)
    {
        var whole = new DrawnNode(0, size);
        DrawnNode unfolded =
            size <= MaxWhole ? Unfold(whole, int.MaxValue)
            : goal is { } leaf ? UnfoldTowards(whole, leaf)
            : Unfold(whole, TopLevels);
        return goal is { } proven ? Mark(unfolded, proven, out _) : unfolded;
    }

    private static DrawnNode Unfold(DrawnNode node, int levels)
    {
        if (node.IsLeaf || levels == 0)
            return node;
        (DrawnNode left, DrawnNode right) = Split(node);
        return node with { Left = Unfold(left, levels - 1), Right = Unfold(right, levels - 1) };
    }

    private static DrawnNode UnfoldTowards(DrawnNode node, long leaf)
    {
        if (node.IsLeaf || leaf < node.Start || leaf >= node.End)
            return node;
        (DrawnNode left, DrawnNode right) = Split(node);
        return node with { Left = UnfoldTowards(left, leaf), Right = UnfoldTowards(right, leaf) };
    }

    // RFC 6962, section 2.1: k is the largest power of two smaller than n.
    private static (DrawnNode Left, DrawnNode Right) Split(DrawnNode node)
    {
        long k = 1L << BitOperations.Log2((ulong)(node.Count - 1));
        return (new DrawnNode(node.Start, node.Start + k), new DrawnNode(node.Start + k, node.End));
    }

    // RFC 6962, section 2.1.1: beside each node of the way stands one hash of the audit path, listed from the leaf up.
    private static DrawnNode Mark(DrawnNode node, long goal, out int steps)
    {
        steps = 0;
        if (node.IsLeaf)
            return node with { Role = NodeRole.Goal };
        bool goesLeft = goal < node.Left!.End;
        DrawnNode way = Mark(goesLeft ? node.Left : node.Right!, goal, out int below);
        steps = below + 1;
        DrawnNode beside = (goesLeft ? node.Right! : node.Left) with { Role = NodeRole.Proof, Step = steps };
        return node with { Role = NodeRole.Way, Left = goesLeft ? way : beside, Right = goesLeft ? beside : way };
    }
}
