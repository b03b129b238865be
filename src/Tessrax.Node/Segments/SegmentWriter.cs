using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Segments;

/// <summary>Appends batches to a ledger's segments: when <see cref="Append(Batch)"/> returns, the batch is on disk.</summary>
/// <remarks>
/// The caller holds the ledger's <see cref="WriterLock"/>, and calls from one thread at a time. One append is
/// <code>
/// [the segment is full: create the next one]   open(.tmp) write fsync rename fsync(dir); ftruncate(full), write(full.idx)
/// [its zeros are used up: add more]            pwrite(zeros) fsync; not for a record of 64 KiB or more
/// pwrite(record)                               into zeros that are allocated; a long one where they end
/// fdatasync                                    the commit; nothing is released before it returns
/// </code>
/// When a step fails:
/// <list type="bullet">
/// <item>no space before or while the record is written: TSX3005. What was written of the record is zeroed and the zeros are
/// synced, so nothing of the batch remains, and the writer can go on.</item>
/// <item>anything else before the record is written: the code of its cause. Nothing of the batch is on disk; the writer is done.</item>
/// <item>anything else while the record is written, a failed fdatasync, or failing to zero: TSX3009. The batch may be on disk
/// or not; the next <see cref="Open"/> decides. The writer is done.</item>
/// </list>
/// A writer that is done answers every further call with TSX3009. It never reads a page again to see whether it landed: after
/// a failed fsync the cache shows bytes that the disk does not have.
///
/// Where a database decides what is durable, batches are appended loosely: readers see them at once, and they survive the end of the process; the disk has them after <see cref="Sync"/>, which may run
/// beside an append. What a crash of the machine leaves of them, <see cref="LooseTail"/> puts in order.
/// </remarks>
public sealed class SegmentWriter : IBatchStore
{
    private const int KeptBuffer = 1 << 20;

    // What is appended loosely before somebody waits for a sync; as much again may come while one is under way.
    private const int MostLoose = 8 << 20;

    /// <summary>How many bytes before the last record a failed sync may have left in the cache alone, at most.</summary>
    internal const long MostUnsure = (2L * MostLoose) + SegmentFormat.MaxRecord;

    private readonly SegmentFolder folder;
    private readonly RandomSource random;
    private readonly SegmentReader reader;
    private ActiveSegment active;
    private long tornBytes;
    private byte[] buffer = [];
    private string? done;

    // Bytes that were appended loosely since the last sync.
    private long loose;

    // Held by whoever makes them durable, and when the file that they are in becomes another one.
    private readonly Lock syncing = new();
    private volatile TessraxException? lost;
    private bool isClosed;

    private SegmentWriter(
        SegmentFolder folder,
        CheckpointTest isSigned,
        RandomSource random,
        ActiveSegment active,
        ScanEnd end
    )
    {
        this.folder = folder;
        this.random = random;
        this.active = active;
        reader = new SegmentReader(folder, isSigned);
        Size = end.Size;
        tornBytes = end.TornBytes;
    }

    /// <summary>The number of entries that are durable.</summary>
    public long Size { get; private set; }

    /// <summary>How many entries the next batch may have at most: a batch lies in one segment.</summary>
    public int Room => active.Capacity - (int)(Size % active.Capacity);

    /// <summary>Bytes of a write that was cut short, which the next append will overwrite with zeros first.</summary>
    public long TornBytes => tornBytes;

    /// <summary>Reads what is durable; it knows the places of all records from <see cref="Open"/> on.</summary>
    /// <exception cref="TessraxException">TSX3009 after a failure.</exception>
    public SegmentReader Reader
    {
        get
        {
            ThrowIfDone();
            return reader;
        }
    }

    IBatchReader IBatchStore.Reader => Reader;

