using System.Globalization;
using System.Text;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Collects the marks of a picture in layers: edges first, then those of the way, then shapes, then texts.</summary>
/// <remarks>Lengths are CSS pixels. Texts are placed by their baseline.</remarks>
internal sealed class SvgCanvas
{
    private readonly StringBuilder edges = new();
    private readonly StringBuilder ways = new();
    private readonly StringBuilder shapes = new();
    private readonly StringBuilder texts = new();

    /// <summary>A connection from the foot of a parent to the head of a child: down, across, down, with rounded corners.</summary>
    /// <param name="fromX">The parent's middle.</param>
    /// <param name="fromY">Its foot.</param>
    /// <param name="bendY">Where it goes across.</param>
    /// <param name="toX">The child's middle.</param>
    /// <param name="toY">Its head.</param>
    /// <param name="isWay">Whether it belongs to the way of a proof, which lies above the others.</param>
    public void Edge(double fromX, double fromY, double bendY, double toX, double toY, bool isWay)
    {
        StringBuilder layer = isWay ? ways : edges;
        layer.Append("<path d=\"").Append(Path(fromX, fromY, bendY, toX, toY)).Append("\"/>\n");
    }

    /// <summary>A rounded box with a text in its middle, and a tooltip.</summary>
    public void Box(Place place, string kind, string label, double size, string tooltip)
    {
        shapes.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{kind}\" x=\"{N(place.Left)}\" y=\"{N(place.Top)}\" width=\"{N(place.Width)}\" height=\"{N(place.Height)}\" rx=\"5\"><title>{SvgMarks.Escape(tooltip)}</title></rect>\n"
        );
        Text(place.Middle, place.Top + (place.Height / 2) + (size * 0.36), label, $"h {kind}", size, "middle");
    }

    /// <summary>A folded subtree: a triangle whose apex is at the top.</summary>
    public void Triangle(double middle, double top, double width, double height, string kind) =>
        shapes.Append(
            CultureInfo.InvariantCulture,
            $"<path class=\"{kind}\" d=\"M{N(middle)} {N(top)}L{N(middle + (width / 2))} {N(top + height)}H{N(middle - (width / 2))}Z\"/>\n"
        );

    /// <summary>A small number in a circle.</summary>
    public void Badge(double x, double y, int number)
    {
        shapes.Append(CultureInfo.InvariantCulture, $"<circle class=\"badge\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"8\"/>\n");
        Text(x, y + 3.2, number.ToString(CultureInfo.InvariantCulture), "n", 9, "middle");
    }

    public void Text(double x, double baseline, string text, string kind, double size, string anchor = "start") =>
        texts.Append(SvgMarks.TextMark(x, baseline, text, kind, size, anchor));

    /// <summary>All marks in the order of their layers.</summary>
    public string Marks() =>
        $"<g class=\"e\">\n{edges}</g>\n<g class=\"w\">\n{ways}</g>\n<g>\n{shapes}</g>\n<g>\n{texts}</g>\n";

    private static string N(double length) => SvgMarks.N(length);

    private static string Path(double fromX, double fromY, double bendY, double toX, double toY)
    {
        double across = toX - fromX;
        if (Math.Abs(across) < 0.5)
            return $"M{N(fromX)} {N(fromY)}V{N(toY)}";
        double radius = Math.Min(6, Math.Abs(across) / 2);
        double turn = across < 0 ? -radius : radius;
        return $"M{N(fromX)} {N(fromY)}V{N(bendY - radius)}q0 {N(radius)} {N(turn)} {N(radius)}"
            + $"H{N(toX - turn)}q{N(turn)} 0 {N(turn)} {N(radius)}V{N(toY)}";
    }
}

/// <summary>Where a box stands.</summary>
internal readonly record struct Place(double Middle, double Top, double Width, double Height)
{
    public double Left => Middle - (Width / 2);

    public double Right => Middle + (Width / 2);

    public double Foot => Top + Height;
}
