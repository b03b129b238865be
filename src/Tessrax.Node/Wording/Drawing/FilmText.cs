using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tessrax.Node.Wording.Drawing;

/// <summary>Strangers' texts for a film: harmless, and no wider than their room in whatever usual font they are shown.</summary>
internal static class FilmText
{
    private const string Ellipsis = "…";

    private static readonly SearchValues<char> Joints = SearchValues.Create("/-._:@");

    /// <summary>How much wider bold letters are.</summary>
    public const double Bold = 1.13;

    /// <summary>As much of a text as fits, cleaned, with an ellipsis where it is cut.</summary>
    public static string Fit(string text, double size, double width) => Lines(text, size, width, 1)[0];

    /// <summary>A text in lines, broken at spaces where there are any, else behind what joins the parts of a name; the last one is cut if need be. At least one line, which may be empty.</summary>
    public static string[] Lines(string text, double size, double width, int most)
    {
        string left = Sanitizer.Clean(text).Trim();
        var lines = new List<string>();
        while (lines.Count < most - 1 && WidthOf(left, size) > width)
        {
            int end = RoomIn(left, size, width);
            int space = left.LastIndexOf(' ', Math.Max(end - 1, 0));
            int joint = left.AsSpan(0, end).LastIndexOfAny(Joints) + 1;
            int cut =
                space > end / 2 ? space
                : joint > end / 2 ? joint
                : end;
            lines.Add(left[..cut].TrimEnd());
            left = left[cut..].TrimStart();
        }
        lines.Add(WidthOf(left, size) <= width ? left : left[..RoomIn(left, size, width - size)].TrimEnd() + Ellipsis);
        return [.. lines];
    }

    /// <summary>How wide a cleaned text can get.</summary>
    public static double WidthOf(string clean, double size)
    {
        double em = 0;
        foreach (Rune rune in clean.EnumerateRunes())
            em += Em(rune);
        return em * size;
    }

    // How many UTF-16 units fit; a letter keeps its marks.
    private static int RoomIn(string text, double size, double width)
    {
        double taken = 0;
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            taken += Em(rune) * size;
            if (taken > width)
                break;
            at += rune.Utf16SequenceLength;
        }
        return at;
    }

    // The widest of the usual fonts is the measure.
    private static double Em(Rune rune) =>
        rune.Value switch
        {
            'W' or 'M' or 'm' or 'w' or '@' or '%' => 1,
            'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '-' or '/' => 0.38,
            >= 'A' and <= 'Z' => 0.8,
            ' ' => 0.34,
            < 0x7F => 0.64,
            _ => TextWidth.Of(rune) switch
            {
                0 => 0,
                2 => 1.1,
                _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.LowercaseLetter ? 0.8 : 1.05,
            },
        };
}
