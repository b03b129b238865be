using System.Buffers.Binary;

namespace Tessrax.Node.Segments;

/// <summary>The header of a record, once its own checksum holds.</summary>
internal readonly record struct RecordHeader(int Length, uint Flags, long FirstIndex, int Count, int CheckpointLength)
{
    public long NextIndex => FirstIndex + Count;

    /// <summary>Whether the record says that it holds an entry whose payload was erased.</summary>
    public bool HasErased => (Flags & RecordCodec.ErasedFlag) != 0;

    /// <summary>Whether the flags are those that this version knows.</summary>
    public bool IsKnown => (Flags & ~RecordCodec.ErasedFlag) == 0;

    /// <summary>Where the checkpoint begins, from the start of the record.</summary>
    public int CheckpointAt => Length - RecordCodec.ChecksumLength - CheckpointLength;
}

/// <summary>The bytes of a batch record. Integers are little-endian.</summary>
/// <remarks>
/// <code>
///  0  8  magic 54 53 58 42 41 54 43 48 ("TSXBATCH")
///  8  4  length of the whole record, a multiple of 8, at most 16 MiB
/// 12  4  flags: bit 0 if and only if the payload of an entry was erased; the others 0
/// 16  8  position of the record in its file, a multiple of 8
/// 24  8  index of the first entry
/// 32  4  number of entries, at least 1
/// 36  4  length of the checkpoint, 1 to 65,535
/// 40  4  zero
/// 44  4  CRC-32C of the segment id and bytes 0 to 43
/// 48     the entries, each: u32 length of the entry, u32 length of the payload (FFFFFFFF: none,
///        or FFFFFFFE: erased), the entry, and if there is a payload: the payload, 32 bytes of salt
///        0 to 7 zeros, so that the length is a multiple of 8
///        the checkpoint
///     4  CRC-32C of the segment id and all bytes of the record before it
/// </code>
/// The checkpoint's place follows from the header alone, so recovery can look at it before it reads the rest.
/// </remarks>
internal static class RecordCodec
{
    public const int HeaderLength = 48;
    public const int ChecksumLength = 4;
    public const int EntryHeaderLength = 8;

    /// <summary>The shortest record there can be: one entry and one checkpoint of a byte each.</summary>
    public const int MinRecord = 64;

    /// <summary>The flag of a record in which the payload of at least one entry was erased: a reader that does not know it must not
    /// take such an entry for one that never had a payload.</summary>
    public const uint ErasedFlag = 1;

    private const uint NoPayload = 0xFFFF_FFFF;
    private const uint ErasedPayload = 0xFFFF_FFFE;
    private const int HeaderChecksumAt = HeaderLength - ChecksumLength;

    /// <summary>The first bytes of every record.</summary>
    public static ReadOnlySpan<byte> Magic => "TSXBATCH"u8;

    /// <summary>Writes the record of <paramref name="batch"/> into <paramref name="record"/>, which has its exact length.</summary>
    public static void Write(Batch batch, ReadOnlySpan<byte> segmentId, long position, Span<byte> record)
    {
        Span<byte> rest = record[HeaderLength..];
        foreach (StoredEntry entry in batch.Entries)
        {
            rest = rest[WriteEntry(entry, rest)..];
        }
        uint flags = HasErased(batch.Entries) ? ErasedFlag : 0;
        var header = new RecordHeader(
            record.Length,
            flags,
            batch.FirstIndex,
            batch.Entries.Count,
            batch.Checkpoint.Length
        );
        Complete(record, header, record.Length - rest.Length, batch.Checkpoint.Span, segmentId, position);
    }

