using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>What lies in a segment from a position on where no whole record begins.</summary>
/// <param name="LaterRecord">The position of a record that was written later; -1 if there is none.</param>
/// <param name="Bytes">The bytes from the position up to the last that is not zero.</param>
internal readonly record struct TailFinding(long LaterRecord, long Bytes);

/// <summary>Tells a write that was cut short, which is the ledger's end, from damage before its end.</summary>
/// <remarks>
/// The writer writes a record only after the one before is durable. So a bad record that a later one follows was whole once:
/// it is damage. A later record is recognized, at every multiple of 8, by
/// <list type="number">
/// <item>the magic, and a header whose checksum (over the segment's id), position and limits hold,</item>
/// <item>a first index that is not below the one missing,</item>
/// <item>a checkpoint that the ledger's key signed for just the size that the record leads to.</item>
/// </list>
/// Payloads come from strangers, who may put a perfect record into one; the checkpoint of a tree that does not exist yet is
/// what they do not have. The rest of the record need not be whole: two damaged records are damage, not a tail.
/// </remarks>
internal static class TornTail
{
    private const int ChunkLength = 1 << 16;

    public static TailFinding Look(SegmentFile file, long position, long index, CheckpointTest isSigned)
    {
        long length = file.Length;
        long later = -1;
        long end = position;
        byte[] chunk = new byte[(int)Math.Min(ChunkLength, Math.Max(0, length - position))];
        for (long at = position; at < length && later < 0; at += chunk.Length)
        {
            ReadOnlySpan<byte> bytes = chunk.AsSpan(0, file.Read(chunk, at));
            int lastUsed = bytes.LastIndexOfAnyExcept((byte)0);
            if (lastUsed >= 0)
            {
                end = at + lastUsed + 1;
                later = FindRecord(file, bytes, at, position, index, isSigned);
            }
        }
        return new TailFinding(later, end - position);
    }

    // Chunks begin at multiples of 8 and are cut at them, so no aligned magic lies across two.
    private static long FindRecord(
        SegmentFile file,
        ReadOnlySpan<byte> bytes,
        long at,
        long position,
        long index,
        CheckpointTest isSigned
    )
    {
        int from = 0;
        while (true)
        {
            int found = bytes[from..].IndexOf(RecordCodec.Magic);
            if (found < 0)
            {
                return -1;
            }
            long candidate = at + from + found;
            bool aligned = candidate % SegmentFormat.Alignment == 0;
            if (aligned && candidate > position && IsRecord(file, candidate, index, isSigned))
            {
                return candidate;
            }
            from += found + 1;
        }
    }

    private static bool IsRecord(SegmentFile file, long candidate, long index, CheckpointTest isSigned)
    {
        byte[] start = new byte[RecordCodec.HeaderLength];
        int read = file.Read(start, candidate);
        if (!RecordCodec.TryReadHeader(start.AsSpan(0, read), file.Header.Id, candidate, out RecordHeader header))
        {
            return false;
        }
        if (header.FirstIndex < index || header.NextIndex > file.EndIndex)
        {
            return false;
        }
        byte[] checkpoint = new byte[header.CheckpointLength];
        return file.Read(checkpoint, candidate + header.CheckpointAt) == checkpoint.Length
            && isSigned(checkpoint, header.NextIndex);
    }
}
