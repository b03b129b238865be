using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessrax.Node.RocksDb;

/// <summary>Some of the 256 entries of a block.</summary>
internal struct BlockMask
{
    private const int Bits = 64;
    private Words words;

    public readonly bool IsEmpty => (words[0] | words[1] | words[2] | words[3]) == 0;

    public void Set(int offset) => words[offset / Bits] |= 1UL << offset % Bits;

    /// <summary>The first entry from an offset on, or, falling, the last up to it; -1 if there is none.</summary>
    public readonly int Find(int offset, bool falls)
    {
        if (offset is < 0 or > 255)
            return -1;
        int at = offset / Bits;
        ulong part = falls
            ? words[at] & ulong.MaxValue >> Bits - 1 - offset % Bits
            : words[at] & ulong.MaxValue << offset % Bits;
        while (part == 0)
        {
            at += falls ? -1 : 1;
            if (at is < 0 or > 3)
                return -1;
            part = words[at];
        }
        return at * Bits
            + (falls ? Bits - 1 - BitOperations.LeadingZeroCount(part) : BitOperations.TrailingZeroCount(part));
    }

    [InlineArray(4)]
    private struct Words
    {
        private ulong first;
    }
}
