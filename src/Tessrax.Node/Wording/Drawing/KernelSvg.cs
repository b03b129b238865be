using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>How much room a film has.</summary>
public enum FilmShape
{
    /// <summary>A page or a screen.</summary>
    Wide,

    /// <summary>A phone.</summary>
    Narrow,
}

/// <summary>Draws a film as SVG: no scripts and nothing from outside, the same bytes for the same film.</summary>
/// <remarks>Without animation it shows the last frame, in which all stands that was told. Strangers' texts are cleaned (<see cref="Sanitizer"/>), cut to their room, and encoded.</remarks>
public static class KernelSvg
{
    /// <summary>A file that plays by itself, unless its reader prefers less motion; light or dark, as their system prefers.</summary>
    public static byte[] Draw(KernelFilm film)
    {
        ArgumentNullException.ThrowIfNull(film);
        (double width, double height, string marks) = new KernelDrawing(film, FilmShape.Wide).Draw(withHead: true);
        (string w, string h) = (SvgMarks.N(width), SvgMarks.N(height));
        var svg = new StringBuilder()
            .Append(
                CultureInfo.InvariantCulture,
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"t d\">\n"
            )
            .Append(CultureInfo.InvariantCulture, $"<title id=\"t\">{Encode(TitleOf(film))}</title>\n<desc id=\"d\">")
            .AppendJoin("; ", film.Frames.Select(frame => Encode(frame.Caption)))
            .Append(CultureInfo.InvariantCulture, $"</desc>\n<style>\n{FilmTheme.Rules(film.Frames.Count)}\n</style>\n")
            .Append(CultureInfo.InvariantCulture, $"<rect class=\"page\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\n")
            .Append(marks)
            .Append("</svg>\n");
        return Encoding.UTF8.GetBytes(svg.ToString());
    }

    /// <summary>An element for a page, which says what it is about, and whose style sheet gives it colours and whose script plays it: marks have <c>data-f</c>, the number of their frame.</summary>
    public static string Element(KernelFilm film, FilmShape shape)
    {
        ArgumentNullException.ThrowIfNull(film);
        (double width, double height, string marks) = new KernelDrawing(film, shape).Draw(withHead: false);
        (string w, string h) = (SvgMarks.N(width), SvgMarks.N(height));
        return $"<svg class=\"film {(shape == FilmShape.Wide ? "wide" : "narrow")}\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" aria-label=\"{Encode(TitleOf(film))}\">\n{marks}</svg>\n";
    }

    private static string TitleOf(KernelFilm film) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(film.IsProposal ? "proposal" : "decision")} {film.Index}: {film.Decision.Key}"
        );

    private static string Encode(string text) => SvgMarks.Escape(Sanitizer.Clean(text));
}
