using System.Runtime.ExceptionServices;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>One pass over the segments. Readers and the recovering writer run this same code; it changes nothing on disk.</summary>
/// <remarks>
/// A segment that another follows must be full, since the writer creates the next one only then. In the last segment the first
/// place without a whole record is the end, unless <see cref="TornTail"/> finds that it was whole once. A writer may be at work
/// meanwhile, so whatever looks like damage is read again before it is called so.
/// </remarks>
internal sealed class SegmentScan(SegmentFolder folder, CheckpointTest isSigned, bool confirm, bool lends = false)
{
    private long last;
    private long position;
    private long index;
    private long bytes;
    private long tornBytes;

    // What was read to see whether its place is right.
    private RecordRead? entered;

    // Whether another record begins behind the batch that was found last.
    private bool isFollowed;

    // Keys that the log was given by records that were passed. What is read behind them may be signed by no other, and whoever was handed these records
    // has not told of it yet.
    private readonly List<VerifierKey> later = [];

    /// <summary>Where the scan ended; null until it did.</summary>
    public ScanEnd? End { get; private set; }

    /// <summary>The header of the last segment read.</summary>
    public SegmentHeader? LastHeader { get; private set; }

    /// <summary>The batches from entry <paramref name="from"/> on.</summary>
    /// <remarks>Holds back the last one: that a record begins behind a batch proves it durable, since no writer begins one before; and the very last is synced
    /// first. In the working copy of a database, where records are synced in groups, all of them are durable there.</remarks>
    public IEnumerable<Batch> Run(long from)
    {
        using IEnumerator<Batch> batches = Walk(from).GetEnumerator();
        Batch? held = null;
        while (true)
        {
            ExceptionDispatchInfo? damage = null;
            bool more = false;
            try
            {
                more = batches.MoveNext();
            }
            catch (TessraxException e)
            {
                damage = ExceptionDispatchInfo.Capture(e);
            }
            if (!more && damage is null && held is not null && confirm)
            {
                Confirm();
            }
            if (held is not null)
            {
                yield return held;
            }
            damage?.Throw();
            if (!more)
            {
                yield break;
            }
            held = batches.Current;
            if (isFollowed)
            {
                yield return held;
                held = null;
            }
        }
    }

    private IEnumerable<Batch> Walk(long from)
    {
        last = folder.FindLast();
        SegmentHeader? before = FindStart(from, out long number);
        for (bool more = true; more; number++)
        {
            using SegmentFile file = folder.Open(number);
            CheckSuccession(file, before);
            LastHeader = before = file.Header;
            // An erasure may have written the segment again since its places were noted.
            if (folder.Table(number, file.Header.Capacity).Last is { } known && !file.IsAt(known))
                folder.Forget(number);
            RecordTable table = Enter(file, from);
            bytes += position;
            while (index < file.EndIndex && Next(file) is { Batch: { } batch } read)
            {
                table.Add(read.Place);
                position = read.Place.End;
                index = batch.NextIndex;
                bytes += read.Place.Length;
                Follow(batch);
                if (index > from)
                {
                    isFollowed = index < file.EndIndex && file.IsBegunAt(position, index);
                    yield return batch;
                }
            }
            more = index == file.EndIndex && GoesOnAfter(file);
            if (!more)
            {
                End = new ScanEnd(index, bytes, tornBytes, file.ShownName, position);
            }
        }
    }

    // Begins as near to an entry as is known: in the first segment read, that may be in its middle.
    private RecordTable Enter(SegmentFile file, long from)
    {
        RecordTable table =
            from > file.Header.FirstIndex
                ? folder.KnownTable(file, from)
                : folder.Table(file.Number, file.Header.Capacity);
        (position, index) = table.Seek(from);
        if (!table.IsDerived || index >= file.EndIndex)
            return table;
        RecordRead read = file.ReadNext(position, index, lends);
        entered = read.State == RecordState.Whole ? read : null;
        if (entered is null)
        {
            // The places file is wrong, or the segment: reading it from its start tells.
            folder.Forget(file.Number);
            table = folder.Table(file.Number, file.Header.Capacity);
            (position, index) = table.Seek(from);
        }
        return table;
    }