    /// <summary>Makes the segments of a new ledger, with the first one empty. The ledger's directory exists.</summary>
    /// <param name="directory">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation.</param>
    /// <param name="random">Draws the ids of new segments.</param>
    /// <param name="entriesPerSegment">Other than 65,536 in tests only.</param>
    /// <param name="segmentDirectories">Where segments lie, absolute or relative to the ledger; null or none for <c>segments</c> alone.</param>
    /// <exception cref="TessraxException">TSX3010 if there are segments; 3005, 3006, 3008, 3009.</exception>
    public static SegmentWriter Create(
        string directory,
        IDisk disk,
        CheckpointTest isSigned,
        RandomSource random,
        int entriesPerSegment = SegmentFormat.EntriesPerSegment,
        IReadOnlyList<string>? segmentDirectories = null
    )
    {
        var folder = new SegmentFolder(directory, disk, segmentDirectories ?? []);
        ArgumentNullException.ThrowIfNull(isSigned);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(entriesPerSegment, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entriesPerSegment, SegmentFormat.EntriesPerSegment);
        foreach (string place in folder.Directories)
            DiskErrors.Writing(place, () => disk.CreateDirectory(place));
        if (folder.Numbers().Count > 0)
        {
            throw ErrorCodes.AlreadyExists.Because($"{string.Join(", ", folder.Directories)} holds segments already");
        }
        foreach (string above in folder.Directories.Select(place => Path.GetDirectoryName(place)!).Distinct())
            DiskErrors.Writing(above, () => disk.SyncDirectory(above));
        var header = new SegmentHeader(entriesPerSegment, NewId(random), 0, new byte[SegmentHeader.IdLength]);
        ActiveSegment? active = null;
        DiskErrors.Writing(folder.DirectoryOf(0), () => active = ActiveSegment.Create(folder, 0, header));
        var end = new ScanEnd(0, SegmentHeader.Length, 0, folder.ShownName(0), SegmentHeader.Length);
        return new SegmentWriter(folder, isSigned, random, active!, end);
    }

    /// <summary>Opens the segments to append, after reading them all: recovery is reading.</summary>
    /// <remarks>A refused open changes nothing. One that succeeds has written the last record again, byte for byte, and synced
    /// it: it may have been read from the cache of a process that died, or whose sync failed, without being on disk. A torn tail
    /// stays as it is until the first append or <see cref="DropTornTail"/>, so that the caller can look at <paramref name="end"/>.</remarks>
    /// <param name="directory">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation.</param>
    /// <param name="random">Draws the ids of new segments.</param>
    /// <param name="replay">Gets every batch in order.</param>
    /// <param name="end">What was found at the end.</param>
    /// <exception cref="TessraxException">TSX3001, 3003, 3013, or as <see cref="Append(Batch)"/>.</exception>
    public static SegmentWriter Open(
        string directory,
        IDisk disk,
        CheckpointTest isSigned,
        RandomSource random,
        Action<Batch> replay,
        out ScanEnd end
    )
    {
        ArgumentNullException.ThrowIfNull(replay);
        return Recover(new SegmentFolder(directory, disk), isSigned, random, 0, 0, replay, out end);
    }

    /// <summary>The same after the caller has read what lies before entry <paramref name="from"/>, and that entry too.</summary>
    /// <param name="folder">The segments.</param>
    /// <param name="isSigned">Tells a true checkpoint from an imitation.</param>
    /// <param name="random">Draws the ids of new segments.</param>
    /// <param name="from">The last entry that the caller has read.</param>
    /// <param name="unsure">How many bytes before the last record are written again with it: <see cref="MostUnsure"/> where batches are appended loosely, unless they are known to be durable.</param>
    /// <param name="end">What was found at the end.</param>
    internal static SegmentWriter OpenFrom(
        SegmentFolder folder,
        CheckpointTest isSigned,
        RandomSource random,
        long from,
        long unsure,
        out ScanEnd end
    ) => Recover(folder, isSigned, random, from, unsure, static _ => { }, out end);

    private static SegmentWriter Recover(
        SegmentFolder folder,
        CheckpointTest isSigned,
        RandomSource random,
        long from,
        long unsure,
        Action<Batch> replay,
        out ScanEnd end
    )
    {
        ArgumentNullException.ThrowIfNull(isSigned);
        ArgumentNullException.ThrowIfNull(random);
        var scan = new SegmentScan(folder, isSigned, confirm: false);
        foreach (Batch batch in scan.Run(from))
        {
            replay(batch);
        }
        end = scan.End!;
        return new SegmentWriter(folder, isSigned, random, ActiveSegment.Open(folder, scan, unsure), end);
    }

