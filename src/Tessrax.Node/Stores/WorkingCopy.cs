using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Node.Stores;

/// <summary>What making a working copy did.</summary>
/// <param name="Address">The database, without a password.</param>
/// <param name="Ledger">The ledger.</param>
/// <param name="Size">How many entries it has here.</param>
/// <param name="Copied">How many of them came by this run.</param>
/// <param name="Verdict">On all of it; nothing was made a ledger if a stage fails.</param>
/// <param name="IsMade">Whether there is a ledger now.</param>
public sealed record LedgerAttached(
    string Address,
    StoredLedger Ledger,
    long Size,
    long Copied,
    Verdict Verdict,
    bool IsMade
)
{
    /// <summary>How many payloads the database still has, or has again, that an entry erases. They are not here.</summary>
    public long ErasedHere { get; init; }

    /// <summary>Entries whose payload was lost before, ascending: the ledger fails verification for them, as it did.</summary>
    public IReadOnlyList<long> Lost { get; init; } = [];
}

/// <summary>Makes the directory of a ledger that a database keeps, its working copy, from the database alone; and brings one up to date without writing to the ledger.</summary>
/// <remarks>
/// It only reads there, so that whoever writes goes on. Nothing of the database is believed: each batch is held to its signed checkpoint and root before it is written, by the keys that the ledger's own entries say;
/// then all of it is verified as it lies on the disk, by the stages of any ledger and against a trust root, before it becomes a ledger. Interrupted anywhere, it goes on by the same call.
/// </remarks>
/// <param name="environment">Disk, clock, and where mark and trust roots are.</param>
public sealed class WorkingCopy(NodeEnvironment environment)
{
    /// <summary>What the verifier accepts; null for the trust root that is pinned for the ledger, if one is.</summary>
    public TrustRoot? Trust { get; init; }

    /// <summary>Told how many entries are there, then how many of those were verified.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="address">The database.</param>
    /// <param name="ledger">The ledger's origin or id; null if the database has only one.</param>
    /// <param name="path">The new directory: absent, empty, or one that an attempt before has begun.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">TSX1012: several ledgers are meant; TSX3001: the database does not have it; TSX3010: there is something in the directory; TSX3002: another process is at it; TSX3003: what
    /// the database has is not what was signed; TSX3004: more was signed than it has; TSX3052: it does not decide on the ledger; TSX4005: the trust root is of another ledger; TSX3049 to TSX3051: the database; TSX3005 to TSX3009: the disk.</exception>
    public LedgerAttached Attach(string address, string? ledger, string path, CancellationToken cancellation = default)
    {
        using IStoreDatabase database = LedgerStores.Connect(address, environment);
        database.RequireSchema();
        StoredLedger found = StoredLedgers.Choose(database, ledger);
        StoredLedgers.RequireDecided(found, database.Address);
        TrustRoot? trust = Trust ?? new TrustPins(environment).Find(found.Id);
        RequireOfTrust(found, trust);
        using IBatchReader reader = database.Read(found.Id);
        LedgerSource source = LedgerSource.Of(database, found.Id, reader);
        LedgerDirectory directory = DirectoryOf(source, found, path);
        using AttachPlace place = AttachPlace.Begin(environment, path, database.Address, found.Id);
        (long copied, LedgerReplay replay) = Copy(place, directory, source, cancellation);
        long erased = Erase(directory, replay.Fold, database);
        var verifier = new LedgerVerifier(environment.Clock, trust);
        Verdict verdict = Verify(directory, verifier, cancellation);
        bool lacksLost = SnapshotCheck.LacksOnlyLostIn(verifier);
        bool holds = lacksLost || verdict.Stages.All(stage => stage.Holds != false);
        StoredLedgers.RequireDecided(source.Look(), database.Address);
        if (holds)
            place.Finish(directory);
        return new LedgerAttached(database.Address, found, replay.Tree.Size, copied, verdict, holds)
        {
            ErasedHere = erased,
            Lost = lacksLost ? [.. replay.Fold.Erasures.Missing.Order()] : [],
        };
    }

