using System.Buffers.Binary;
using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>Where the records of a full segment begin: <c>NNNNNNNNNN.idx</c> beside it, so that an entry is found without reading what lies before it.</summary>
/// <remarks>
/// Derived, and never synced: written when the segment is full, not needed, and not believed either. Whoever enters a segment by it holds the record there against its own
/// checksums, and reads from the start if there is none. Integers are little-endian.
/// <code>
///  0  8  magic 54 53 58 50 4C 41 43 45 ("TSXPLACE")
///  8  4  version, 1
/// 12  4  number of records
/// 16 16  the segment's id
/// 32  8  where the last record ends
/// 40     for each record: u32 number of the segment's entries before it, u64 position
///     4  CRC-32C of all bytes before it
/// </code>
/// </remarks>
internal static class PlacesFile
{
    public const string Extension = ".idx";
    private const int Version = 1;
    private const int HeaderLength = 40;
    private const int PlaceLength = 12;
    private const int ChecksumLength = 4;
    private const int MaxBytes = HeaderLength + PlaceLength * SegmentFormat.EntriesPerSegment + ChecksumLength;

    private static ReadOnlySpan<byte> Magic => "TSXPLACE"u8;

    /// <summary>The places file of a segment.</summary>
    public static string PathOf(string segment) => Path.ChangeExtension(segment, Extension);

    /// <summary>Writes the places of a full segment.</summary>
    /// <exception cref="TessraxException">It cannot be written.</exception>
    public static void Write(IDisk disk, string segment, SegmentHeader header, IReadOnlyList<RecordPlace> places) =>
        DurableFile.Write(disk, PathOf(segment), ToBytes(header, places), DurableFileOptions.Derived);

    /// <summary>The places of a segment's records; null if there is no such file, or it is not that of this segment.</summary>
    public static List<RecordPlace>? Read(SegmentFolder folder, SegmentFile file)
    {
        string path = PathOf(folder.PathOf(file.Number));
        try
        {
            return folder.Disk.Exists(path) ? Parse(DurableFile.Read(folder.Disk, path, MaxBytes), file.Header) : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    /// <summary>The record that holds an entry, by a search in the file instead of reading it: at most seventeen of its places are looked at, so its checksum
    /// is not. Null if there is no such file, or it is not that of this segment.</summary>
    public static RecordMark? Find(SegmentFolder folder, SegmentFile file, long index)
    {
        string path = PathOf(folder.PathOf(file.Number));
        try
        {
            if (!folder.Disk.Exists(path))
                return null;
            using IDiskFile places = folder.Disk.Open(path, DiskAccess.Read);
            return Find(places, file.Header, index);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return null;
        }
    }

    private static RecordMark? Find(IDiskFile places, SegmentHeader header, long index)
    {
        Span<byte> start = stackalloc byte[HeaderLength];
        if (
            places.Read(start, 0) < HeaderLength
            || !start.StartsWith(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(start[8..]) != Version
            || !start[16..32].SequenceEqual(header.Id)
        )
            return null;
        (long low, long high) = (0, BinaryPrimitives.ReadInt32LittleEndian(start[12..]));
        if (high < 1 || places.Length != HeaderLength + PlaceLength * high + ChecksumLength)
            return null;
        Span<byte> place = stackalloc byte[PlaceLength];
        while (high - low > 1)
        {
            long middle = (low + high) / 2;
            if (places.Read(place, HeaderLength + PlaceLength * middle) < PlaceLength)
                return null;
            if (header.FirstIndex + BinaryPrimitives.ReadUInt32LittleEndian(place) <= index)
                low = middle;
            else
                high = middle;
        }
        if (places.Read(place, HeaderLength + PlaceLength * low) < PlaceLength)
            return null;
        long first = header.FirstIndex + BinaryPrimitives.ReadUInt32LittleEndian(place);
        long position = BinaryPrimitives.ReadInt64LittleEndian(place[4..]);
        return first <= index && position is >= SegmentHeader.Length and <= SegmentFormat.MaxSegment
            ? new RecordMark(first, position)
            : null;
    }

    internal static byte[] ToBytes(SegmentHeader header, IReadOnlyList<RecordPlace> places)
    {
        byte[] bytes = new byte[HeaderLength + PlaceLength * places.Count + ChecksumLength];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), places.Count);
        header.Id.CopyTo(bytes, 16);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), places[^1].End);
        for (int i = 0; i < places.Count; i++)
        {
            Span<byte> place = bytes.AsSpan(HeaderLength + PlaceLength * i);
            BinaryPrimitives.WriteInt32LittleEndian(place, (int)(places[i].FirstIndex - header.FirstIndex));
            BinaryPrimitives.WriteInt64LittleEndian(place[4..], places[i].Position);
        }
        int checksumAt = bytes.Length - ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(checksumAt), Crc32C.Of([], bytes.AsSpan(0, checksumAt)));
        return bytes;
    }

    /// <summary>Null for bytes that are not the places of all entries of this segment.</summary>
    internal static List<RecordPlace>? Parse(ReadOnlySpan<byte> bytes, SegmentHeader header)
    {
        int checksumAt = bytes.Length - ChecksumLength;
        if (
            checksumAt < HeaderLength + PlaceLength
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) != Version
            || !bytes[16..32].SequenceEqual(header.Id)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[checksumAt..]) != Crc32C.Of([], bytes[..checksumAt])
        )
            return null;
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (checksumAt - HeaderLength != (long)count * PlaceLength)
            return null;
        var places = new List<RecordPlace>(count);
        (long first, long position) = (0, SegmentHeader.Length);
        for (int i = 1; i <= count; i++)
        {
            bool isLast = i == count;
            ReadOnlySpan<byte> next = bytes[(HeaderLength + PlaceLength * i)..];
            long nextFirst = isLast ? header.Capacity : BinaryPrimitives.ReadUInt32LittleEndian(next);
            long end = BinaryPrimitives.ReadInt64LittleEndian(isLast ? bytes[32..] : next[4..]);
            long length = end - position;
            if (
                nextFirst <= first
                || nextFirst > header.Capacity
                || length is < RecordCodec.MinRecord or > SegmentFormat.MaxRecord
            )
                return null;
            places.Add(new RecordPlace(position, (int)length, header.FirstIndex + first, (int)(nextFirst - first)));
            (first, position) = (nextFirst, end);
        }
        ReadOnlySpan<byte> start = bytes[HeaderLength..];
        bool beginsRight =
            BinaryPrimitives.ReadInt32LittleEndian(start) == 0
            && BinaryPrimitives.ReadInt64LittleEndian(start[4..]) == SegmentHeader.Length;
        return beginsRight ? places : null;
    }
}