    // The segment to begin with, and the header of the one before it.
    private SegmentHeader? FindStart(long from, out long number)
    {
        using SegmentFile first = folder.Open(0);
        number = Math.Min(from / first.Header.Capacity, last);
        if (number == 0)
        {
            return null;
        }
        using SegmentFile before = folder.Open(number - 1);
        return before.Header;
    }

    private static void CheckSuccession(SegmentFile file, SegmentHeader? before)
    {
        ReadOnlySpan<byte> previousId = before is null ? stackalloc byte[SegmentHeader.IdLength] : before.Id;
        if (!previousId.SequenceEqual(file.Header.PreviousId))
        {
            throw Damage.At(file.ShownName, 0, "the segment that follows the one before, not another ledger's");
        }
        if (before is not null && before.Capacity != file.Header.Capacity)
        {
            throw Damage.At(file.ShownName, 0, $"a segment for {before.Capacity} entries, like the one before");
        }
    }

    // The next record; null at the end of the ledger.
    private RecordRead? Next(SegmentFile file)
    {
        if (entered is { } known)
        {
            entered = null;
            return known;
        }
        RecordRead read = file.ReadNext(position, index, lends);
        if (read.State == RecordState.Whole)
        {
            return read;
        }
        if (read.State == RecordState.Bad)
        {
            TailFinding tail = TornTail.Look(file, position, index, IsSigned);
            bool ends =
                tail.LaterRecord < 0
                && tail.Bytes <= SegmentFormat.MaxRecord
                && file.Number == last
                && !folder.Exists(file.Number + 1);
            if (ends)
            {
                tornBytes = tail.Bytes;
                return null;
            }
            // The writer may have finished this record, and begun others, since it was read.
            file.Forget();
            read = file.ReadNext(position, index, lends);
        }
        return read.State == RecordState.Whole ? read : throw Damage.At(file.ShownName, position, read.Expected);
    }

    // Such an entry is the last of its record.
    private void Follow(Batch batch)
    {
        if (batch.Entries.Count > 0 && LogKeyTrail.KeyIn(batch.Entries[^1].Entry.Span) is { } key)
            later.Add(key);
    }

    private bool IsSigned(ReadOnlyMemory<byte> note, long size) =>
        isSigned(note, size)
        || later.Exists(key =>
            Checkpoint.TryOpen(note.Span, key, out Checkpoint? opened, out _) && opened.Head.Size == size
        );

    // A full segment ends in zeros; then the next one follows, which may be newer than the list of files.
    private bool GoesOnAfter(SegmentFile file)
    {
        TailFinding rest = TornTail.Look(file, position, index, IsSigned);
        if (rest.Bytes > 0)
        {
            throw Damage.At(file.ShownName, position, "only zeros after the last record of a full segment");
        }
        if (file.Number == last && folder.Exists(file.Number + 1))
        {
            last++;
        }
        return file.Number < last;
    }

    // fdatasync works on a file opened to be read. Where it does not (a read-only mount, Windows) the last batch is
    // shown without it: there is no writer on such a mount, or the platform offers no way.
    private void Confirm()
    {
        string path = folder.PathOf(last);
        IDiskFile file = DiskErrors.Reading(path, () => folder.Disk.Open(path, DiskAccess.Read));
        using (file)
        {
            try
            {
                file.SyncData();
            }
            catch (Exception e) when (DiskErrors.IsDisk(e) && !DiskErrors.CannotSync(e))
            {
                throw DiskErrors.WhileReading(e, path);
            }
            catch (Exception e) when (DiskErrors.CannotSync(e)) { }
        }
    }
}