    /// <summary>Appends one batch, durably.</summary>
    /// <exception cref="ArgumentException">The batch does not begin at <see cref="Size"/>, has more entries than <see cref="Room"/>,
    /// or breaks a limit of <see cref="SegmentFormat"/>.</exception>
    /// <exception cref="TessraxException">See the remarks of the class.</exception>
    public void Append(Batch batch)
    {
        ThrowIfDone();
        int length = BatchCheck.RecordLength(batch, Size, Room);
        MakeRoom(length);
        Release(Encode(batch, length), batch.Entries.Count);
    }

    /// <summary>Appends one batch that a database has made durable. <see cref="Sync"/> makes it durable here, too.</summary>
    /// <exception cref="ArgumentException">As <see cref="Append(Batch)"/>.</exception>
    /// <exception cref="TessraxException">See the remarks of the class.</exception>
    internal void AppendLoosely(Batch batch)
    {
        ThrowIfDone();
        int length = BatchCheck.RecordLength(batch, Size, Room);
        MakeRoom();
        ReleaseLoosely(Encode(batch, length), batch.Entries.Count);
    }

    /// <summary>Appends one batch that was built entry by entry, durably.</summary>
    /// <exception cref="ArgumentException">As <see cref="Append(Batch)"/>.</exception>
    /// <exception cref="TessraxException">See the remarks of the class.</exception>
    internal void Append(RecordBuilder record, ReadOnlySpan<byte> checkpoint)
    {
        ThrowIfDone();
        MakeRoom(BatchCheck.RecordLength(record, checkpoint.Length, Size, Room));
        Release(record.Complete(checkpoint, active.Id, active.Position), record.Count);
    }

    /// <summary>The same, loosely.</summary>
    /// <exception cref="ArgumentException">As <see cref="Append(Batch)"/>.</exception>
    /// <exception cref="TessraxException">See the remarks of the class.</exception>
    internal void AppendLoosely(RecordBuilder record, ReadOnlySpan<byte> checkpoint)
    {
        ThrowIfDone();
        BatchCheck.RecordLength(record, checkpoint.Length, Size, Room);
        MakeRoom();
        ReleaseLoosely(record.Complete(checkpoint, active.Id, active.Position), record.Count);
    }

    /// <summary>Makes durable what was appended loosely before the call. Any thread may call it, also beside an append.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it may be on disk or not; the writer is done.</exception>
    internal void Sync()
    {
        lock (syncing)
        {
            // What a sync lost is not brought to the disk by another one.
            if (lost is { } failed)
                throw failed;
            if (isClosed || Interlocked.Exchange(ref loose, 0) == 0)
                return;
            try
            {
                active.Sync();
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                lost = DiskErrors.WhileWriting(e, active.Path);
                throw lost;
            }
        }
    }

    /// <summary>Refuses to go on after a failure: nothing more can be appended.</summary>
    /// <exception cref="TessraxException">Why not.</exception>
    internal void ThrowIfDone()
    {
        if (lost is { } error)
            throw error;
        if (done is not null)
        {
            throw ErrorCodes.OutcomeUnknown.Because($"this writer has stopped: {done}");
        }
    }

    /// <summary>Overwrites a torn tail with zeros, durably. <see cref="Append(Batch)"/> does it too.</summary>
    public void DropTornTail()
    {
        ThrowIfDone();
        if (tornBytes > 0)
        {
            Prepare(() => active.Erase(tornBytes));
            tornBytes = 0;
        }
    }

    /// <summary>Writes down where some records of the active segment are, for who looks for its end. May run beside an append.</summary>
    /// <exception cref="TessraxException">It cannot be written; nothing else is touched by that.</exception>
    internal void NoteTail()
    {
        if (done is not null)
            return;
        ActiveSegment now = active;
        RecordPlace[] places = folder.Table(now.Number, now.Capacity).All();
        TailFile.Write(folder.Disk, now.Path, now.Header, TailFile.Choose(places));
    }

