using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Maintenance;

/// <summary>Writes segments again without the payloads that were erased.</summary>
/// <remarks>
/// The writer lock is held and no writer has the segments open; readers may have. One segment is
/// <code>
/// read the segment; go on only if a payload is to go
/// open(.NNNNNNNNNN.seg.tmp, O_CREAT|O_EXCL)    one left by a crash is removed first
/// pwrite(header, records), fsync, close        the same header, the same entries and checkpoints, each record at its new place
/// read both side by side                       nothing but the payloads may differ
/// rename over NNNNNNNNNN.seg, fsync(segments/)
/// </code>
/// A crash leaves the old file or the new one. A torn tail is not copied: it was never acknowledged. Memory: one record of each.
/// </remarks>
/// <param name="folder">The segments.</param>
/// <param name="size">The number of entries in the ledger.</param>
/// <param name="isCovered">Whether an entry of that index was erased, if it has a payload that may be.</param>
internal sealed class SegmentErasure(SegmentFolder folder, long size, Predicate<long> isCovered)
{
    private const int Page = 4096;
    private const int ChunkLength = 256 << 10;

    private IDisk Disk => folder.Disk;

    /// <summary>Erases what is to go from one segment.</summary>
    /// <returns>How many payloads went: none, if they were lost before and are only marked as erased. Null if nothing was to go.</returns>
    /// <exception cref="TessraxException">TSX3003: the segment is damaged; TSX3005 to TSX3009: it cannot be written, and is as it was.</exception>
    public long? Run(long number)
    {
        string path = folder.PathOf(number);
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{SegmentFormat.FileName(number)}.tmp");
        using SegmentFile old = folder.Open(number);
        (long entries, long payloads) = CountOf(old);
        if (entries == 0)
            return null;
        var places = new List<RecordPlace>();
        bool hadTail;
        try
        {
            DiskErrors.Writing(path, () => Write(old, temporary, places));
            using (var made = SegmentFile.Open(Disk, temporary, number, old.ShownName))
                RequireSame(old, made);
            hadTail = Disk.Exists(TailFile.PathOf(path));
            DiskErrors.Writing(
                path,
                () =>
                {
                    // They say where the old file's records lie. Without them, a reader reads from the start.
                    SegmentFolder.DropPlaces(Disk, path);
                    Disk.Rename(temporary, path, overwrite: true);
                }
            );
        }
        catch (TessraxException)
        {
            DurableFile.Remove(Disk, temporary);
            throw;
        }
        DiskErrors.Writing(path, () => Disk.SyncDirectory(Path.GetDirectoryName(path)!));
        if (places[^1].NextIndex == old.EndIndex)
            PlacesFile.Write(Disk, path, old.Header, places);
        else if (hadTail)
            TailFile.Write(Disk, path, old.Header, TailFile.Choose(places));
        return payloads;
    }

    private (long Entries, long Payloads) CountOf(SegmentFile old)
    {
        (long entries, long payloads) = (0, 0);
        foreach (Batch batch in old.Batches(size))
        {
            for (int i = 0; i < batch.Entries.Count; i++)
            {
                if (!Goes(batch.Entries[i], batch.FirstIndex + i))
                    continue;
                entries++;
                payloads += batch.Entries[i].Payload.IsEmpty ? 0 : 1;
            }
        }
        return (entries, payloads);
    }

    private bool Goes(StoredEntry entry, long index) =>
        !entry.IsErased
        && isCovered(index)
        && Entry.Parse(entry.Entry.Span).Body is { Payload: not null } body
        && Events.IsErasable(body.Event);

    private Batch Without(Batch batch) =>
        batch with
        {
            Entries =
            [
                .. batch.Entries.Select((entry, i) => Goes(entry, batch.FirstIndex + i) ? entry.Erase() : entry),
            ],
        };

    private void Write(SegmentFile old, string temporary, List<RecordPlace> places)
    {
        Disk.Delete(temporary);
        using IDiskFile made = Disk.Open(temporary, DiskAccess.Create);
        made.Write(old.Header.ToBytes(), 0);
        long at = SegmentHeader.Length;
        long oldEnd = at;
        foreach (Batch batch in old.Batches(size))
        {
            oldEnd += SegmentFormat.RecordLength(batch.Entries, batch.Checkpoint.Length);
            Batch kept = Without(batch);
            byte[] record = new byte[SegmentFormat.RecordLength(kept.Entries, kept.Checkpoint.Length)];
            RecordCodec.Write(kept, old.Header.Id, at, record);
            made.Write(record, at);
            places.Add(new RecordPlace(at, record.Length, kept.FirstIndex, kept.Entries.Count));
            at += record.Length;
        }
        // The active segment keeps the zeros that were written ahead: they would be missing at the next append. A full one needs none
        // but to the end of the page.
        bool active = old.EndIndex > size || !folder.Exists(old.Number + 1);
        long zeros = Math.Max(active ? old.Length - oldEnd : 0, Page - (at % Page));
        byte[] chunk = new byte[(int)Math.Min(ChunkLength, zeros)];
        for (long end = at + zeros; at < end; at += chunk.Length)
            made.Write(chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - at)), at);
        made.SyncAll();
    }

    private void RequireSame(SegmentFile old, SegmentFile made)
    {
        using IEnumerator<Batch> before = old.Batches(size).GetEnumerator();
        using IEnumerator<Batch> after = made.Batches(size).GetEnumerator();
        while (before.MoveNext())
        {
            if (!after.MoveNext() || !IsSame(Without(before.Current), after.Current))
                throw ErrorCodes.Bug.Because(
                    $"{old.ShownName} written again differs at entry {before.Current.FirstIndex}; the old file was kept"
                );
        }
    }

    private static bool IsSame(Batch wanted, Batch found) =>
        wanted.FirstIndex == found.FirstIndex
        && wanted.Checkpoint.Span.SequenceEqual(found.Checkpoint.Span)
        && wanted.Entries.Count == found.Entries.Count
        && wanted.Entries.Zip(found.Entries).All(pair => IsSame(pair.First, pair.Second));

    private static bool IsSame(StoredEntry wanted, StoredEntry found) =>
        wanted.IsErased == found.IsErased
        && wanted.Entry.Span.SequenceEqual(found.Entry.Span)
        && wanted.Payload.Span.SequenceEqual(found.Payload.Span)
        && wanted.Salt.Span.SequenceEqual(found.Salt.Span);
}
