using System.Text;
using Tessrax.Node.Wording.Drawing;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Draws a tree as one SVG file: no scripts, no fonts and nothing else from outside, the same bytes for the same tree.</summary>
internal static class TreeSvg
{
    private const double Margin = 28;
    private const double HeaderHeight = 92;
    private const double LegendHeight = 44;

    // A picture wider than a page is made smaller to fit on it: its words are larger, so that they stay legible.
    private const double PageWidth = 1200;

    /// <summary>The file.</summary>
    public static byte[] Draw(TreePicture picture, Theme theme)
    {
        var canvas = new SvgCanvas();
        string root = $"root {picture.Hasher.Text(picture.Head.Root)}";
        (string Kind, string Words)[] legend = LegendOf(picture);
        double legendWidth = legend.Sum(item => LegendWidth(item.Words));
        double inner = Math.Max(SvgMarks.WidthOf(root, 11), legendWidth);
        (double width, double height) = DrawTree(canvas, picture, inner);
        inner = Math.Max(inner, width);
        double foot = Margin + HeaderHeight + height;
        string says = Says(picture);
        double larger = inner > PageWidth ? 1.4 : 1;
        canvas.Text(Margin, Margin + (14 * larger), SvgMarks.Fit(picture.Origin, 16 * larger, inner), "b", 16 * larger);
        canvas.Text(Margin, Margin + (36 * larger), SvgMarks.Fit(says, 12 * larger, inner), "m", 12 * larger);
        canvas.Text(Margin, Margin + (56 * larger), root, "h m", 11 * larger);
        if (legend.Length > 0)
        {
            DrawLegend(canvas, legend, Margin + ((inner - legendWidth) / 2), foot + LegendHeight - 16);
            foot += LegendHeight;
        }
        return Wrap(canvas, inner + (2 * Margin), foot + Margin, $"Merkle tree of {picture.Origin}", says, root, theme);
    }

    private static (double Width, double Height) DrawTree(SvgCanvas canvas, TreePicture picture, double inner)
    {
        const double Top = Margin + HeaderHeight;
        if (picture.Top is null)
        {
            canvas.Text(Margin, Top + 14, "This tree has no leaves; its root is the hash of nothing.", "s m", 12);
            return (inner, 24);
        }
        return picture.Goal is not null && picture.Head.Size > TreeShape.MaxWhole
            ? SpineLayout.Draw(canvas, picture, Margin, Top, inner)
            : TidyLayout.Draw(canvas, picture, Margin, Top, inner);
    }

    private static string Says(TreePicture picture)
    {
        string size = NodeText.Leaves(picture.Head.Size);
        if (picture.Goal is not { } goal)
            return size;
        string hashes = picture.ProofLength == 1 ? "1 hash" : $"{picture.ProofLength} hashes";
        return $"leaf {NodeText.Number(goal.Start)} is in the tree of {size}: a proof of {hashes}";
    }

    private static (string Kind, string Words)[] LegendOf(TreePicture picture)
    {
        if (picture.Goal is null)
            return [];
        List<(string, string)> legend = [("goal", "the leaf")];
        if (picture.ProofLength > 0)
        {
            legend.Add(("proof", "in the proof, in this order"));
            legend.Add(("way", "computed by whoever checks it"));
        }
        return [.. legend];
    }

    private static double LegendWidth(string words) => 16 + 8 + SvgMarks.WidthOf(words, 10) + 22;

    private static void DrawLegend(SvgCanvas canvas, (string Kind, string Words)[] legend, double x, double y)
    {
        foreach ((string kind, string words) in legend)
        {
            canvas.Box(new Place(x + 8, y - 11, 16, 14), kind, "", 9, words);
            canvas.Text(x + 24, y, words, "s m", 11);
            x += LegendWidth(words);
        }
    }

    private static byte[] Wrap(
        SvgCanvas canvas,
        double width,
        double height,
        string title,
        string says,
        string root,
        Theme theme
    )
    {
        string w = SvgMarks.N(Math.Ceiling(width));
        string h = SvgMarks.N(Math.Ceiling(height));
        string svg =
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"t d\">\n"
            + $"<title id=\"t\">{SvgMarks.Escape(title)}</title>\n"
            + $"<desc id=\"d\">{SvgMarks.Escape($"{says}; {root}")}</desc>\n"
            + $"<style>\n{SvgTheme.RulesOf(theme)}\n</style>\n"
            + $"<rect class=\"page\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>\n"
            + canvas.Marks()
            + "</svg>\n";
        return Encoding.UTF8.GetBytes(svg);
    }
}
