using System.Globalization;

namespace Tessrax.Node.Segments;

/// <summary>The limits and names of the segment format, version 1; <c>spec/storage.md</c> is normative.</summary>
/// <remarks>
/// <code>
/// segments/0000000000.seg   entries 0 .. 65,535            NNNNNNNNNN = index of the first entry / 65,536
/// segments/0000000001.seg   entries 65,536 .. 131,071      the last one is active, those before it are full
///
/// file    = segment header (64 bytes), record, record, ..., zeros
/// record  = record header (48 bytes), entry, entry, ..., zeros, checkpoint, CRC-32C    (a multiple of 8 bytes)
/// </code>
/// One record is one batch: written at once into bytes that are zero and allocated, and made durable by one fdatasync. The
/// headers are described where they are coded: <see cref="SegmentHeader"/>, <see cref="RecordCodec"/>.
/// </remarks>
public static class SegmentFormat
{
    /// <summary>The version of the format that is written.</summary>
    public const int Version = 1;

    /// <summary>Entries in a full segment.</summary>
    public const int EntriesPerSegment = 65_536;

    /// <summary>The longest entry: an entry bundle's length field has 16 bits (C2SP tlog-tiles).</summary>
    public const int MaxEntry = 65_535;

    /// <summary>The longest payload.</summary>
    public const int MaxPayload = 1 << 20;

    /// <summary>The longest checkpoint with its signatures.</summary>
    public const int MaxCheckpoint = 65_535;

    /// <summary>The longest record.</summary>
    public const int MaxRecord = 16 << 20;

    /// <summary>No record lies beyond this position: 1 TiB, a record of the longest kind for each entry.</summary>
    internal const long MaxSegment = (long)EntriesPerSegment * MaxRecord;

    /// <summary>The length of a salt.</summary>
    public const int SaltLength = 32;

    internal const int Alignment = 8;
    internal const string Folder = "segments";
    private const string Extension = ".seg";
    private const int NameDigits = 10;

    /// <summary>The length of the record that would hold these entries and a checkpoint of this length, for whoever cuts batches.</summary>
    public static long RecordLength(IEnumerable<StoredEntry> entries, int checkpointLength)
    {
        ArgumentNullException.ThrowIfNull(entries);
        long length = RecordCodec.HeaderLength + (long)checkpointLength + RecordCodec.ChecksumLength;
        foreach (StoredEntry entry in entries)
        {
            length += EntryLength(entry);
        }
        return (length + Alignment - 1) / Alignment * Alignment;
    }

    /// <summary>What one entry adds to the length of a record, before alignment.</summary>
    public static long EntryLength(StoredEntry entry) =>
        RecordCodec.EntryHeaderLength + (long)entry.Entry.Length + entry.Payload.Length + entry.Salt.Length;

    /// <summary>The name of a segment's file, for example <c>0000000001.seg</c>.</summary>
    internal static string FileName(long number) => number.ToString("D10", CultureInfo.InvariantCulture) + Extension;

    /// <summary>How messages name a segment.</summary>
    internal static string ShownName(long number) => $"{Folder}/{FileName(number)}";

    /// <summary>The number in a segment's file name; false for every other name, such as that of a temporary file.</summary>
    internal static bool TryParseName(string name, out long number)
    {
        number = 0;
        return name.Length == NameDigits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, NameDigits), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Whether a name, without the dot in front, is that of an unfinished segment or of one of the files beside it: <c>0000000001.seg.tmp</c>, <c>0000000001.idx.PID.COUNT.tmp</c>.</summary>
    internal static bool IsUnfinished(string name) =>
        name.Length > NameDigits
        && TryParseName(name[..NameDigits] + Extension, out _)
        && Array.Exists(Extensions, extension => name.AsSpan(NameDigits).StartsWith(extension + "."));

    private static readonly string[] Extensions = [Extension, PlacesFile.Extension, TailFile.Extension];
}
