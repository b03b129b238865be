using System.Buffers.Binary;

namespace Tessrax.Node.Segments;

/// <summary>What places files and tail files have in common: magic, version, count and the segment's id, twelve bytes for each record, CRC-32C.</summary>
/// <remarks>
/// <code>
///  0  8  magic
///  8  4  version 1
/// 12  4  number of marks
/// 16 16  the segment's id
///  h     for each mark: u32 number of the segment's entries before the record, u64 position of the record
/// -4  4  CRC-32C of everything before
/// </code>
/// Where the marks begin, and what stands before them beyond byte 32, each file says for itself. Integers are little-endian.
/// </remarks>
internal static class MarkTable
{
    public const int MarkLength = 12;
    public const int ChecksumLength = 4;
    private const int Version = 1;

    /// <summary>The bytes of a file with so many marks; its own part of the header, its marks and its checksum are to be written.</summary>
    public static byte[] Begin(ReadOnlySpan<byte> magic, int headerLength, SegmentHeader header, int count)
    {
        byte[] bytes = new byte[headerLength + MarkLength * count + ChecksumLength];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), count);
        header.Id.CopyTo(bytes, 16);
        return bytes;
    }

    /// <summary>Writes one mark.</summary>
    public static void Write(Span<byte> mark, SegmentHeader header, long firstIndex, long position)
    {
        BinaryPrimitives.WriteInt32LittleEndian(mark, (int)(firstIndex - header.FirstIndex));
        BinaryPrimitives.WriteInt64LittleEndian(mark[4..], position);
    }

    /// <summary>Writes the checksum.</summary>
    public static byte[] End(byte[] bytes)
    {
        int checksumAt = bytes.Length - ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(checksumAt), Crc32C.Of([], bytes.AsSpan(0, checksumAt)));
        return bytes;
    }

    /// <summary>Whether this is how such a file of a segment begins.</summary>
    /// <param name="start">32 bytes or more.</param>
    /// <param name="magic">What it begins with.</param>
    /// <param name="header">The segment's.</param>
    public static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> magic, SegmentHeader header) =>
        start.StartsWith(magic)
        && BinaryPrimitives.ReadInt32LittleEndian(start[8..]) == Version
        && start[16..32].SequenceEqual(header.Id);

    /// <summary>The number of marks that a start names.</summary>
    public static int CountOf(ReadOnlySpan<byte> start) => BinaryPrimitives.ReadInt32LittleEndian(start[12..]);

    /// <summary>The number of marks of a whole file; null if it is not of this segment, not whole, or damaged.</summary>
    public static int? CountOf(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> magic,
        int headerLength,
        SegmentHeader header
    )
    {
        int checksumAt = bytes.Length - ChecksumLength;
        if (
            checksumAt < headerLength
            || !Begins(bytes, magic, header)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[checksumAt..]) != Crc32C.Of([], bytes[..checksumAt])
        )
            return null;
        int count = CountOf(bytes);
        return checksumAt - headerLength == (long)count * MarkLength ? count : null;
    }

    /// <summary>How many of the segment's entries lie before a marked record.</summary>
    public static long FirstOf(ReadOnlySpan<byte> mark) => BinaryPrimitives.ReadUInt32LittleEndian(mark);

    /// <summary>Where a marked record begins.</summary>
    public static long PositionOf(ReadOnlySpan<byte> mark) => BinaryPrimitives.ReadInt64LittleEndian(mark[4..]);
}
