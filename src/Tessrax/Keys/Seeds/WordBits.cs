namespace Tessrax.Keys;

/// <summary>Numbers of a few bits, most significant bit first, in bytes that they do not fill evenly.</summary>
internal static class WordBits
{
    /// <summary>The number that stands in <paramref name="count"/> bits from bit <paramref name="at"/> on.</summary>
    internal static int Get(ReadOnlySpan<byte> bytes, int at, int count)
    {
        int value = 0;
        for (int bit = at; bit < at + count; bit++)
            value = (value << 1) | ((bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
        return value;
    }

    /// <summary>Writes a number to bits that are all 0.</summary>
    internal static void Put(Span<byte> bytes, int at, int count, int value)
    {
        for (int i = 0; i < count; i++)
        {
            int bit = at + i;
            bytes[bit >> 3] |= (byte)(((value >> (count - 1 - i)) & 1) << (7 - (bit & 7)));
        }
    }
}
