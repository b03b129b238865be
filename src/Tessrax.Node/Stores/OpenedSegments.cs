using Tessrax.Node.Appending;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>A ledger's segments, open to be appended to, and what their entries add up to. The writer's lock is held.</summary>
/// <param name="Environment">Disk and clock.</param>
/// <param name="Directory">Where.</param>
/// <param name="Segments">The segments; whoever opened them disposes them.</param>
/// <param name="Replay">What was read, confirmed by the signed root.</param>
/// <param name="End">What was found at the end.</param>
internal sealed record OpenedSegments(
    NodeEnvironment Environment,
    LedgerDirectory Directory,
    SegmentWriter Segments,
    LedgerReplay Replay,
    ScanEnd End
)
{
    /// <summary>Recovers and folds what is there.</summary>
    /// <exception cref="TessraxException">As <see cref="Read"/> and <see cref="SegmentWriter.Open"/>.</exception>
    public static OpenedSegments Open(LedgerDirectory directory, NodeEnvironment environment)
    {
        (SegmentFolder folder, LedgerReplay replay) = Read(directory, environment);
        SegmentWriter segments = SegmentWriter.OpenFrom(
            folder,
            replay.IsSigned,
            environment.Random,
            replay.Tree.Size - 1,
            UnsureOf(directory.Path, environment),
            out ScanEnd end
        );
        return new OpenedSegments(environment, directory, segments, replay, end);
    }

    /// <summary>Folds what is there; of a working copy, once what a crash of the machine left in disorder at its end was taken away. The writer's lock is held.</summary>
    /// <param name="directory">The ledger.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="mayLack">As <see cref="LedgerReplay.MayLack"/>.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerOpening.Read"/>, and as <see cref="LooseTail.Drop"/>.</exception>
    public static (SegmentFolder Folder, LedgerReplay Replay) Read(
        LedgerDirectory directory,
        NodeEnvironment environment,
        bool mayLack = false
    )
    {
        while (true)
        {
            SegmentFolder folder = FolderOf(directory, environment);
            var opening = new LedgerOpening(directory, environment.Disk, canWrite: true) { MayLack = mayLack };
            try
            {
                using var reader = new SegmentReader(folder, opening.IsSigned, confirm: false);
                return (folder, opening.Read(reader));
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
            {
                // Each turn makes the copy shorter.
                if (
                    StorePlace.Find(directory.Path, environment.Disk) is not { } place
                    || !LooseTail.Drop(directory, environment, opening.IsSigned, place.Address)
                )
                    throw;
            }
        }
    }

    /// <summary>The same for a directory that is becoming a ledger: there may be none, or some, of its batches, and payloads that were lost before are none of our business.</summary>
    /// <exception cref="TessraxException">TSX3003: what is there is not what was signed; and as <see cref="SegmentWriter.Open"/>.</exception>
    public static OpenedSegments OpenUnfinished(LedgerDirectory directory, NodeEnvironment environment)
    {
        var replay = new LedgerReplay(directory, environment.Disk, canWrite: true) { MayGoOn = true, MayLack = true };
        SegmentFolder folder = FolderOf(directory, environment);
        if (!System.IO.Directory.Exists(folder.DirectoryOf(0)) || folder.Numbers().Count == 0)
            SegmentWriter.Create(directory.Path, environment.Disk, replay.IsSigned, environment.Random).Dispose();
        using (var reader = new SegmentReader(folder, replay.IsSigned, confirm: false))
        {
            replay.ReadEntriesFrom(() => reader);
            foreach (Batch batch in reader.LendAll())
            {
                replay.Add(batch);
                SegmentReader.GiveBack(batch);
            }
            if (replay.Tree.Size > 0)
                replay.Finish();
        }
        SegmentWriter segments = SegmentWriter.OpenFrom(
            folder,
            replay.IsSigned,
            environment.Random,
            Math.Max(0, replay.Tree.Size - 1),
            UnsureOf(directory.Path, environment),
            out ScanEnd end
        );
        return new OpenedSegments(environment, directory, segments, replay, end);
    }

    /// <summary>How much at the end of a ledger's segments may be in the cache alone: in a working copy, what a sync has lost that nobody waited for.</summary>
    public static long UnsureOf(string path, NodeEnvironment environment) =>
        StorePlace.IsNamed(path, environment.Disk) ? SegmentWriter.MostUnsure : 0;

    /// <summary>Where a ledger's segments lie.</summary>
    public static SegmentFolder FolderOf(LedgerDirectory directory, NodeEnvironment environment) =>
        new(directory.Path, environment.Disk, directory.Layout.SegmentDirectories);

    /// <summary>Refuses a database that has less than the segments.</summary>
    /// <exception cref="TessraxException">TSX3004.</exception>
    public static void RequireNotBehind(long size, long there, string address, string path)
    {
        if (there < size)
            throw ErrorCodes.Behind.Because(
                $"{address} has {there} entries, but its working copy here {size}: the database was set back to an older state",
                ShellText.Of(
                    $"find the newer state; if it is lost, and nobody has gone on from the older one, give the database what is missing: tessraxctl move {path} {address}"
                )
            );
    }

    /// <summary>Appends what a database has beyond them: batches that a crash kept from the directory, or that another machine has written. Each is held to its signed root before it is written.</summary>
    /// <param name="source">The ledger in the database.</param>
    /// <param name="progress">Told how many entries are there.</param>
    /// <param name="cancellation">Ends it between two batches; it goes on there the next time.</param>
    /// <returns>How many entries came.</returns>
    /// <exception cref="TessraxException">TSX3004: the database has less than the directory; TSX3052: it has something else; TSX3003: what it has is not what was signed.</exception>
    public long CatchUp(LedgerSource source, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        long size = Segments.Size;
        long there = source.Look().Size;
        RequireNotBehind(size, there, source.Address, Directory.Path);
        if (size > 0)
            StoreComparison.RequireSameLeaves(
                Segments.Reader.ReadBatch(size - 1),
                source.BatchOf(size - 1),
                source.Address
            );
        Replay.ReadEntriesFrom(() => Segments.Reader);
        CopyWriter? writer = null;
        while (Segments.Size < there)
        {
            writer ??= new CopyWriter(Environment, Directory, Replay);
            TakeUpTo(there, source, writer, progress, cancellation);
            // A payload may be gone there that an entry erases which came after we looked.
            if (Replay.LacksPayload)
                there = Math.Max(there, source.Look().Size);
        }
        writer?.Finish(Segments);
        Replay.RequireErased();
        return Segments.Size - size;
    }

    private void TakeUpTo(
        long size,
        LedgerSource source,
        CopyWriter writer,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        foreach (Batch batch in source.Reader.ReadAll(Segments.Size))
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.NextIndex > size)
                break;
            writer.Take(Segments, batch);
            progress?.Report(Segments.Size);
        }
        if (Segments.Size != size)
            throw ErrorCodes.Damaged.Because(
                $"{source.Address} says that the ledger has {size} entries, but its batches end at {Segments.Size}"
            );
    }
}
