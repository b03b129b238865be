using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Transactions;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Stores;

/// <summary>What a move, or a comparison, has found to be the same on both sides.</summary>
/// <param name="Address">The database, without a password.</param>
/// <param name="Head">The tree.</param>
/// <param name="Checkpoints">How many checkpoints there are, one a batch.</param>
/// <param name="Copied">How many entries were copied by this run.</param>
public sealed record LedgerMoved(string Address, TreeHead Head, long Checkpoints, long Copied);

/// <summary>Moves a ledger from the files of its directory to a database, and back. The directory stays what every verb reads; what moves is the place that decides what is durable.</summary>
/// <remarks>
/// Batches are copied as they are, in order, so that what was cut short goes on where it ended. Then both sides are read and compared whole: every leaf, payload and checkpoint, and every root with that of the
/// leaves before it. Only then the ledger is switched. Nobody may write to it meanwhile. Prepared receipts go along, with what was decided on them; keys and evidence stay in the directory.
/// </remarks>
/// <param name="environment">Disk, clock and the user's directories.</param>
public sealed class LedgerMove(NodeEnvironment environment)
{
    /// <summary>Told how many entries were copied, then how many were compared.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Moves a ledger into a database. Run again, it goes on where it was cut short; a ledger that is there already is compared and left as it is.</summary>
    /// <param name="path">The ledger's directory, which becomes its working copy.</param>
    /// <param name="address">The database, whose tables were made.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">TSX3001 to TSX3004: the directory; TSX3049 to TSX3051: the database; TSX3052: they hold different ledgers, and nothing was switched.</exception>
    public LedgerMoved ToDatabase(string path, string address, CancellationToken cancellation = default)
    {
        using Held held = Hold(path);
        LedgerDirectory directory = held.Directory;
        StorePlace? before = StorePlace.Find(path, environment.Disk);
        MakeRoom(directory, address, before);
        MoveToken own = MoveToken.Find(path, environment.Disk);
        using OpenedStore opened = OpenedStore.Open(
            address,
            directory.Id,
            environment,
            (source, there) => RequireOwn(there, source.Address, path, before is not null, own)
        );
        StoredLedger found = opened.Store.Facts;
        OpenedSegments open = OpenedSegments.Open(directory, environment);
        using SegmentWriter segments = open.Segments;
        LedgerMark.RequireNewest(environment, directory.Id, open.Replay);
        // A database that lost what its working copy has, in a failover for example, is given it again by the copying below.
        if (found.State == StoreState.Open && found.Size >= segments.Size)
            open.CatchUp(opened.Source, Progress, cancellation);
        else if (found.State != StoreState.Open)
            opened.Store.Become(StoreState.Filling, Claim(found, own, path));
        open.Replay.RequireErased();
        long copied = Copy(segments, opened, cancellation);
        StoreComparison same = Compare(directory, segments, opened, cancellation);
        opened.Store.Erase(same.ErasedInFirst);
        if (same.ErasedInSecond.Count > 0)
            throw StillHere(directory, same.ErasedInSecond[0]);
        var files = new TransactionFolder(directory, environment.Disk);
        IReadOnlyCollection<TransactionToken> prepared = PreparedMove.Take(files, opened.Store.Prepared);
        // The directory first: from then on nobody appends to its segments alone, whatever becomes of this process.
        new StorePlace(opened.Address).Write(path, environment.Disk);
        opened.Store.Become(StoreState.Open, MoveToken.None);
        files.Drop(prepared);
        return new LedgerMoved(opened.Address, same.Head, same.Batches, copied);
    }