    /// <summary>Writes all of a record that is not an entry.</summary>
    /// <param name="record">The whole record, with its entries in place.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="entriesEnd">Where the last entry ends.</param>
    /// <param name="checkpoint">The signed checkpoint.</param>
    /// <param name="segmentId">The segment that it will stand in.</param>
    /// <param name="position">Where it will stand.</param>
    public static void Complete(
        Span<byte> record,
        RecordHeader header,
        int entriesEnd,
        ReadOnlySpan<byte> checkpoint,
        ReadOnlySpan<byte> segmentId,
        long position
    )
    {
        Magic.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], header.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], header.Flags);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], position);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], header.FirstIndex);
        BinaryPrimitives.WriteInt32LittleEndian(record[32..], header.Count);
        BinaryPrimitives.WriteInt32LittleEndian(record[36..], header.CheckpointLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[40..], 0);
        uint headerChecksum = Crc32C.Of(segmentId, record[..HeaderChecksumAt]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[HeaderChecksumAt..], headerChecksum);
        record[entriesEnd..header.CheckpointAt].Clear();
        checkpoint.CopyTo(record[header.CheckpointAt..]);
        int checksumAt = record.Length - ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(record[checksumAt..], Crc32C.Of(segmentId, record[..checksumAt]));
    }

    /// <summary>Writes an entry that is not erased.</summary>
    /// <returns>Its length in the record.</returns>
    public static int WriteEntry(
        ReadOnlySpan<byte> entry,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> salt,
        Span<byte> to
    )
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], payload.IsEmpty ? NoPayload : (uint)payload.Length);
        int at = EntryHeaderLength;
        entry.CopyTo(to[at..]);
        at += entry.Length;
        payload.CopyTo(to[at..]);
        at += payload.Length;
        salt.CopyTo(to[at..]);
        return at + salt.Length;
    }

    /// <summary>The bytes of the entry, without what lies beside it, that begins here, and where the next one begins. For records that were made here, not for strangers'.</summary>
    public static ReadOnlySpan<byte> EntryAt(ReadOnlySpan<byte> record, ref int at)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(record[at..]);
        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(record[(at + 4)..]);
        ReadOnlySpan<byte> entry = record.Slice(at + EntryHeaderLength, length);
        at += EntryHeaderLength + length;
        if (payload is not (NoPayload or ErasedPayload))
        {
            at += (int)payload + SegmentFormat.SaltLength;
        }
        return entry;
    }

    /// <summary>Reads a record's header; false if these bytes are none, or not one of this segment at this position.</summary>
    public static bool TryReadHeader(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> segmentId,
        long position,
        out RecordHeader header
    )
    {
        header = default;
        if (bytes.Length < HeaderLength || !bytes.StartsWith(Magic))
        {
            return false;
        }
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderChecksumAt..]);
        if (checksum != Crc32C.Of(segmentId, bytes[..HeaderChecksumAt]))
        {
            return false;
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        long at = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        long first = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]);
        int checkpoint = BinaryPrimitives.ReadInt32LittleEndian(bytes[36..]);
        // Limits come before any allocation: a length is only as good as whoever wrote it.
        bool fits =
            length is >= MinRecord and <= SegmentFormat.MaxRecord
            && length % SegmentFormat.Alignment == 0
            && at == position
            && first is >= 0 and <= long.MaxValue - SegmentFormat.EntriesPerSegment
            && count is >= 1 and <= SegmentFormat.EntriesPerSegment
            && checkpoint is >= 1 and <= SegmentFormat.MaxCheckpoint
            && length >= HeaderLength + checkpoint + ChecksumLength
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]) == 0;
        if (fits)
        {
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
            header = new RecordHeader(length, flags, first, count, checkpoint);
        }
        return fits;
    }

    /// <summary>Reports whether a record's last four bytes are the checksum of those before.</summary>
    public static bool ChecksumHolds(ReadOnlySpan<byte> record, ReadOnlySpan<byte> segmentId)
    {
        int at = record.Length - ChecksumLength;
        return BinaryPrimitives.ReadUInt32LittleEndian(record[at..]) == Crc32C.Of(segmentId, record[..at]);
    }

    /// <summary>The batch in a record whose checksum holds; null if its inside is not what the header says.</summary>
    /// <remarks>The batch keeps <paramref name="record"/> and shares its bytes.</remarks>
    public static Batch? Parse(ReadOnlyMemory<byte> record, RecordHeader header)
    {
        ReadOnlyMemory<byte> body = record[HeaderLength..header.CheckpointAt];
        if (header.Count > body.Length / (EntryHeaderLength + 1))
        {
            return null;
        }
        var entries = new StoredEntry[header.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            int length = ReadEntry(body, out entries[i]);
            if (length == 0)
            {
                return null;
            }
            body = body[length..];
        }
        bool padded = body.Length < SegmentFormat.Alignment && !body.Span.ContainsAnyExcept((byte)0);
        ReadOnlyMemory<byte> checkpoint = record.Slice(header.CheckpointAt, header.CheckpointLength);
        bool agrees = padded && header.HasErased == HasErased(entries);
        return agrees ? new Batch(header.FirstIndex, entries, checkpoint) : null;
    }

    private static bool HasErased(IReadOnlyList<StoredEntry> entries)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i].IsErased)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Writes an entry, erased or not.</summary>
    /// <returns>Its length in the record.</returns>
    public static int WriteEntry(StoredEntry entry, Span<byte> to)
    {
        int length = WriteEntry(entry.Entry.Span, entry.Payload.Span, entry.Salt.Span, to);
        if (entry.IsErased)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to[4..], ErasedPayload);
        }
        return length;
    }

    /// <summary>Reads the entry at the start of these bytes.</summary>
    /// <returns>Its length with all that lies beside it; 0 if there is none that keeps the limits.</returns>
    public static int ReadEntry(ReadOnlyMemory<byte> body, out StoredEntry entry)
    {
        entry = default;
        if (body.Length < EntryHeaderLength)
        {
            return 0;
        }
        uint entryLength = BinaryPrimitives.ReadUInt32LittleEndian(body.Span);
        uint payloadLength = BinaryPrimitives.ReadUInt32LittleEndian(body.Span[4..]);
        bool erased = payloadLength == ErasedPayload;
        bool hasPayload = !erased && payloadLength != NoPayload;
        if (
            entryLength is < 1 or > SegmentFormat.MaxEntry
            || (hasPayload && payloadLength is < 1 or > SegmentFormat.MaxPayload)
        )
        {
            return 0;
        }
        int payloadAt = EntryHeaderLength + (int)entryLength;
        int saltAt = hasPayload ? payloadAt + (int)payloadLength : payloadAt;
        int end = hasPayload ? saltAt + SegmentFormat.SaltLength : payloadAt;
        if (end > body.Length)
        {
            return 0;
        }
        entry = new StoredEntry(body[EntryHeaderLength..payloadAt], body[payloadAt..saltAt], body[saltAt..end], erased);
        return end;
    }
}
