using Tessrax.Node.Files;

namespace Tessrax.Node.Segments;

/// <summary>Where some records of the active segment begin: <c>NNNNNNNNNN.tail</c> beside it, so that its end is found without reading what lies before it.</summary>
/// <remarks>
/// Derived, never synced, and not believed: written with the published checkpoint, so that it may be behind, and gone once the segment is full and has its places file.
/// Whoever enters a segment by it holds the record there against its own checksums, reads on from it to the true end, and reads from the start if there is none.
/// Integers are little-endian.
/// <code>
///  0  8  magic 54 53 58 54 41 49 4C 0A ("TSXTAIL\n")
///  8  4  version, 1
/// 12  4  number of marks
/// 16 16  the segment's id
/// 32     for each mark: u32 number of the segment's entries before the record, u64 position of the record; both rise
///     4  CRC-32C of all bytes before it
/// </code>
/// Marked are every 256th record, from the first on, and the last.
/// </remarks>
internal static class TailFile
{
    public const string Extension = ".tail";

    private const int Interval = 256;
    private const int HeaderLength = 32;
    private const int MaxBytes =
        HeaderLength + MarkTable.MarkLength * (SegmentFormat.EntriesPerSegment + 1) + MarkTable.ChecksumLength;

    private static ReadOnlySpan<byte> Magic => "TSXTAIL\n"u8;

    /// <summary>The tail file of a segment.</summary>
    public static string PathOf(string segment) => Path.ChangeExtension(segment, Extension);

    /// <summary>The records to be marked.</summary>
    /// <param name="places">All records of the segment so far, in order.</param>
    public static List<RecordMark> Choose(IReadOnlyList<RecordPlace> places)
    {
        var chosen = new List<RecordMark>((places.Count / Interval) + 2);
        for (int i = 0; i < places.Count; i++)
        {
            if (i % Interval == 0 || i == places.Count - 1)
                chosen.Add(new RecordMark(places[i].FirstIndex, places[i].Position));
        }
        return chosen;
    }

    /// <summary>Writes the marks of an active segment.</summary>
    /// <exception cref="TessraxException">It cannot be written.</exception>
    public static void Write(IDisk disk, string segment, SegmentHeader header, IReadOnlyList<RecordMark> marks) =>
        DurableFile.Write(disk, PathOf(segment), ToBytes(header, marks), DurableFileOptions.Derived);

    /// <summary>The marks of a segment; none if there is no such file, or it is not that of this segment.</summary>
    public static IReadOnlyList<RecordMark> Read(SegmentFolder folder, SegmentFile file)
    {
        string path = PathOf(folder.PathOf(file.Number));
        try
        {
            return folder.Disk.Exists(path)
                ? Parse(DurableFile.Read(folder.Disk, path, MaxBytes), file.Header) ?? []
                : [];
        }
        catch (TessraxException)
        {
            return [];
        }
    }

    internal static byte[] ToBytes(SegmentHeader header, IReadOnlyList<RecordMark> marks)
    {
        byte[] bytes = MarkTable.Begin(Magic, HeaderLength, header, marks.Count);
        for (int i = 0; i < marks.Count; i++)
            MarkTable.Write(
                bytes.AsSpan(HeaderLength + MarkTable.MarkLength * i),
                header,
                marks[i].FirstIndex,
                marks[i].Position
            );
        return MarkTable.End(bytes);
    }

    /// <summary>Null for bytes that are no marks of this segment.</summary>
    internal static List<RecordMark>? Parse(ReadOnlySpan<byte> bytes, SegmentHeader header)
    {
        if (MarkTable.CountOf(bytes, Magic, HeaderLength, header) is not { } count)
            return null;
        var marks = new List<RecordMark>(count);
        (long before, long end) = (-1, SegmentHeader.Length - 1);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> mark = bytes[(HeaderLength + MarkTable.MarkLength * i)..];
            long first = MarkTable.FirstOf(mark);
            long position = MarkTable.PositionOf(mark);
            if (first <= before || first >= header.Capacity || position <= end || position > SegmentFormat.MaxSegment)
                return null;
            marks.Add(new RecordMark(header.FirstIndex + first, position));
            (before, end) = (first, position);
        }
        return marks;
    }
}
