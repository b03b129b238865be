using System.Numerics;

namespace Tessrax.Node.Segments;

/// <summary>A batch's record while it is made: entries are written to where they will lie, into a buffer that is used again for the next batch.</summary>
/// <remarks>Place and checkpoint come last, by <see cref="Complete"/>. A breach of the format's limits is the caller's mistake. Not safe for concurrent use.</remarks>
internal sealed class RecordBuilder
{
    /// <summary>Where the first entry stands.</summary>
    public const int FirstEntryAt = RecordCodec.HeaderLength;

    private const int Least = 64 << 10;

    // A batch has about 1 MiB; one with a few huge payloads must not hold memory for ever.
    private const int MostKept = 4 << 20;

    private byte[] buffer = new byte[Least];
    private int end = RecordCodec.HeaderLength;

    /// <summary>The index of the first entry.</summary>
    public long FirstIndex { get; private set; }

    public int Count { get; private set; }

    /// <summary>The index after the last entry.</summary>
    public long NextIndex => FirstIndex + Count;

    /// <summary>The bytes that the entries take, with what lies beside them.</summary>
    public int EntryBytes => end - RecordCodec.HeaderLength;

    /// <summary>Forgets everything and begins another batch.</summary>
    public void Begin(long firstIndex)
    {
        if (buffer.Length > MostKept)
            buffer = new byte[Least];
        (FirstIndex, Count, end) = (firstIndex, 0, RecordCodec.HeaderLength);
    }

    /// <summary>Adds an entry. A payload comes with a salt, and a salt with a payload.</summary>
    /// <exception cref="ArgumentException">A length is beyond the limits of the format.</exception>
    public void Add(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt)
    {
        BatchCheck.RequireEntry(entry.Length, payload.Length, salt.Length);
        int length = RecordCodec.EntryHeaderLength + entry.Length + payload.Length + salt.Length;
        end += RecordCodec.WriteEntry(entry, payload, salt, Room(end, length));
        Count++;
    }

    /// <summary>The entry that begins here, read from the record as it stands, and where the next begins.</summary>
    /// <param name="at">Before the first entry, <see cref="FirstEntryAt"/>.</param>
    public ReadOnlySpan<byte> ReadEntry(ref int at) => RecordCodec.EntryAt(buffer.AsSpan(0, end), ref at);

    /// <summary>The entries with what lies beside them; their bytes are the builder's, valid until <see cref="Begin"/>.</summary>
    public IReadOnlyList<StoredEntry> Entries()
    {
        var entries = new StoredEntry[Count];
        int at = FirstEntryAt;
        for (int i = 0; i < entries.Length; i++)
            at += RecordCodec.ReadEntry(buffer.AsMemory(at, end - at), out entries[i]);
        return entries;
    }

    /// <summary>How long the record is with a checkpoint of this length.</summary>
    public int LengthWith(int checkpoint)
    {
        int length = end + checkpoint + RecordCodec.ChecksumLength;
        return (length + SegmentFormat.Alignment - 1) / SegmentFormat.Alignment * SegmentFormat.Alignment;
    }

    /// <summary>The whole record; valid until <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Complete(ReadOnlySpan<byte> checkpoint, ReadOnlySpan<byte> segmentId, long position)
    {
        int length = LengthWith(checkpoint.Length);
        Room(end, length - end);
        Span<byte> record = buffer.AsSpan(0, length);
        var header = new RecordHeader(length, 0, FirstIndex, Count, checkpoint.Length);
        RecordCodec.Complete(record, header, end, checkpoint, segmentId, position);
        return record;
    }

    private Span<byte> Room(int from, int length)
    {
        if (buffer.Length - from < length)
            Array.Resize(ref buffer, (int)BitOperations.RoundUpToPowerOf2((uint)(from + length)));
        return buffer.AsSpan(from);
    }
}
