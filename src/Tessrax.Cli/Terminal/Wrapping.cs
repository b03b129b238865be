using System.Buffers;
using System.Text;

namespace Tessrax.Cli.Terminal;

/// <summary>One line as it is shown: texts side by side, cleaned, each in its tone.</summary>
internal sealed record TextLine(IReadOnlyList<Cell> Parts)
{
    public static TextLine Empty { get; } = new([]);

    /// <summary>How many columns it takes.</summary>
    public int Width => Parts.Sum(part => TextWidth.Of(part.Text));
}

/// <summary>Cuts a text into lines of so many columns: between words where it can, else between the parts of a word, in them where it must, never between a letter and its marks.</summary>
internal static class Wrapping
{
    /// <summary>The lines of a text; one empty line for an empty text.</summary>
    /// <param name="parts">The text, cleaned or not.</param>
    /// <param name="width">The columns; taken for 2 if there are fewer, since some letters need two.</param>
    public static List<TextLine> Wrap(IReadOnlyList<Cell> parts, int width) => Wrap(parts, width, width);

    /// <inheritdoc cref="Wrap(IReadOnlyList{Cell}, int)"/>
    /// <param name="parts">The text, cleaned or not.</param>
    /// <param name="width">The columns of the first line; taken for 2 if there are fewer, since some letters need two.</param>
    /// <param name="below">Those of the others.</param>
    public static List<TextLine> Wrap(IReadOnlyList<Cell> parts, int width, int below)
    {
        // Most texts fit, and in a pipe all do: those are not taken apart.
        Cell[] whole =
        [
            .. parts
                .Select(part => part with { Text = Sanitizer.Clean(part.Text) })
                .Where(part => part.Text.Length > 0),
        ];
        (width, below) = (Math.Max(width, 2), Math.Max(below, 2));
        if (whole.Sum(part => TextWidth.Of(part.Text)) <= width)
            return [new TextLine(whole)];
        List<Glyph> glyphs = GlyphsOf(whole);
        var lines = new List<TextLine>();
        int start = 0;
        while (start < glyphs.Count)
        {
            (int end, int next) = LineFrom(glyphs, start, start == 0 ? width : below);
            lines.Add(Join(glyphs, start, end));
            start = next;
        }
        return lines;
    }

    /// <summary>A line cut to so many columns, with an ellipsis where it was longer.</summary>
    public static TextLine Cut(TextLine line, int width)
    {
        List<Glyph> glyphs = GlyphsOf(line.Parts);
        if (glyphs.Sum(glyph => glyph.Width) <= width)
            return Join(glyphs, 0, glyphs.Count);
        int columns = 0;
        int end = 0;
        while (columns + glyphs[end].Width < width)
            columns += glyphs[end++].Width;
        return new TextLine([.. Join(glyphs, 0, end).Parts, new Cell("…", Tone.Dim)]);
    }

    /// <summary>The text with ids cut to what tells them apart: <c>sha256:0123456789ab…</c>.</summary>
    public static string ShortenIds(string text)
    {
        if (LongestId(text) == 0)
            return text;
        var shown = new StringBuilder(text.Length);
        int last = 0;
        foreach (Range word in text.AsSpan().SplitAny(BetweenIds))
        {
            (int start, int length) = word.GetOffsetAndLength(text.Length);
            shown.Append(text, last, start - last);
            last = start + length;
            shown.Append(IsId(text.AsSpan(word)) ? $"{text.AsSpan(start, ShownOfId)}…" : text.AsSpan(word));
        }
        return shown.ToString();
    }

    /// <summary>The columns of the longest id in a text: a word of 40 to 120 characters that ids are made of, many of them digits. 0 without one.</summary>
    public static int LongestId(string text)
    {
        int longest = 0;
        foreach (Range word in text.AsSpan().SplitAny(BetweenIds))
        {
            if (IsId(text.AsSpan(word)))
                longest = Math.Max(longest, text.AsSpan(word).Length);
        }
        return longest;
    }

    private const int ShownOfId = 19;
    private const int LeastDigits = 6;

    private static bool IsId(ReadOnlySpan<char> word)
    {
        if (word.Length is < 40 or > 120 || word.ContainsAnyExcept(InIds))
            return false;
        int digits = 0;
        foreach (char c in word)
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        return digits >= LeastDigits;
    }

    private static readonly SearchValues<char> BetweenIds = SearchValues.Create(" ,;()");

    private static readonly SearchValues<char> InIds = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=:._-"
    );

    // Where a line ends, and where the next one begins: behind the spaces at which it was cut.
    private static (int End, int Next) LineFrom(List<Glyph> glyphs, int start, int width)
    {
        int columns = 0;
        int cut = -1;
        int within = -1;
        int i = start;
        for (; i < glyphs.Count; i++)
        {
            bool beginsSpace = glyphs[i].IsSpace && i > start && !glyphs[i - 1].IsSpace;
            if (columns + glyphs[i].Width > width)
            {
                if (glyphs[i].IsSpace)
                    cut = beginsSpace ? i : cut;
                break;
            }
            if (beginsSpace)
                cut = i;
            columns += glyphs[i].Width;
            if (glyphs[i].MayEndLine && columns > width / 2)
                within = i + 1;
        }
        if (i == glyphs.Count)
            return (i, i);
        if (cut < 0 && within > 0)
            return (within, within);
        if (cut < 0)
            return (Math.Max(i, start + 1), Math.Max(i, start + 1));
        int next = cut;
        while (next < glyphs.Count && glyphs[next].IsSpace)
            next++;
        return (cut, next);
    }

    private static TextLine Join(List<Glyph> glyphs, int from, int to)
    {
        var parts = new List<Cell>();
        var text = new StringBuilder();
        for (int i = from; i < to; i++)
        {
            text.Append(glyphs[i].Text);
            if (i + 1 == to || glyphs[i + 1].Tone != glyphs[i].Tone)
            {
                parts.Add(new Cell(text.ToString(), glyphs[i].Tone));
                text.Clear();
            }
        }
        return new TextLine(parts);
    }

    private static List<Glyph> GlyphsOf(IReadOnlyList<Cell> parts)
    {
        var glyphs = new List<Glyph>();
        foreach (Cell part in parts)
        {
            bool isFirst = true;
            foreach (Rune rune in Sanitizer.Clean(part.Text).EnumerateRunes())
            {
                int width = TextWidth.Of(rune);
                if ((width == 0 || Sanitizer.IsMark(rune)) && !isFirst)
                    glyphs[^1] = glyphs[^1] with { Text = glyphs[^1].Text + rune, Width = glyphs[^1].Width + width };
                else
                    glyphs.Add(new Glyph(rune.ToString(), width, part.Tone));
                isFirst = false;
            }
        }
        return glyphs;
    }

    // A letter with its marks.
    private readonly record struct Glyph(string Text, int Width, Tone Tone)
    {
        public bool IsSpace => Text == " ";

        // Where a path or a name of several parts is cut, if it must be.
        public bool MayEndLine => Text is "/" or "." or "_" or "-" or "," or ":" or "]";
    }
}
