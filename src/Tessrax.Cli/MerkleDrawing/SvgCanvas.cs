using System.Globalization;
using System.Text;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Collects the marks of a picture in layers: edges first, then those of the way, then shapes, then texts.</summary>
/// <remarks>Lengths are CSS pixels. Texts are placed by their baseline; how wide one can get is estimated generously, for nobody knows the reader's fonts.</remarks>
internal sealed class SvgCanvas
{
    // The widest of the usual fonts: 0.602 em for monospaced ones, and rather more than the average letter of a sans serif.
    private const double Advance = 0.62;

    private readonly StringBuilder edges = new();
    private readonly StringBuilder ways = new();
    private readonly StringBuilder shapes = new();
    private readonly StringBuilder texts = new();

    /// <summary>How wide a text can get.</summary>
    public static double WidthOf(string text, double size) => text.Length * size * Advance;

    /// <summary>As much of a text as fits, with an ellipsis where it is cut.</summary>
    public static string Fit(string text, double size, double width)
    {
        int room = (int)(width / (size * Advance));
        return text.Length <= room ? text : text[..Math.Max(room - 1, 0)] + "…";
    }

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
            $"<rect class=\"{kind}\" x=\"{N(place.Left)}\" y=\"{N(place.Top)}\" width=\"{N(place.Width)}\" height=\"{N(place.Height)}\" rx=\"5\"><title>{Escape(tooltip)}</title></rect>\n"
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
        texts.Append(TextMark(x, baseline, text, kind, size, anchor));

    /// <summary>A text as a mark of its own.</summary>
    public static string TextMark(
        double x,
        double baseline,
        string text,
        string kind,
        double size,
        string anchor = "start"
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"<text class=\"{kind}\" x=\"{N(x)}\" y=\"{N(baseline)}\" font-size=\"{N(size)}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n"
        );

    /// <summary>All marks in the order of their layers.</summary>
    public string Marks() =>
        $"<g class=\"e\">\n{edges}</g>\n<g class=\"w\">\n{ways}</g>\n<g>\n{shapes}</g>\n<g>\n{texts}</g>\n";

    /// <summary>A length with at most one decimal.</summary>
    public static string N(double length) => Math.Round(length, 1).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Text as XML: what may come from strangers stays text, and what XML 1.0 cannot hold is shown as a replacement.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            string shown = rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                < 0x20 or 0xFFFE or 0xFFFF or (>= 0x7F and < 0xA0) => "\uFFFD",
                // Marks that turn the direction of writing could make a digest read as another.
                0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => "\uFFFD",
                _ => rune.ToString(),
            };
            escaped.Append(shown);
        }
        return escaped.ToString();
    }

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
