using System.Text;

namespace Tessrax.Canonical;

/// <summary>The words of an entry's text, one after the other: what full text is searched by, the same wherever it is made.</summary>
/// <remarks><c>tessrax/words/v1</c>, spec/index.md, section 2. At most 16,384 words of at most 64 bytes of UTF-8; what would be more is left out,
/// and <see cref="IsCut"/> says so. Between two texts stands the word U+0080, which no query holds, so that no phrase runs from one into the other.</remarks>
public sealed class TextWords
{
    /// <summary>The rules that these words were made by.</summary>
    public const string Version = "tessrax/words/v1";

    /// <summary>The most words of an entry.</summary>
    public const int MaxWords = 16_384;

    /// <summary>The most bytes of a word; what is longer is cut between two characters.</summary>
    public const int MaxWordBytes = 64;

    private readonly byte[] utf8;

    internal TextWords(ReadOnlySpan<byte> utf8, int count, bool isCut)
    {
        this.utf8 = utf8.ToArray();
        Count = count;
        IsCut = isCut;
    }

    /// <summary>How many words there are, those between two texts included.</summary>
    public int Count { get; }

    /// <summary>Whether there were more words than are kept.</summary>
    public bool IsCut { get; }

    /// <summary>The words in UTF-8, each but the first behind one space.</summary>
    public ReadOnlySpan<byte> Utf8 => utf8;

    /// <summary>The words of a document and of a name that stands behind it.</summary>
    /// <param name="canonical">JSON in canonical form; empty if there is none. Its strings, numbers and booleans are texts, its names are not.</param>
    /// <param name="name">The name: the last text.</param>
    public static TextWords Of(ReadOnlySpan<byte> canonical, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var cutter = new WordCutter();
        JsonTexts.Cut(canonical, cutter);
        cutter.Add(Encoding.UTF8.GetBytes(name), isEscaped: false);
        return cutter.Words();
    }

    /// <summary>The words of one text.</summary>
    public static TextWords Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var cutter = new WordCutter();
        cutter.Add(Encoding.UTF8.GetBytes(text), isEscaped: false);
        return cutter.Words();
    }

    /// <summary>Whether these words stand here, one after the other.</summary>
    /// <param name="phrase">The words, each but the first behind one space; at least one.</param>
    /// <param name="lastIsPrefix">Whether the last one need only begin a word.</param>
    public bool Holds(ReadOnlySpan<byte> phrase, bool lastIsPrefix) => CountOf(phrase, lastIsPrefix, most: 1) > 0;

    /// <summary>How often these words stand here, one after the other; stops counting at <paramref name="most"/>.</summary>
    /// <param name="phrase">The words, each but the first behind one space; at least one.</param>
    /// <param name="lastIsPrefix">Whether the last one need only begin a word.</param>
    /// <param name="most">At least 1.</param>
    public int CountOf(ReadOnlySpan<byte> phrase, bool lastIsPrefix, int most)
    {
        ArgumentOutOfRangeException.ThrowIfZero(phrase.Length, nameof(phrase));
        int count = 0;
        int from = 0;
        while (count < most && utf8.AsSpan(from).IndexOf(phrase) is >= 0 and int found)
        {
            int begin = from + found;
            int end = begin + phrase.Length;
            bool begins = begin == 0 || utf8[begin - 1] == (byte)' ';
            if (begins && (lastIsPrefix || end == utf8.Length || utf8[end] == (byte)' '))
                count++;
            from = begin + 1;
        }
        return count;
    }

    /// <summary>The words, each but the first behind one space.</summary>
    public override string ToString() => Encoding.UTF8.GetString(utf8);
}
