namespace Tessrax.Keys;

/// <summary>A list of words in ascending order, of which each stands for its number.</summary>
internal sealed class WordList
{
    private readonly byte[][] words;

    /// <param name="name">The standard that it is of, for errors.</param>
    /// <param name="text">Two to the power of <paramref name="bits"/> words of lower-case ASCII with white space between them.</param>
    /// <param name="bits">How many bits a word stands for.</param>
    internal WordList(string name, ReadOnlySpan<byte> text, int bits)
    {
        (Name, Bits) = (name, bits);
        words = new byte[1 << bits][];
        for (int i = 0; i < words.Length; i++)
            words[i] = Next(ref text).ToArray();
    }

    internal string Name { get; }

    /// <summary>How many bits a word stands for.</summary>
    internal int Bits { get; }

    /// <summary>Reads the words of a phrase, with any ASCII white space between them, in upper case or lower.</summary>
    /// <param name="text">The phrase.</param>
    /// <param name="numbers">Gets the number of each word.</param>
    /// <returns>How many words there are; -1 if they are more than <paramref name="numbers"/> holds.</returns>
    /// <exception cref="TessraxException">TSX2011: a word that is not in the list, told by its place: the phrase is a secret.</exception>
    internal int Read(ReadOnlySpan<byte> text, Span<int> numbers)
    {
        int count = 0;
        for (ReadOnlySpan<byte> word = Next(ref text); !word.IsEmpty; word = Next(ref text))
        {
            if (count == numbers.Length)
                return -1;
            int number = IndexOf(word);
            if (number < 0)
                throw ErrorCodes.UnknownWord.Because($"word {count + 1} is not in the word list of {Name}");
            numbers[count++] = number;
        }
        return count;
    }

    /// <summary>The phrase of some numbers: their words with one space between two. The caller clears it.</summary>
    internal byte[] Write(ReadOnlySpan<int> numbers)
    {
        int length = Math.Max(0, numbers.Length - 1);
        foreach (int number in numbers)
            length += words[number].Length;
        var text = new byte[length];
        int at = 0;
        foreach (int number in numbers)
        {
            if (at > 0)
                text[at++] = (byte)' ';
            words[number].CopyTo(text, at);
            at += words[number].Length;
        }
        return text;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
            start++;
        int end = start;
        while (end < text.Length && !IsSpace(text[end]))
            end++;
        ReadOnlySpan<byte> word = text[start..end];
        text = text[end..];
        return word;
    }

    private static bool IsSpace(byte letter) => letter is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    private int IndexOf(ReadOnlySpan<byte> word)
    {
        int low = 0;
        int high = words.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Compare(words[middle], word);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }

    private static int Compare(ReadOnlySpan<byte> listed, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i < Math.Min(listed.Length, word.Length); i++)
        {
            byte letter = word[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(word[i] | 0x20) : word[i];
            if (listed[i] != letter)
                return listed[i].CompareTo(letter);
        }
        return listed.Length.CompareTo(word.Length);
    }
}
