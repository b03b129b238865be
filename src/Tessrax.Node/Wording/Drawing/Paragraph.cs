namespace Tessrax.Node.Wording.Drawing;

/// <summary>A text as it stands in a card: broken into lines, in one kind and size of letters.</summary>
/// <param name="Lines">The lines; no line is wider than its room.</param>
/// <param name="Kind">Their class.</param>
/// <param name="Size">The size of the letters, in CSS pixels.</param>
/// <param name="Leading">From a baseline to the next, in CSS pixels.</param>
/// <param name="After">What is left free below, in CSS pixels.</param>
internal sealed record Paragraph(string[] Lines, string Kind, double Size, double Leading, double After = 0)
{
    /// <summary>Of more lines only the beginning is shown: names of any length come from strangers.</summary>
    public const int MostLines = 3;

    /// <summary>How much of a card it takes.</summary>
    public double Height => (Lines.Length * Leading) + After;

    /// <summary>Breaks a text, between words where it can and inside of them where it must.</summary>
    public static Paragraph Of(
        string text,
        string kind,
        double size,
        double leading,
        double room,
        int most = MostLines
    ) => new(FilmText.Lines(text, size, kind.Contains('b') ? room / FilmText.Bold : room, most), kind, size, leading);
}
