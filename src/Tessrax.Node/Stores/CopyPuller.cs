using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Stores;

/// <summary>Takes over into a working copy what its database has beyond it, as often as it is asked to: between two times it remembers what the entries add up to. No fencing number is drawn, so whoever writes goes on.</summary>
/// <remarks>
/// The database is read without the directory's lock, some megabytes at a time; the lock is held while these are checked and written, and let go again. So two never append to the segments, and whoever wants to open
/// the ledger to write waits for a moment only. Not safe for concurrent use.
/// </remarks>
public sealed class CopyPuller : IDisposable
{
    private const long SliceBytes = 16 << 20;

    // Each slice waits for the disk. Who waits for the lock meanwhile has patience for more than this.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(500);

    // So that somebody else has a chance: whoever waits looks every 20 ms.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(50);

    private readonly NodeEnvironment environment;
    private readonly LedgerDirectory directory;
    private readonly IStoreDatabase database;
    private bool hasSchema;

    // All of it is of the same moment, or null.
    private SegmentFolder? folder;
    private LedgerReplay? replay;
    private CopyWriter? writer;
    private TreeHead here;
    private long erased;

    private SegmentReader? indexed;
    private IndexFollower? index;

    /// <param name="path">The working copy.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <exception cref="TessraxException">TSX1012: it is none; and those of opening a ledger's directory and of its address.</exception>
    public CopyPuller(string path, NodeEnvironment environment)
    {
        this.environment = environment;
        directory = LedgerDirectory.Open(path, environment.Disk);
        Place =
            StorePlace.Find(path, environment.Disk)
            ?? throw ErrorCodes.BadUsage.Because(
                $"{path} is in its files, and not the working copy of a database",
                "there is nothing that it could take over"
            );
        database = LedgerStores.Connect(Place.Address, environment);
    }

    /// <summary>What the directory said when it was opened.</summary>
    internal StorePlace Place { get; }

    /// <summary>The database, without a password.</summary>
    public string Address => database.Address;

    /// <summary>What the database said of the ledger when it was asked last; null before.</summary>
    public StoredLedger? There { get; private set; }

    /// <summary>Takes over what is there when it is called; not what is written meanwhile.</summary>
    /// <param name="progress">Told how many entries are here.</param>
    /// <param name="cancellation">Ends it between two steps; what was taken over stays.</param>
    /// <exception cref="TessraxException">TSX3001: the database does not have the ledger; TSX3002: somebody has the directory open to write, who brings it up to date; TSX3003: what the database has is not what was signed;
    /// TSX3004: it was set back to an older state; TSX3052: it has another history, or does not decide on the ledger any more; TSX3029, TSX3030: the directory was restored to be read; TSX3049 to TSX3051: the database; TSX3005 to TSX3009: the disk.</exception>
    public LedgerPulled Pull(IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (!hasSchema)
            database.RequireSchema();
        hasSchema = true;
        using IBatchReader reader = database.Read(directory.Id);
        LedgerSource source = LedgerSource.Of(database, directory.Id, reader);
        long copied = 0;
        erased = 0;
        // What comes meanwhile is for the next time: a ledger that is written to without rest would never be caught up with.
        StoredLedger there = Look(source);
        for (bool isFirst = true; ; isFirst = false)
        {
            cancellation.ThrowIfCancellationRequested();
            if (replay is null)
                Hold(static _ => { });
            // Another one was quicker, and may know more.
            if (here.Size > there.Size)
                there = Look(source);
            if (here.Size == there.Size)
            {
                RequireSame(source, there);
                return new LedgerPulled(Address, here.Size, copied, erased, writer!.Warning);
            }
            OpenedSegments.RequireNotBehind(here.Size, there.Size, Address, directory.Path);
            if (!isFirst)
                cancellation.WaitHandle.WaitOne(Gap);
            long from = here.Size;
            List<Batch> slice = ReadSlice(source, from, there.Size);
            Hold(segments =>
            {
                // Another one may have been quicker.
                if (segments.Size == from)
                    copied += Take(segments, slice, progress);
            });
        }
    }

    public void Dispose()
    {
        index?.Dispose();
        index = null;
        indexed?.Dispose();
        database.Dispose();
    }

    private StoredLedger Look(LedgerSource source)
    {
        StoredLedger there = source.Look();
        There = there;
        OpenedStore.RequireOpen(there, Address, directory, environment.Disk);
        return there;
    }

    // At the same size, too, there may be another history.
    private void RequireSame(LedgerSource source, StoredLedger there)
    {
        replay!.RequireErased();
        if (there.Root == here.Root)
            return;
        Batch last = source.BatchOf(here.Size - 1);
        Hold(segments => StoreComparison.RequireSameLeaves(segments.Reader.ReadBatch(here.Size - 1), last, Address));
        throw ErrorCodes.StoreMismatch.Because(
            $"{Address} has the same batches, but names another root than the {here.Size} entries give"
        );
    }

