namespace Tessrax.Node.Segments;

/// <summary>Holds a batch against the limits of the format before anything is written. A breach is the caller's mistake: who cuts
/// batches knows the limits.</summary>
internal static class BatchCheck
{
    /// <summary>The length of the batch's record.</summary>
    public static int RecordLength(Batch batch, long size, int room)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RequireBatch(batch.FirstIndex, batch.Entries.Count, batch.Checkpoint.Length, size, room);
        foreach (StoredEntry entry in batch.Entries)
        {
            RequireEntry(entry.Entry.Length, entry.Payload.Length, entry.Salt.Length);
            Require(!entry.IsErased || entry.Payload.IsEmpty, "an erased payload is still there");
        }
        long length = SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);
        RequireLength(length);
        return (int)length;
    }

    /// <summary>The same for a record that was built entry by entry.</summary>
    public static int RecordLength(RecordBuilder record, int checkpoint, long size, int room)
    {
        RequireBatch(record.FirstIndex, record.Count, checkpoint, size, room);
        int length = record.LengthWith(checkpoint);
        RequireLength(length);
        return length;
    }

    /// <summary>Holds one entry against the limits.</summary>
    public static void RequireEntry(int entry, int payload, int salt)
    {
        Require(entry is > 0 and <= SegmentFormat.MaxEntry, "an entry's length is not allowed");
        Require(payload <= SegmentFormat.MaxPayload, "a payload is too long");
        Require(
            salt == (payload == 0 ? 0 : SegmentFormat.SaltLength),
            "a payload comes with a salt of 32 bytes, and a salt with a payload"
        );
    }

    private static void RequireBatch(long first, int count, int checkpoint, long size, int room)
    {
        if (first != size)
            throw new ArgumentException($"the batch begins at {first}, the ledger ends at {size}");
        Require(count > 0, "the batch has no entry");
        if (count > room)
            throw new ArgumentException($"the batch has {count} entries, room is for {room}");
        Require(checkpoint is > 0 and <= SegmentFormat.MaxCheckpoint, "the checkpoint's length is not allowed");
    }

    private static void RequireLength(long length)
    {
        if (length > SegmentFormat.MaxRecord)
            throw new ArgumentException($"the batch's record would have {length} bytes");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
