using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>A picture under construction: marks, one behind the other, in boxes that nothing leaves, each shown from its frame on.</summary>
/// <remarks>Where a mark belongs to a frame, <c>data-f</c> says so: whoever shows the film goes by that.</remarks>
internal sealed class FilmSheet
{
    private readonly StringBuilder svg = new();

    /// <summary>The marks so far.</summary>
    public string Marks => svg.ToString();

    /// <summary>Marks that belong to a frame.</summary>
    public void From(int frame, Action draw)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"f\" data-f=\"{frame}\">\n");
        draw();
        svg.Append("</g>\n");
    }

    /// <summary>Marks in a box, measured from its corner. What reaches out of it is cut off: some letters are wider than any estimate.</summary>
    public void Inside(Box box, Action draw)
    {
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg x=\"{N(box.Left)}\" y=\"{N(box.Top)}\" width=\"{N(box.Width)}\" height=\"{N(box.Height)}\">\n"
        );
        draw();
        svg.Append("</svg>\n");
    }

    /// <summary>Marks in a box that belong to a frame.</summary>
    public void Inside(Box box, int frame, Action draw) => From(frame, () => Inside(box, draw));

    /// <summary>A rounded box.</summary>
    public void Rect(Box box, string kind, double radius = 8, int? frame = null) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{kind}\"{Of(frame)} x=\"{N(box.Left)}\" y=\"{N(box.Top)}\" width=\"{N(box.Width)}\" height=\"{N(box.Height)}\" rx=\"{N(radius)}\"/>\n"
        );

    public void Path(string kind, string data) =>
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"{data}\"/>\n");

    public void Circle(string kind, double x, double y, double radius) =>
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle class=\"{kind}\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"/>\n"
        );

    /// <summary>A text that is cut to its room.</summary>
    public void Text(
        double x,
        double baseline,
        double room,
        string text,
        string kind,
        double size,
        string anchor = "start"
    )
    {
        double regular = kind.Split(' ').Contains("b") ? room / FilmText.Bold : room;
        svg.Append(SvgMarks.TextMark(x, baseline, FilmText.Fit(text, size, regular), kind, size, anchor));
    }

    /// <summary>A text that is shown during one frame only, or from the last one on.</summary>
    public void Caption(
        int frame,
        bool isLast,
        double x,
        double baseline,
        double room,
        string text,
        string anchor = "start"
    )
    {
        string mark = SvgMarks.TextMark(
            x,
            baseline,
            FilmText.Fit(text, 12, room),
            isLast ? "cap last" : "cap",
            12,
            anchor
        );
        svg.Append(CultureInfo.InvariantCulture, $"<text{Of(frame)}").Append(mark.AsSpan("<text".Length));
    }

    public static string N(double length) => SvgMarks.N(length);

    private static string Of(int? frame) =>
        frame is { } number ? string.Create(CultureInfo.InvariantCulture, $" data-f=\"{number}\"") : "";
}

/// <summary>A box in a picture.</summary>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    public double Middle => Left + (Width / 2);

    public double Foot => Top + Height;

    /// <summary>The same box, measured from its own corner, a hair smaller: so that nothing of its edge is cut off.</summary>
    public Box Own => new(0.75, 0.75, Width - 1.5, Height - 1.5);
}