    /// <summary>Takes over into a working copy what its database has beyond it. It only reads there, so that whoever writes goes on.</summary>
    /// <param name="path">The working copy.</param>
    /// <param name="cancellation">Ends it between two steps; what was taken over stays.</param>
    /// <exception cref="TessraxException">TSX1012: it is none; TSX3002: somebody has it open to write, who brings it up to date; TSX3001: the database does not have the ledger; TSX3003: what it has is not what was signed;
    /// TSX3004: it was set back to an older state; TSX3052: it has another history, or does not decide on the ledger any more; TSX3029, TSX3030: the directory was restored to be read; TSX3049 to TSX3051: the database; TSX3005 to TSX3009: the disk.</exception>
    public LedgerPulled Pull(string path, CancellationToken cancellation = default)
    {
        using var puller = new CopyPuller(path, environment);
        return puller.Pull(Progress, cancellation);
    }

    private static void RequireOfTrust(StoredLedger found, TrustRoot? trust)
    {
        if (trust?.Ledger is { } trusted && trusted != found.Id)
            throw ErrorCodes.WrongLedger.Because(
                $"the trust root is of the ledger {trusted}, the database has {found.Origin} {found.Id}"
            );
    }

    // The row is signed by nobody; the first entry tells which ledger it is.
    private static LedgerDirectory DirectoryOf(LedgerSource source, StoredLedger found, string path)
    {
        Receipt first = source.BatchOf(0).Entries[0].ToReceipt();
        Genesis genesis = Genesis.Read(first.Entry.Body);
        Digest id = SignedBytes.LedgerIdOf(first.Entry.Body.ToJson());
        if (id != found.Id || genesis.Origin != found.Origin)
            throw ErrorCodes.Damaged.Because(
                $"{source.Address} names the ledger {found.Origin} {found.Id}, but its first entry makes {genesis.Origin} {id}"
            );
        if (TreeHasher.ByName(genesis.Hash) is null)
            throw ErrorCodes.UnknownFormat.Because(
                $"the ledger's hash function is '{genesis.Hash}', which is not known"
            );
        return LedgerDirectory.Placeholder(path, genesis, id, LedgerLayout.Default);
    }

    private (long Copied, LedgerReplay Replay) Copy(
        AttachPlace place,
        LedgerDirectory directory,
        LedgerSource source,
        CancellationToken cancellation
    )
    {
        // Noted before we look there: whoever writes on this machine meanwhile notes only what the database has.
        byte[] mark = LedgerMark.NoteOf(environment, directory.Id);
        // Nobody reads it before all of it is durable.
        OpenedSegments open = place.Open(directory, environment with { Disk = new DeferredSyncDisk(environment.Disk) });
        long copied;
        using (open.Segments)
            copied = open.CatchUp(source, Progress, cancellation);
        DiskErrors.Writing(directory.Path, () => environment.Disk.SyncTree(directory.Path));
        LogKeyChain log = open.Replay.Fold.State.LogKeys!;
        LedgerMark.RequireHolds(open.Replay.Tree, mark, log, "this user's mark");
        LedgerMark.RequireExtendsTrusted(environment, directory.Id, open.Replay.Tree, log);
        return (copied, open.Replay);
    }

    // A database that was restored from an older state of its own may have payloads again.
    private long Erase(LedgerDirectory directory, LedgerFold fold, IStoreDatabase database)
    {
        var eraser = new PayloadEraser(directory, environment.Disk, environment.Clock, fold);
        return eraser.IsDue ? eraser.Run(database.Prepared(directory.Id)).Payloads : 0;
    }

    private Verdict Verify(LedgerDirectory directory, LedgerVerifier verifier, CancellationToken cancellation)
    {
        var feed = new LedgerFeed(verifier, Environment.ProcessorCount)
        {
            GiveBack = SegmentReader.GiveBack,
            Added = (batch, _) =>
            {
                verifier.Board.Passed("framing");
                Progress?.Report(batch.NextIndex);
            },
        };
        using var reader = new SegmentReader(OpenedSegments.FolderOf(directory, environment), feed.IsSigned);
        feed.Run(
            reader
                .LendAll()
                .Select(batch =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    return batch;
                })
        );
        return verifier.Finish();
    }
}
