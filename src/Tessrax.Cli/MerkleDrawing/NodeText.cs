using System.Globalization;
using Tessrax.Hashing;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>The words and colours of nodes.</summary>
internal static class NodeText
{
    /// <summary>The style of its box.</summary>
    public static string KindOf(DrawnNode node) =>
        node.Role switch
        {
            NodeRole.Goal => "goal",
            NodeRole.Way => "way",
            NodeRole.Proof => "proof",
            _ => node.IsLeaf ? "leaf" : "node",
        };

    /// <summary>The first and the last leaf: <c>131,072 – 262,143</c>.</summary>
    public static string Range(DrawnNode node) =>
        node.IsLeaf ? Number(node.Start) : $"{Number(node.Start)} – {Number(node.End - 1)}";

    public static string Leaves(long count) => count == 1 ? "1 leaf" : $"{Number(count)} leaves";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What hovering tells: what it is, and its whole hash.</summary>
    public static string Tooltip(DrawnNode node, Digest hash) =>
        node.IsLeaf
            ? $"leaf {Number(node.Start)}: {hash.ToHex()}"
            : $"{Leaves(node.Count)}, {Range(node)}: {hash.ToHex()}";
}