    /// <summary>Closes the files and removes what <see cref="Create"/> made: there will be no ledger.</summary>
    internal void Discard()
    {
        Dispose();
        done = "there will be no ledger";
        try
        {
            folder.Disk.Delete(active.Path);
            folder.Disk.Delete(TailFile.PathOf(active.Path));
        }
        catch (Exception e) when (DiskErrors.IsDisk(e)) { }
    }

    /// <summary>Closes the files, once what was appended loosely is durable, as far as that can be. Nothing waits to be written.</summary>
    public void Dispose()
    {
        lock (syncing)
        {
            try
            {
                Sync();
            }
            catch (TessraxException)
            {
                // The database has it.
            }
            isClosed = true;
            active.Dispose();
        }
        reader.Dispose();
    }

    private static byte[] NewId(RandomSource random)
    {
        byte[] id = new byte[SegmentHeader.IdLength];
        random(id);
        return id;
    }

    private void Roll()
    {
        // Behind the last segment nothing is in disorder.
        Sync();
        long number = active.Number + 1;
        var header = new SegmentHeader(active.Capacity, NewId(random), Size, active.Id);
        ActiveSegment next = ActiveSegment.Create(folder, number, header);
        using ActiveSegment full = active;
        lock (syncing)
            active = next;
        Finish(full);
    }

    // Nothing of this is needed, and all of it can be done later.
    private void Finish(ActiveSegment full)
    {
        try
        {
            full.GiveBack();
            PlacesFile.Write(folder.Disk, full.Path, full.Header, folder.Table(full.Number, full.Capacity).All());
            folder.Disk.Delete(TailFile.PathOf(full.Path));
        }
        catch (Exception e) when (e is TessraxException || DiskErrors.IsDisk(e)) { }
    }

    private void MakeRoom()
    {
        DropTornTail();
        if (Size == active.EndIndex)
        {
            Prepare(Roll);
        }
    }

    private void MakeRoom(int length)
    {
        MakeRoom();
        if (active.NeedsZeros(length))
        {
            Prepare(() => active.Reserve(length));
        }
    }

    private void Release(ReadOnlySpan<byte> record, int entries)
    {
        Write(record);
        Commit();
        Note(record.Length, entries);
    }

    // Zeros before it would spare a sync the file's length, and cost one of their own.
    private void ReleaseLoosely(ReadOnlySpan<byte> record, int entries)
    {
        Write(record);
        done = null;
        Note(record.Length, entries);
        if (Interlocked.Add(ref loose, record.Length) > MostLoose)
            Sync();
    }

    private void Note(int length, int entries)
    {
        var place = new RecordPlace(active.Position, length, Size, entries);
        folder.Table(active.Number, active.Capacity).Add(place);
        active.Position += length;
        Size += entries;
    }

    private ReadOnlySpan<byte> Encode(Batch batch, int length)
    {
        byte[] bytes = length <= buffer.Length ? buffer : new byte[length];
        if (length <= KeptBuffer)
        {
            buffer = bytes;
        }
        Span<byte> record = bytes.AsSpan(0, length);
        RecordCodec.Write(batch, active.Id, active.Position, record);
        return record;
    }

    // A step before the record is written: it may fail without harm for want of space only.
    private void Prepare(Action step)
    {
        done = "an append did not finish";
        try
        {
            step();
            done = null;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            TessraxException error = DiskErrors.WhileWriting(e, active.Path);
            done = DiskErrors.IsDiskFull(e) ? null : error.Message;
            throw error;
        }
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        done = "an append did not finish";
        try
        {
            active.Write(record);
        }
        catch (Exception e) when (DiskErrors.IsDiskFull(e))
        {
            try
            {
                active.Erase(record.Length);
            }
            catch (Exception again) when (DiskErrors.IsDisk(again))
            {
                throw Unknown(again);
            }
            done = null;
            throw DiskErrors.WhileWriting(e, active.Path);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw Unknown(e);
        }
    }

    private void Commit()
    {
        try
        {
            active.Sync();
            done = null;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw Unknown(e);
        }
    }

    private TessraxException Unknown(Exception cause)
    {
        done = $"{active.Path} was not confirmed by the disk: {cause.Message}";
        return new TessraxException(ErrorCodes.OutcomeUnknown, done, null, cause);
    }
}