    // The batch with the last entry that is here, if there is one; then what follows it, up to a size that the ledger had there.
    private List<Batch> ReadSlice(LedgerSource source, long from, long size)
    {
        var slice = new List<Batch>();
        long bytes = 0;
        foreach (Batch batch in source.Reader.ReadAll(Math.Max(0, from - 1)))
        {
            if (batch.NextIndex > size || bytes > SliceBytes)
                break;
            slice.Add(batch);
            bytes += batch.Entries.Sum(entry => (long)entry.Entry.Length + entry.Payload.Length);
        }
        long end = slice.Count == 0 ? 0 : slice[^1].NextIndex;
        return end > from
            ? slice
            : throw ErrorCodes.Damaged.Because(
                $"{Address} says that the ledger has {size} entries, but its batches end at {Math.Max(from, end)}"
            );
    }

    private long Take(SegmentWriter segments, List<Batch> slice, IProgress<long>? progress)
    {
        long from = segments.Size;
        int known = from == 0 ? 0 : 1;
        if (known > 0)
            StoreComparison.RequireSameLeaves(segments.Reader.ReadBatch(from - 1), slice[0], Address);
        long began = environment.Clock.GetTimestamp();
        foreach (Batch batch in slice.Skip(known))
        {
            writer!.Take(segments, batch);
            progress?.Report(segments.Size);
            if (environment.Clock.GetElapsedTime(began) > LongestHold)
                break;
        }
        writer!.Finish(segments);
        index ??= IndexFollower.Start(directory, environment, () => indexed!);
        index?.Note(segments.Size);
        return segments.Size - from;
    }

    // Segments are written again, the active one too: nobody may have it open to write meanwhile, nor read by its places.
    private void Erase(SegmentWriter segments, LedgerReplay now)
    {
        var eraser = new PayloadEraser(directory, environment.Disk, environment.Clock, now.Fold);
        if (!eraser.IsDue)
        {
            eraser.Settle();
            return;
        }
        // Those in the database are for whoever writes there; here may lie what was prepared before the ledger went there.
        TransactionDesk.ForgetErased(
            new TransactionFolder(directory, environment.Disk),
            now.Fold,
            from => segments.Reader.EntriesFrom(from).Select(leaf => Entry.Parse(leaf.Span)),
            UtcTime.Now(environment.Clock)
        );
        segments.Dispose();
        IPreparedReader prepared = database.Prepared(directory.Id);
        ErasureDone done = index is null ? eraser.Run(prepared) : index.Pause(() => eraser.Run(prepared));
        index?.Note(here.Size);
        // They are other files now.
        folder = null;
        erased += done.Payloads;
    }

    // Does something while nobody else can append, once all that is here was read.
    private void Hold(Action<SegmentWriter> work)
    {
        using WriterLock held = WriterLock.AcquireToPull(directory.Path);
        if (StorePlace.Find(directory.Path, environment.Disk) != Place)
            throw ErrorCodes.StoreMismatch.Because($"{directory.Path} is the working copy of {Address} no more");
        RestoreMarker.Refuse(directory.Path, environment.Disk);
        try
        {
            long before = replay is null ? -1 : here.Size;
            LedgerReplay now = replay = GoOn();
            // What this one brought here is durable; what another one brought may have been lost by a sync that nobody waited for.
            long unsure = now.Tree.Size == before ? 0 : SegmentWriter.MostUnsure;
            using SegmentWriter segments = SegmentWriter.OpenFrom(
                folder!,
                now.IsSigned,
                environment.Random,
                now.Tree.Size - 1,
                unsure,
                out _
            );
            now.ReadEntriesFrom(() => segments.Reader);
            work(segments);
            here = now.Tree.Head;
            Erase(segments, now);
        }
        catch
        {
            // Of what was folded, nobody knows how far it came.
            replay = null;
            throw;
        }
    }

    private LedgerReplay GoOn()
    {
        if (replay is { } known && folder is not null && TryGoOn(folder, known))
        {
            if (known.Tree.Size > here.Size)
                writer = new CopyWriter(environment, directory, known);
            return known;
        }
        directory.DropRemains(environment.Disk);
        (folder, known) = OpenedSegments.Read(directory, environment, mayLack: true);
        writer = new CopyWriter(environment, directory, known);
        if (index is null)
            ReadForIndex(known);
        else
            index.Pause(() => ReadForIndex(known));
        return known;
    }

    private SegmentReader ReadForIndex(LedgerReplay by)
    {
        indexed?.Dispose();
        return indexed = new SegmentReader(directory.Path, environment.Disk, by.IsSigned);
    }

    private static bool TryGoOn(SegmentFolder folder, LedgerReplay replay)
    {
        using var reader = new SegmentReader(folder, replay.IsSigned, confirm: false);
        replay.ReadEntriesFrom(() => reader);
        return replay.TryGoOn(reader);
    }
}
