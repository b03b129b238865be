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
    private const int HeaderLength = 40;
    private const int MaxBytes =
        HeaderLength + MarkTable.MarkLength * SegmentFormat.EntriesPerSegment + MarkTable.ChecksumLength;

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
        if (places.Read(start, 0) < HeaderLength || !MarkTable.Begins(start, Magic, header))
            return null;
        (long low, long high) = (0, MarkTable.CountOf(start));
        if (high < 1 || places.Length != HeaderLength + MarkTable.MarkLength * high + MarkTable.ChecksumLength)
            return null;
        Span<byte> place = stackalloc byte[MarkTable.MarkLength];
        while (high - low > 1)
        {
            long middle = (low + high) / 2;
            if (places.Read(place, HeaderLength + MarkTable.MarkLength * middle) < MarkTable.MarkLength)
                return null;
            if (header.FirstIndex + MarkTable.FirstOf(place) <= index)
                low = middle;
            else
                high = middle;
        }
        if (places.Read(place, HeaderLength + MarkTable.MarkLength * low) < MarkTable.MarkLength)
            return null;
        long first = header.FirstIndex + MarkTable.FirstOf(place);
        long position = MarkTable.PositionOf(place);
        return first <= index && position is >= SegmentHeader.Length and <= SegmentFormat.MaxSegment
            ? new RecordMark(first, position)
            : null;
    }

    internal static byte[] ToBytes(SegmentHeader header, IReadOnlyList<RecordPlace> places)
    {
        byte[] bytes = MarkTable.Begin(Magic, HeaderLength, header, places.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), places[^1].End);
        for (int i = 0; i < places.Count; i++)
            MarkTable.Write(
                bytes.AsSpan(HeaderLength + MarkTable.MarkLength * i),
                header,
                places[i].FirstIndex,
                places[i].Position
            );
        return MarkTable.End(bytes);
    }

    /// <summary>Null for bytes that are not the places of all entries of this segment.</summary>
    internal static List<RecordPlace>? Parse(ReadOnlySpan<byte> bytes, SegmentHeader header)
    {
        if (MarkTable.CountOf(bytes, Magic, HeaderLength, header) is not (> 0 and { } count))
            return null;
        var places = new List<RecordPlace>(count);
        (long first, long position) = (0, SegmentHeader.Length);
        for (int i = 1; i <= count; i++)
        {
            bool isLast = i == count;
            ReadOnlySpan<byte> next = bytes[(HeaderLength + MarkTable.MarkLength * i)..];
            long nextFirst = isLast ? header.Capacity : MarkTable.FirstOf(next);
            long end = isLast ? BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]) : MarkTable.PositionOf(next);
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
        bool beginsRight = MarkTable.FirstOf(start) == 0 && MarkTable.PositionOf(start) == SegmentHeader.Length;
        return beginsRight ? places : null;
    }
}
