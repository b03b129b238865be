using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Tessrax.Node.Segments;

/// <summary>The first 64 bytes of a segment. Integers are little-endian.</summary>
/// <remarks>
/// <code>
///  0  8  magic 54 53 58 53 45 47 0D 0A ("TSXSEG\r\n": a transfer in text mode breaks it)
///  8  4  format version, 1
/// 12  4  entries per segment, 65,536
/// 16 16  segment id, random: every checksum in the file covers it, so bytes of another file do not pass
/// 32  8  index of the first entry
/// 40 16  id of the segment before, zeros for the first: so a segment of another ledger does not pass
/// 56  4  zero
/// 60  4  CRC-32C of bytes 0 to 59
/// </code>
/// Later versions keep the magic, the version and the checksum where they are.
/// </remarks>
internal sealed record SegmentHeader(int Capacity, byte[] Id, long FirstIndex, byte[] PreviousId)
{
    public const int Length = 64;
    public const int IdLength = 16;
    private const ulong Magic = 0x0A0D_4745_5358_5354;
    private const int ChecksumAt = Length - sizeof(uint);

    // Ten digits of a file's name, times the entries of a segment.
    private const long MaxFirstIndex = 9_999_999_999L * SegmentFormat.EntriesPerSegment;

    /// <summary>The entries of the segment when it is full.</summary>
    public Merkle.LeafRange Entries => new(FirstIndex, FirstIndex + Capacity);

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), SegmentFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Capacity);
        Id.CopyTo(bytes, 16);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), FirstIndex);
        PreviousId.CopyTo(bytes, 40);
        uint checksum = Crc32C.Of([], bytes.AsSpan(0, ChecksumAt));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), checksum);
        return bytes;
    }

    /// <summary>The version that a header names; 0 if these bytes are none whose checksum holds.</summary>
    public static int VersionOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Length
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) == Crc32C.Of([], bytes[..ChecksumAt])
            ? BinaryPrimitives.ReadInt32LittleEndian(bytes[8..])
            : 0;

    /// <summary>Reads a header of this version, whatever segment it is of.</summary>
    /// <returns>False if these bytes are none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SegmentHeader? header)
    {
        header = null;
        if (VersionOf(bytes) != SegmentFormat.Version)
            return false;
        int capacity = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        long first = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]);
        if (capacity is < 1 or > SegmentFormat.EntriesPerSegment || bytes[56..ChecksumAt].ContainsAnyExcept((byte)0))
            return false;
        if (first < 0 || first % capacity != 0 || first > MaxFirstIndex)
            return false;
        header = new SegmentHeader(capacity, bytes[16..32].ToArray(), first, bytes[40..56].ToArray());
        return true;
    }

    /// <summary>Reads the header of segment <paramref name="number"/>.</summary>
    /// <exception cref="TessraxException">TSX3003, or TSX3013 for a header of a later version.</exception>
    public static SegmentHeader Parse(ReadOnlySpan<byte> bytes, long number) =>
        Parse(bytes, number, SegmentFormat.ShownName(number));

    /// <summary>The same, of a segment that messages name otherwise.</summary>
    public static SegmentHeader Parse(ReadOnlySpan<byte> bytes, long number, string name)
    {
        if (bytes.Length < Length || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            throw Damage.At(name, 0, "a segment header");
        }
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]);
        if (checksum != Crc32C.Of([], bytes[..ChecksumAt]))
        {
            throw Damage.At(name, 0, "a segment header whose checksum holds");
        }
        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != SegmentFormat.Version)
        {
            throw ErrorCodes.UnknownFormat.Because(
                $"{name} has format version {version}; this Tessrax knows version {SegmentFormat.Version}"
            );
        }
        int capacity = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (capacity is < 1 or > SegmentFormat.EntriesPerSegment || bytes[56..ChecksumAt].ContainsAnyExcept((byte)0))
        {
            throw Damage.At(name, 0, "a segment header of version 1");
        }
        long firstIndex = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]);
        if (firstIndex != number * capacity)
        {
            throw Damage.At(name, 0, $"the segment of entry {number * capacity}, not that of entry {firstIndex}");
        }
        return new SegmentHeader(capacity, bytes[16..32].ToArray(), firstIndex, bytes[40..56].ToArray());
    }
}

/// <summary>The error of damaged bytes: which file, where, and what should have been there.</summary>
internal static class Damage
{
    public static TessraxException At(string file, long offset, string expected) =>
        new(ErrorCodes.Damaged, $"{file}: at byte {offset} expected {expected}") { Offset = offset };
}
