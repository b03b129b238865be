namespace Tessrax.Node.Segments;

/// <summary>Holds a batch against the limits of the format before anything is written. A breach is the caller's mistake: who cuts
/// batches knows the limits.</summary>
internal static class BatchCheck
{
    /// <summary>The length of the batch's record.</summary>
    public static int RecordLength(Batch batch, long size, int room)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Require(batch.FirstIndex == size, $"the batch begins at {batch.FirstIndex}, the ledger ends at {size}");
        Require(batch.Entries.Count > 0, "the batch has no entry");
        Require(batch.Entries.Count <= room, $"the batch has {batch.Entries.Count} entries, room is for {room}");
        Require(
            batch.Checkpoint.Length is > 0 and <= SegmentFormat.MaxCheckpoint,
            "the checkpoint's length is not allowed"
        );
        foreach (StoredEntry entry in batch.Entries)
        {
            Require(entry.Entry.Length is > 0 and <= SegmentFormat.MaxEntry, "an entry's length is not allowed");
            Require(entry.Payload.Length <= SegmentFormat.MaxPayload, "a payload is too long");
            Require(!entry.IsErased || entry.Payload.IsEmpty, "an erased payload is still there");
            int salt = entry.Payload.IsEmpty ? 0 : SegmentFormat.SaltLength;
            Require(entry.Salt.Length == salt, "a payload comes with a salt of 32 bytes, and a salt with a payload");
        }
        long length = SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);
        Require(length <= SegmentFormat.MaxRecord, $"the batch's record would have {length} bytes");
        return (int)length;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
