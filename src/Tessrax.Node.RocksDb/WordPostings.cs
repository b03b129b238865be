using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>Where a word stands in a block of 256 entries: for each entry that has it, its offset in the block, how often, and the positions, each as what
/// it is more than the one before.</summary>
internal static class WordPostings
{
    /// <summary>A place in a block: the entry's offset above, the position below. They are in order, and one position further is one more.</summary>
    public static long PlaceOf(int offset, long position) => (long)offset << 32 | position;

    public static int OffsetOf(long place) => (int)(place >> 32);

    public static int PositionOf(long place) => (int)(place & int.MaxValue);

    /// <summary>Adds what an entry has to a value.</summary>
    public static void Append(List<byte> value, int offset, ReadOnlySpan<int> positions)
    {
        Span<byte> number = stackalloc byte[VarInt.MostBytes];
        value.Add((byte)offset);
        value.AddRange(number[..VarInt.Write(number, positions.Length)]);
        int last = 0;
        foreach (int position in positions)
        {
            value.AddRange(number[..VarInt.Write(number, position - last)]);
            last = position;
        }
    }

    /// <summary>Reads all places of a value; false if it is none of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, List<long> places)
    {
        int last = -1;
        while (!value.IsEmpty)
        {
            int offset = value[0];
            value = value[1..];
            if (offset <= last || !VarInt.TryRead(ref value, out long count) || count <= 0 || count > value.Length)
                return false;
            last = offset;
            long position = 0;
            for (; count > 0; count--)
            {
                if (!VarInt.TryRead(ref value, out long more) || more > int.MaxValue - position)
                    return false;
                position += more;
                places.Add(PlaceOf(offset, position));
            }
        }
        return true;
    }
}
