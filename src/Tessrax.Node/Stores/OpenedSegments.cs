using Tessrax.Node.Appending;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>A ledger's segments, open to be appended to, and what their entries add up to. The writer's lock is held.</summary>
/// <param name="Directory">Where.</param>
/// <param name="Segments">The segments; whoever opened them disposes them.</param>
/// <param name="Replay">What was read, confirmed by the signed root.</param>
/// <param name="End">What was found at the end.</param>
internal sealed record OpenedSegments(
    LedgerDirectory Directory,
    SegmentWriter Segments,
    LedgerReplay Replay,
    ScanEnd End
)
{
    /// <summary>Recovers and folds what is there.</summary>
    /// <exception cref="TessraxException">As <see cref="LedgerOpening.Read"/> and <see cref="SegmentWriter.Open"/>.</exception>
    public static OpenedSegments Open(LedgerDirectory directory, NodeEnvironment environment)
    {
        var opening = new LedgerOpening(directory, environment.Disk, canWrite: true);
        var folder = new SegmentFolder(directory.Path, environment.Disk, directory.Layout.SegmentDirectories);
        LedgerReplay replay;
        using (var reader = new SegmentReader(folder, opening.IsSigned, confirm: false))
            replay = opening.Read(reader);
        SegmentWriter segments = SegmentWriter.OpenFrom(
            folder,
            replay.IsSigned,
            environment.Random,
            replay.Tree.Size - 1,
            out ScanEnd end
        );
        return new OpenedSegments(directory, segments, replay, end);
    }

    /// <summary>Refuses a database that has less than the segments.</summary>
    /// <exception cref="TessraxException">TSX3004.</exception>
    public void RequireNotBehind(long there, string address)
    {
        if (there < Segments.Size)
            throw ErrorCodes.Behind.Because(
                $"{address} has {there} entries, but its working copy here {Segments.Size}: the database was set back to an older state",
                ShellText.Of(
                    $"find the newer state; if it is lost, and nobody has gone on from the older one, give the database what is missing: tessraxctl move {Directory.Path} {address}"
                )
            );
    }

    /// <summary>Appends what a database has beyond them: batches that a crash kept from the directory, or that another machine has written. Each is held to its signed root before it is written.</summary>
    /// <param name="opened">The database's ledger, whose writer this process is.</param>
    /// <param name="progress">Told how many entries are there.</param>
    /// <param name="cancellation">Ends it between two batches; it goes on there the next time.</param>
    /// <returns>How many entries came.</returns>
    /// <exception cref="TessraxException">TSX3004: the database has less than the directory; TSX3052: it has something else; TSX3003: what it has is not what was signed.</exception>
    public long CatchUp(OpenedStore opened, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        long size = Segments.Size;
        IBatchStore store = opened.Store;
        RequireNotBehind(store.Size, opened.Address);
        if (size > 0)
            StoreComparison.RequireSameLeaves(
                Segments.Reader.ReadBatch(size - 1),
                opened.BatchOf(size - 1),
                opened.Address
            );
        foreach (Batch batch in store.Reader.ReadAll(size))
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.NextIndex > store.Size)
                break;
            Replay.Add(batch);
            Replay.RequireSigned();
            Segments.Append(batch);
            progress?.Report(Segments.Size);
        }
        if (Segments.Size != store.Size)
            throw ErrorCodes.Damaged.Because(
                $"{opened.Address} says that the ledger has {store.Size} entries, but its batches end at {Segments.Size}"
            );
        if (Segments.Size > size)
            Replay.Finish();
        Replay.RequireErased();
        return Segments.Size - size;
    }
}