    /// <summary>Moves a ledger from a database to the files of its working copy. Run again, it goes on where it was cut short.</summary>
    /// <param name="address">The database.</param>
    /// <param name="path">The working copy.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">As <see cref="ToDatabase"/>.</exception>
    public LedgerMoved ToDirectory(string address, string path, CancellationToken cancellation = default)
    {
        using Held held = Hold(path);
        LedgerDirectory directory = held.Directory;
        MoveToken own = MoveToken.Find(path, environment.Disk);
        using OpenedStore opened = OpenWorkingCopy(
            directory,
            address,
            (source, there) => RequireLeaving(there, source.Address, directory, own)
        );
        OpenedSegments open = OpenedSegments.Open(directory, environment);
        using SegmentWriter segments = open.Segments;
        long copied = open.CatchUp(opened.Source, Progress, cancellation);
        LedgerMark.RequireNewest(environment, directory.Id, open.Replay);
        StoreComparison same = Compare(directory, segments, opened, cancellation);
        if (same.ErasedInSecond.Count > 0)
            throw StillHere(directory, same.ErasedInSecond[0]);
        opened.Store.Erase(same.ErasedInFirst);
        // Those of a ledger that has left lie in the files already.
        if (opened.Store.Facts.State == StoreState.Open)
            PreparedMove.BringBack(directory, environment.Disk, opened.Store.Prepared);
        // The database first: no other working copy may go on there once this directory has left.
        opened.Store.Become(StoreState.Left, Claim(opened.Store.Facts, own, path));
        StorePlace.Remove(path, environment.Disk);
        return new LedgerMoved(opened.Address, same.Head, same.Batches, copied);
    }

    /// <summary>Compares a working copy with its database, whole, after catching up with it. Changes nothing else.</summary>
    /// <param name="path">The working copy.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">TSX3052: they differ; TSX1012: it is no working copy; otherwise as <see cref="ToDatabase"/>.</exception>
    public LedgerMoved Check(string path, CancellationToken cancellation = default)
    {
        using Held held = Hold(path);
        if (StorePlace.Find(path, environment.Disk) is null)
            throw ErrorCodes.BadUsage.Because(
                $"{path} is in its files, and not the working copy of a database",
                ShellText.Of($"tessraxctl doctor {path} checks the files")
            );
        using OpenedStore opened = OpenWorkingCopy(
            held.Directory,
            null,
            (source, there) => OpenedStore.RequireOpen(there, source.Address, held.Directory, environment.Disk)
        );
        OpenedSegments open = OpenedSegments.Open(held.Directory, environment);
        using SegmentWriter segments = open.Segments;
        long copied = open.CatchUp(opened.Source, Progress, cancellation);
        StoreComparison same = Compare(held.Directory, segments, opened, cancellation);
        if (same.ErasedInSecond.Count > 0)
            throw StillHere(held.Directory, same.ErasedInSecond[0]);
        if (same.ErasedInFirst.Count > 0)
            throw StillThere(path, opened.Address, same.ErasedInFirst[0]);
        return new LedgerMoved(opened.Address, same.Head, same.Batches, copied);
    }

    // A row for a ledger that the database does not have yet, which says whose move it is from the beginning.
    private void MakeRoom(LedgerDirectory directory, string address, StorePlace? before)
    {
        using IStoreDatabase database = LedgerStores.Connect(address, environment);
        if (before is not null && !IsSame(before, database))
            throw ErrorCodes.StoreMismatch.Because(
                $"{directory.Path} is the working copy of {before.Address}",
                "move it from there to its files first"
            );
        database.RequireSchema();
        if (database.Find(directory.Id) is null)
            database.Create(
                directory.Id,
                directory.Origin,
                directory.Hasher.Engine.Name,
                MoveToken.Draw(directory.Path, environment)
            );
    }

    private static void RequireOwn(StoredLedger there, string address, string path, bool isWorkingCopy, MoveToken own)
    {
        if (there.State == StoreState.Open && !isWorkingCopy)
            throw ErrorCodes.StoreMismatch.Because(
                $"the ledger is in {address} already, and {path} is not its working copy",
                "one of the two is an older copy: go on with the newer one"
            );
        if (there.State != StoreState.Open && !own.MayFinish(there.Move))
            throw OpenedStore.OfAnother(there, address, path);
    }

