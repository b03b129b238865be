using System.Globalization;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>A single bit that must have turned.</summary>
/// <param name="Offset">The byte, from the start of what was examined.</param>
/// <param name="Bit">The bit in it, from the lowest, 0.</param>
internal readonly record struct BitFlip(int Offset, int Bit)
{
    public void Apply(Span<byte> bytes) => bytes[Offset] ^= (byte)(1 << Bit);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"bit {Bit} of byte {Offset}");

    /// <summary>The one bit which, turned back, makes a record's last checksum hold; null if there is none.</summary>
    /// <remarks>
    /// A checksum is linear: what a flipped bit adds to it depends on its distance from the end alone, and no two bits of a record of
    /// 16 MiB add the same. So the difference between the two checksums names the bit, without trying them. Several flipped bits
    /// may look like one: whoever turns the bit back must still hold the result to the signed root.
    /// </remarks>
    public static BitFlip? Find(ReadOnlySpan<byte> record, ReadOnlySpan<byte> segmentId)
    {
        int end = record.Length - RecordCodec.ChecksumLength;
        uint stored = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(record[end..]);
        uint difference = stored ^ Crc32C.Of(segmentId, record[..end]);
        if (System.Numerics.BitOperations.IsPow2(difference))
        {
            int bit = System.Numerics.BitOperations.Log2(difference);
            return new BitFlip(end + (bit >> 3), bit & 7);
        }
        Span<uint> added = stackalloc uint[8];
        for (int bit = 0; bit < added.Length; bit++)
            added[bit] = Crc32C.Step(0, (byte)(1 << bit));
        for (int offset = end - 1; offset >= 0; offset--)
        {
            int bit = added.IndexOf(difference);
            if (bit >= 0)
                return new BitFlip(offset, bit);
            for (int i = 0; i < added.Length; i++)
                added[i] = Crc32C.Step(added[i], 0);
        }
        return null;
    }

    /// <summary>The one bit which, turned back, makes 48 bytes a record's header of this place; null if there is none.</summary>
    public static BitFlip? FindInHeader(ReadOnlySpan<byte> start, ReadOnlySpan<byte> segmentId, long position)
    {
        if (start.Length < RecordCodec.HeaderLength)
            return null;
        Span<byte> tried = stackalloc byte[RecordCodec.HeaderLength];
        for (int at = 0; at < RecordCodec.HeaderLength * 8; at++)
        {
            var flip = new BitFlip(at >> 3, at & 7);
            start[..RecordCodec.HeaderLength].CopyTo(tried);
            flip.Apply(tried);
            if (RecordCodec.TryReadHeader(tried, segmentId, position, out _))
                return flip;
        }
        return null;
    }
}
