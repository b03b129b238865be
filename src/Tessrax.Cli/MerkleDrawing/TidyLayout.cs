using System.Numerics;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>A tree with its leaves side by side, each parent over the middle of its children: small trees whole, or the top of a large one.</summary>
internal static class TidyLayout
{
    private const double BoxHeight = 24;
    private const double Row = 62;
    private const double TriangleHeight = 44;

    // Room below the last row: an index under each leaf, or a triangle with two lines.
    private const double LeafFoot = 22;
    private const double FoldedFoot = TriangleHeight + 40;

    /// <summary>Draws below <paramref name="top"/>, and says how large that got.</summary>
    public static (double Width, double Height) Draw(
        SvgCanvas canvas,
        TreePicture picture,
        double left,
        double top,
        double minWidth
    )
    {
        DrawnNode root = picture.Top!;
        DrawnNode[] ends = [.. root.All().Where(node => node.Left is null)];
        Scale scale = ScaleOf(ends);
        double width = ends.Length * scale.Slot;
        double shift = left + (Math.Max(minWidth - width, 0) / 2);
        bool whole = !ends.Any(node => node.IsFolded);
        var middles = new Dictionary<DrawnNode, double>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < ends.Length; i++)
            middles[ends[i]] = shift + ((i + 0.5) * scale.Slot);
        int rows = whole ? Level(root) : Depth(root);
        foreach (DrawnNode node in root.All().Reverse().Where(node => node.Left is not null))
            middles[node] = (middles[node.Left!] + middles[node.Right!]) / 2;

        DrawBelow(root, 0);
        return (Math.Max(width, minWidth), (rows * Row) + BoxHeight + (whole ? LeafFoot : FoldedFoot));

        // In a whole tree every level has its row, so all leaves stand in the last one; a folded top goes by depth.
        double TopOf(DrawnNode node, int depth) => top + ((whole ? rows - Level(node) : depth) * Row);

        void DrawBelow(DrawnNode node, int depth)
        {
            var place = new Place(middles[node], TopOf(node, depth), scale.Box, BoxHeight);
            string hex = picture.Hashes[node].ToHex();
            canvas.Box(
                place,
                NodeText.KindOf(node),
                hex[..scale.Digits],
                scale.Font,
                NodeText.Tooltip(node, picture.Hashes[node])
            );
            if (node.Step > 0)
                canvas.Badge(place.Right - 1, place.Top, node.Step);
            if (node.Left is null)
                DrawEnd(canvas, node, place, scale, whole);
            foreach (DrawnNode child in (DrawnNode[])(node.Left is null ? [] : [node.Left, node.Right!]))
            {
                double bend = place.Foot + ((Row - BoxHeight) / 2);
                bool isWay = child.Role is NodeRole.Way or NodeRole.Goal;
                canvas.Edge(place.Middle, place.Foot, bend, middles[child], TopOf(child, depth + 1), isWay);
                DrawBelow(child, depth + 1);
            }
        }
    }

    private static void DrawEnd(SvgCanvas canvas, DrawnNode node, Place place, Scale scale, bool whole)
    {
        if (node.IsLeaf)
        {
            string index = NodeText.Number(node.Start);
            string kind = node.Role == NodeRole.Goal ? "s b" : "s m";
            canvas.Text(place.Middle, place.Foot + 15, whole ? index : $"leaf {index}", kind, 11, "middle");
            return;
        }
        canvas.Triangle(place.Middle, place.Foot, scale.Slot - 30, TriangleHeight, "fold");
        double foot = place.Foot + TriangleHeight;
        canvas.Text(place.Middle, foot + 16, NodeText.Range(node), "h", 11, "middle");
        canvas.Text(place.Middle, foot + 32, NodeText.Leaves(node.Count), "s m", 11, "middle");
    }

    // The more there is side by side, the fewer digits of each hash.
    private static Scale ScaleOf(DrawnNode[] ends)
    {
        if (ends.Any(node => node.IsFolded))
        {
            double widest = ends.Max(node => SvgMarks.WidthOf(NodeText.Range(node), 11));
            return new Scale(Math.Max(widest + 18, 112), 78, 8, 12);
        }
        return ends.Length switch
        {
            <= 8 => new Scale(94, 78, 8, 12),
            <= 16 => new Scale(76, 66, 8, 11),
            <= 32 => new Scale(54, 46, 6, 10.5),
            _ => new Scale(42, 35, 4, 11),
        };
    }

    private static int Level(DrawnNode node) => node.IsLeaf ? 0 : BitOperations.Log2((ulong)(node.Count - 1)) + 1;

    private static int Depth(DrawnNode node) =>
        node.Left is null ? 0 : 1 + Math.Max(Depth(node.Left), Depth(node.Right!));

    // How wide a leaf's place and its box are, and how a hash is written in it.
    private sealed record Scale(double Slot, double Box, int Digits, double Font);
}