    private void RequireLeaving(StoredLedger there, string address, LedgerDirectory directory, MoveToken own)
    {
        if (there.State == StoreState.Filling)
            OpenedStore.RequireOpen(there, address, directory, environment.Disk);
        if (there.State == StoreState.Left && !own.MayFinish(there.Move))
            throw OpenedStore.OfAnother(there, address, directory.Path);
    }

    // The token of the move that goes on, or a new one for one that begins: an older copy of the directory does not have it.
    private MoveToken Claim(StoredLedger there, MoveToken own, string path) =>
        there.State != StoreState.Open && there.Move == own && own != MoveToken.None
            ? own
            : MoveToken.Draw(path, environment);

    private bool IsSame(StorePlace place, IStoreDatabase named)
    {
        using IStoreDatabase written = LedgerStores.Connect(place.Address, environment);
        return written.Address == named.Address;
    }

    private OpenedStore OpenWorkingCopy(
        LedgerDirectory directory,
        string? address,
        Action<LedgerSource, StoredLedger> require
    )
    {
        StorePlace place =
            StorePlace.Find(directory.Path, environment.Disk)
            ?? throw ErrorCodes.StoreMismatch.Because($"{directory.Path} is in its files, not in a database");
        if (address is not null)
        {
            using IStoreDatabase named = LedgerStores.Connect(address, environment);
            if (!IsSame(place, named))
                throw ErrorCodes.StoreMismatch.Because(
                    $"{directory.Path} is the working copy of {place.Address}, not of {named.Address}"
                );
        }
        return OpenedStore.Open(address ?? place.Address, directory.Id, environment, require);
    }

    private long Copy(SegmentWriter segments, OpenedStore opened, CancellationToken cancellation)
    {
        IBatchStore store = opened.Store;
        long from = store.Size;
        if (from > segments.Size)
            throw ErrorCodes.StoreMismatch.Because(
                $"{opened.Address} has {from} entries of this ledger, its directory {segments.Size}"
            );
        if (from > 0)
            StoreComparison.RequireSameLeaves(
                segments.Reader.ReadBatch(from - 1),
                opened.Source.BatchOf(from - 1),
                opened.Address
            );
        foreach (Batch batch in segments.Reader.ReadAll(from))
        {
            cancellation.ThrowIfCancellationRequested();
            store.Append(batch);
            Progress?.Report(store.Size);
        }
        return store.Size - from;
    }

    private StoreComparison Compare(
        LedgerDirectory directory,
        SegmentWriter segments,
        OpenedStore opened,
        CancellationToken cancellation
    )
    {
        var comparison = new StoreComparison(directory.Hasher, opened.Address);
        comparison.Run(segments.Reader.ReadAll(), opened.Store.Reader.ReadAll(), Progress, cancellation);
        return comparison;
    }

    private static TessraxException StillHere(LedgerDirectory directory, long index) =>
        ErrorCodes.StoreMismatch.Because(
            $"the payload of entry {index} was erased in the database, and is still in {directory.Path}",
            ShellText.Of($"any verb that writes carries it out first, for example: tessraxctl settle {directory.Path}")
        );

    private static TessraxException StillThere(string path, string address, long index) =>
        ErrorCodes.StoreMismatch.Because(
            $"the payload of entry {index} was erased in {path}, and is still in {address}",
            ShellText.Of($"erase it there: tessraxctl move {path} {address}")
        );

    private Held Hold(string path)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        RestoreMarker.Refuse(path, environment.Disk);
        WriterLock own = WriterLock.Acquire(path);
        try
        {
            return new Held(directory, own, LedgerMark.Hold(environment, directory.Id));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private sealed record Held(LedgerDirectory Directory, WriterLock Own, WriterLock? Everywhere) : IDisposable
    {
        public void Dispose()
        {
            Everywhere?.Dispose();
            Own.Dispose();
        }
    }
}
