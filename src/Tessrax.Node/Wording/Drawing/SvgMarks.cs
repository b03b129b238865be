using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>What all pictures are written with: lengths, and texts that stay texts.</summary>
/// <remarks>Lengths are CSS pixels. How wide a text can get is estimated generously, for nobody knows the reader's fonts.</remarks>
public static class SvgMarks
{
    // The widest of the usual fonts: 0.602 em for monospaced ones, and rather more than the average letter of a sans serif.
    private const double Advance = 0.62;

    /// <summary>How wide a text can get.</summary>
    public static double WidthOf(string text, double size)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length * size * Advance;
    }

    /// <summary>As much of a text as fits, with an ellipsis where it is cut.</summary>
    public static string Fit(string text, double size, double width)
    {
        ArgumentNullException.ThrowIfNull(text);
        double fits = width / (size * Advance);
        // Neither a number too large for an index, nor none at all.
        int room =
            fits >= text.Length ? text.Length
            : fits > 0 ? (int)fits
            : 0;
        if (text.Length <= room)
            return text;
        int kept = Math.Max(room - 1, 0);
        // Not between the halves of one character.
        if (kept > 0 && char.IsHighSurrogate(text[kept - 1]))
            kept--;
        return text[..kept] + "…";
    }

    /// <summary>A text as a mark of its own.</summary>
    /// <param name="x">Where it begins, has its middle or ends, as <paramref name="anchor"/> says.</param>
    /// <param name="baseline">Where it stands on.</param>
    /// <param name="text">The text.</param>
    /// <param name="kind">Its class.</param>
    /// <param name="size">Its size.</param>
    /// <param name="anchor">start, middle or end.</param>
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

    /// <summary>A length with at most one decimal.</summary>
    public static string N(double length) => Math.Round(length, 1).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Text as XML: what may come from strangers stays text, and what XML 1.0 cannot hold is shown as a replacement.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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
}
