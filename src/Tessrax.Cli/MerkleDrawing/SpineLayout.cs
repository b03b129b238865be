using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>The way from the root of a large tree down to one leaf, with what hangs to its left and to its right folded.</summary>
internal static class SpineLayout
{
    private const double BoxWidth = 84;
    private const double BoxHeight = 24;
    private const double Row = 62;

    // From the middle of the way to the middle of what hangs beside it.
    private const double Reach = 132;
    private const double TriangleHeight = 16;

    // Below the triangle that hangs above it, over the box that it leads to.
    private const double Bend = 11;
    private const double Gap = 18;
    private const double Font = 11;

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
        double words = root.All().Where(node => node.Role == NodeRole.Proof).Max(WordsOf);
        double width = Math.Max(minWidth, 2 * (Reach + (BoxWidth / 2) + Gap + words));
        double middle = left + (width / 2);
        int row = 0;
        for (DrawnNode? node = root; node is not null; row++)
        {
            Place place = PlaceOf(middle, row);
            DrawBox(canvas, picture, node, place);
            DrawnNode? beside = Beside(node);
            DrawnNode? next = node.Left == beside ? node.Right : node.Left;
            if (beside is not null && next is not null)
            {
                Place below = PlaceOf(middle, row + 1);
                double bend = below.Top - Bend;
                canvas.Edge(middle, place.Foot, bend, middle, below.Top, isWay: true);
                Place hung = below with { Middle = middle + (beside == node.Left ? -Reach : Reach) };
                canvas.Edge(middle, place.Foot, bend, hung.Middle, hung.Top, isWay: false);
                DrawBeside(canvas, picture, beside, hung, beside == node.Left);
            }
            node = next;
        }
        canvas.Text(
            middle,
            PlaceOf(middle, row - 1).Foot + 17,
            $"leaf {NodeText.Number(picture.Goal!.Start)}",
            "s b",
            12,
            "middle"
        );
        return (width, (row * Row) + 6);

        Place PlaceOf(double x, int at) => new(x, top + (at * Row), BoxWidth, BoxHeight);
    }

    private static DrawnNode? Beside(DrawnNode node) =>
        node.Left is null ? null
        : node.Left.Role == NodeRole.Proof ? node.Left
        : node.Right;

    private static double WordsOf(DrawnNode node) =>
        Math.Max(SvgMarks.WidthOf(NodeText.Range(node), Font), SvgMarks.WidthOf(NodeText.Leaves(node.Count), Font));

    private static void DrawBox(SvgCanvas canvas, TreePicture picture, DrawnNode node, Place place) =>
        canvas.Box(
            place,
            NodeText.KindOf(node),
            picture.Hashes[node].ToHex()[..8],
            12,
            NodeText.Tooltip(node, picture.Hashes[node])
        );

    // What is beside the way, its triangle, and its words on the outer side.
    private static void DrawBeside(SvgCanvas canvas, TreePicture picture, DrawnNode node, Place place, bool isLeft)
    {
        DrawBox(canvas, picture, node, place);
        canvas.Badge(isLeft ? place.Left : place.Right, place.Top, node.Step);
        double x = isLeft ? place.Left - Gap : place.Right + Gap;
        string anchor = isLeft ? "end" : "start";
        if (node.IsLeaf)
        {
            canvas.Text(x, place.Top + 16, $"leaf {NodeText.Number(node.Start)}", "h", Font, anchor);
            return;
        }
        canvas.Triangle(place.Middle, place.Foot, BoxWidth - 24, TriangleHeight, "fold");
        canvas.Text(x, place.Top + 16, NodeText.Range(node), "h", Font, anchor);
        canvas.Text(x, place.Top + 32, NodeText.Leaves(node.Count), "s m", Font, anchor);
    }
}
