using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Maintenance;

/// <summary>Writes a segment as planned into a file of its own, which then takes the place of the damaged one in one step.</summary>
/// <remarks><code>
/// open(.NNNNNNNNNN.seg.tmp, O_CREAT|O_EXCL)    one left by a crash is removed first
/// pwrite(header), pwrite(records), fsync, close
/// rename to NNNNNNNNNN.seg
/// fsync(directory)
/// </code></remarks>
internal sealed class SegmentRewriter(IDisk disk)
{
    private const int ChunkLength = 1 << 17;
    private const int Page = 4096;

    /// <summary>Writes the file.</summary>
    /// <param name="plan">What it holds.</param>
    /// <param name="header">Its header.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: the old file is as it was.</exception>
    public void Write(SegmentPlan plan, SegmentHeader header)
    {
        string path = plan.Segment.Path;
        string folder = Path.GetDirectoryName(path)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.tmp");
        DiskErrors.Writing(
            path,
            () =>
            {
                disk.CreateDirectory(folder);
                disk.Delete(temporary);
                using (IDiskFile made = disk.Open(temporary, DiskAccess.Create))
                {
                    made.Write(header.ToBytes(), 0);
                    long end = SegmentHeader.Length;
                    foreach (object part in plan.Parts)
                        end = WritePart(plan.Segment, part, header.Id, made, end);
                    // A full segment ends with its last record.
                    if (!plan.IsFull)
                        Pad(made, end, plan.Segment.File?.Length ?? 0);
                    made.SyncAll();
                }
                // Derived, and of the old file.
                SegmentFolder.DropPlaces(disk, path);
                disk.Rename(temporary, path, overwrite: true);
                disk.SyncDirectory(folder);
            }
        );
    }

    private static long WritePart(FoundSegment segment, object part, byte[] id, IDiskFile made, long position)
    {
        switch (part)
        {
            case Batch batch:
                return WriteRecord(batch, id, made, position);
            // A record that keeps its place and its segment's id is copied as it is.
            case SurveyedPiece piece when piece.Bytes.Start == position && SegmentIdentity.IsSame(segment.Id!, id):
                return Copy(segment.File!, piece.Bytes, made, position);
            case SurveyedPiece piece:
                return WriteRecord(
                    segment.Survey(static (_, _) => true)!.Batch(piece)
                        ?? throw ErrorCodes.Damaged.Because($"{segment.ShownName} changed while it was repaired"),
                    id,
                    made,
                    position
                );
            case ByteRange damaged:
                long end = Copy(segment.File!, damaged, made, position);
                return (end + SegmentFormat.Alignment - 1) / SegmentFormat.Alignment * SegmentFormat.Alignment;
            default:
                throw new InvalidOperationException("a plan has no such part");
        }
    }

    private static long WriteRecord(Batch batch, byte[] id, IDiskFile made, long position)
    {
        byte[] record = new byte[SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length)];
        RecordCodec.Write(batch, id, position, record);
        made.Write(record, position);
        return position + record.Length;
    }

    private static long Copy(IDiskFile from, ByteRange range, IDiskFile to, long position)
    {
        byte[] chunk = new byte[ChunkLength];
        for (long at = range.Start; at < range.End; )
        {
            int read = from.Read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, range.End - at)), at);
            if (read == 0)
                break;
            to.Write(chunk.AsSpan(0, read), position);
            position += read;
            at += read;
        }
        return position;
    }

    // Zeros up to where they reached before, and at least to the end of a page.
    private static void Pad(IDiskFile made, long end, long length)
    {
        long wanted = Math.Max(length, (end + Page - 1) / Page * Page);
        byte[] zeros = new byte[ChunkLength];
        for (long at = end; at < wanted; at += zeros.Length)
            made.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, wanted - at)), at);
    }
}
