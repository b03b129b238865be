namespace Tessrax.Node.Index;

/// <summary>Whole numbers from 0 in seven bits a byte, low ones first.</summary>
internal static class VarInt
{
    /// <summary>The bytes that a number takes at most.</summary>
    public const int MostBytes = 9;

    /// <summary>Writes one, and returns how many bytes it took.</summary>
    public static int Write(Span<byte> to, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        int at = 0;
        for (; value >= 0x80; value >>= 7)
            to[at++] = (byte)(value & 0x7F | 0x80);
        to[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads one and goes on behind it. False where the bytes end too early, or say more than a number of 63 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> from, out long value)
    {
        value = 0;
        for (int at = 0; at < from.Length && at < MostBytes; at++)
        {
            value |= (long)(from[at] & 0x7F) << (7 * at);
            if (from[at] >= 0x80)
                continue;
            from = from[(at + 1)..];
            return true;
        }
        return false;
    }
}
