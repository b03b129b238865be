using System.Text;

namespace Tessrax.Canonical;

/// <summary>Cuts texts into words, one after the other. See <see cref="TextWords"/>.</summary>
/// <param name="places">Takes where each word begins and ends in its text, in bytes; null if nobody wants to know. For one text only: a separator has no place.</param>
internal sealed class WordCutter(List<(int Start, int End)>? places = null) : IDisposable
{
    // Of each of the first 128 characters: what it is folded to; 0 if it ends a word.
    private static readonly byte[] Ascii = FillAscii();

    private readonly Utf8Buffer words = Utf8Buffer.Rent();

    private int count;
    private int textCount;
    private int wordBytes;
    private bool isFull;
    private bool isMarkable;
    private bool isCut;

    /// <summary>Cuts one more text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="isEscaped">Whether it stands as in canonical JSON. What is escaped there is never part of a word.</param>
    public void Add(ReadOnlySpan<byte> text, bool isEscaped)
    {
        textCount = 0;
        int at = 0;
        while (at < text.Length && !isCut)
        {
            (int begin, int before) = (at, count);
            byte one = text[at];
            if (one < 0x80)
            {
                at += isEscaped && one == (byte)'\\' ? EscapeLength(text, at) : 1;
                AddAscii(one);
            }
            else
            {
                Rune.DecodeFromUtf8(text[at..], out Rune rune, out int taken);
                at += taken;
                AddRune(new Rune(WordFolding.Fold(rune.Value)));
            }
            if (places is not null && count > before)
                places.Add((begin, at));
            else if (places is not null && wordBytes > 0)
                places[^1] = (places[^1].Start, at);
        }
        EndWord();
    }

    /// <summary>Whether a word that ends with this character could go on.</summary>
    public static bool IsOpenEnd(Rune last)
    {
        int folded = WordFolding.Fold(last.Value);
        return WordKinds.Of(folded) != WordKind.None && !StandsAlone(folded);
    }

    /// <summary>What has been cut.</summary>
    public TextWords Words() => new(words.Written, count, isCut);

    public void Dispose() => Utf8Buffer.Return(words);

    // Canonical JSON knows two forms: a backslash and one character, and \u with four digits.
    private static int EscapeLength(ReadOnlySpan<byte> text, int at) =>
        at + 1 < text.Length && text[at + 1] == (byte)'u' ? 6 : 2;

    private void AddAscii(byte one)
    {
        byte folded = Ascii[one];
        if (folded == 0)
        {
            EndWord();
            return;
        }
        isMarkable = folded >= (byte)'a';
        if (HasRoom(1))
            words.Append(folded);
    }

    private void AddRune(Rune rune)
    {
        WordKind kind = WordKinds.Of(rune.Value);
        if (kind == WordKind.Mark && isMarkable)
            return;
        if (kind == WordKind.None)
        {
            EndWord();
            return;
        }
        bool standsAlone = StandsAlone(rune.Value);
        if (standsAlone)
            EndWord();
        isMarkable = IsMarkable(rune.Value) && kind == WordKind.Letter;
        if (HasRoom(rune.Utf8SequenceLength))
        {
            rune.EncodeToUtf8(words.Room(rune.Utf8SequenceLength));
            words.Advance(rune.Utf8SequenceLength);
        }
        if (standsAlone)
            EndWord();
    }

    // Begins a word where none has begun; false where the word, or the entry, can take no more.
    private bool HasRoom(int bytes)
    {
        if (isCut || isFull)
            return false;
        if (wordBytes == 0 && !BeginWord())
            return false;
        isFull = wordBytes + bytes > TextWords.MaxWordBytes;
        if (!isFull)
            wordBytes += bytes;
        return !isFull;
    }

    private bool BeginWord()
    {
        bool separates = textCount == 0 && count > 0;
        int more = separates ? 2 : 1;
        isCut = count + more > TextWords.MaxWords;
        if (isCut)
            return false;
        if (separates)
            words.Append(" \u0080"u8);
        if (count > 0)
            words.Append((byte)' ');
        count += more;
        textCount++;
        return true;
    }

    private void EndWord()
    {
        wordBytes = 0;
        isFull = false;
        isMarkable = false;
    }

    // Letters that are written with marks: Latin, Greek and Cyrillic ones. No digit beyond ASCII lies there.
    private static bool IsMarkable(int rune) =>
        rune is (>= 0x41 and <= 0x2AF) or (>= 0x370 and <= 0x52F) or (>= 0x1E00 and <= 0x1FFF);

    // Scripts that put no space between words.
    private static bool StandsAlone(int rune) =>
        rune
            is (>= 0x0E00 and <= 0x0EFF) // Thai, Lao
                or (>= 0x1000 and <= 0x109F) // Myanmar
                or (>= 0x1780 and <= 0x17FF) // Khmer
                or (>= 0x3005 and <= 0x3007) // Han: iteration mark, zero
                or (>= 0x3021 and <= 0x3029)
                or (>= 0x3038 and <= 0x303B)
                or (>= 0x3040 and <= 0x30FF) // Hiragana, Katakana
                or (>= 0x31F0 and <= 0x31FF)
                or (>= 0x3400 and <= 0x4DBF) // Han
                or (>= 0x4E00 and <= 0x9FFF)
                or (>= 0xA9E0 and <= 0xA9FF) // Myanmar
                or (>= 0xAA60 and <= 0xAA7F)
                or (>= 0xF900 and <= 0xFAFF) // Han
                or (>= 0xFF66 and <= 0xFF9D) // Katakana
                or (>= 0x1AFF0 and <= 0x1B16F) // Kana
                or (>= 0x20000 and <= 0x3FFFF); // Han

    private static byte[] FillAscii()
    {
        var table = new byte[0x80];
        for (char c = '0'; c <= '9'; c++)
            table[c] = (byte)c;
        for (char c = 'a'; c <= 'z'; c++)
            table[c] = table[char.ToUpperInvariant(c)] = (byte)c;
        return table;
    }
}
