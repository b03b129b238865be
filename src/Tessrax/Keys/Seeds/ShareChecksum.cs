namespace Tessrax.Keys;

/// <summary>The checksum of a share's words (SLIP-0039, RS1024): a Reed-Solomon code that finds any three wrong words.</summary>
internal static class ShareChecksum
{
    /// <summary>Three words.</summary>
    internal const int Words = 3;

    private static ReadOnlySpan<int> Generator =>
        [
            0xe0e040,
            0x1c1c080,
            0x3838100,
            0x7070200,
            0xe0e0009,
            0x1c0c2412,
            0x38086c24,
            0x3090fc48,
            0x21b1f890,
            0x3f3f120,
        ];

    /// <summary>Whether the last three words are the checksum of those before.</summary>
    internal static bool Holds(ReadOnlySpan<int> words, bool isExtendable) =>
        Remainder(Remainder(1, Customization(isExtendable)), words) == 1;

    /// <summary>Writes the checksum of the words before into the last three.</summary>
    internal static void Write(Span<int> words, bool isExtendable)
    {
        Span<int> last = words[^Words..];
        last.Clear();
        int remainder = Remainder(Remainder(1, Customization(isExtendable)), words) ^ 1;
        for (int i = 0; i < Words; i++)
            last[i] = (remainder >> (10 * (Words - 1 - i))) & 0x3ff;
    }

    // Words of the one kind are no words of the other.
    private static int[] Customization(bool isExtendable)
    {
        ReadOnlySpan<byte> text = isExtendable ? "shamir_extendable"u8 : "shamir"u8;
        var words = new int[text.Length];
        for (int i = 0; i < words.Length; i++)
            words[i] = text[i];
        return words;
    }

    private static int Remainder(int remainder, ReadOnlySpan<int> words)
    {
        foreach (int word in words)
        {
            int top = remainder >> 20;
            remainder = ((remainder & 0xfffff) << 10) ^ word;
            for (int i = 0; i < Generator.Length; i++)
                remainder ^= Generator[i] & -((top >> i) & 1);
        }
        return remainder;
    }
}
