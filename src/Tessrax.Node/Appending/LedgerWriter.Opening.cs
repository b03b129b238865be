using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Appending;

// How a ledger comes to have a writer: it is made, or opened.
public sealed partial class LedgerWriter
{
    /// <summary>Makes a new ledger whose first entry is its genesis. An existing directory must be empty.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something already; TSX3005 to TSX3008: cannot write.</exception>
    public static LedgerWriter Create(
        string path,
        Genesis genesis,
        LedgerKeys keys,
        NodeEnvironment environment,
        LedgerLayout? layout = null
    ) =>
        Create(
            path,
            genesis,
            keys,
            environment,
            UtcTime.Now(environment.Clock),
            environment.RandomBytes(EntryBody.NonceBytes),
            layout ?? LedgerLayout.Default
        );

    /// <summary>The same, at a moment and with a nonce that the caller chose: what is made again is then the same ledger, to the byte.</summary>
    internal static LedgerWriter Create(
        string path,
        Genesis genesis,
        LedgerKeys keys,
        NodeEnvironment environment,
        UtcTime now,
        byte[] nonce,
        LedgerLayout layout
    )
    {
        IDisk disk = environment.Disk;
        WriterLock held = WriterLock.Acquire(path);
        WriterLock? heldEverywhere = null;
        SegmentWriter? segments = null;
        SegmentClaims? claims = null;
        try
        {
            EntryBody body = GenesisBody(genesis, keys.Author.PublicKey.Id, now, nonce);
            Digest id = SignedBytes.LedgerIdOf(body.ToJson());
            LedgerDirectory directory = LedgerDirectory.Placeholder(path, genesis, id, layout);
            heldEverywhere = LedgerMark.Hold(environment, id);
            var replay = new LedgerReplay(directory, disk, canWrite: true);
            claims = SegmentClaims.Take(directory, environment);
            segments = SegmentWriter.Create(
                path,
                disk,
                replay.IsSigned,
                environment.Random,
                segmentDirectories: layout.SegmentDirectories
            );
            var writer = new LedgerWriter(environment, directory, held, heldEverywhere, segments, keys, replay)
            {
                claims = claims,
            };
            var signed = new SignedBody(body, writer.Bodies.SignAsAuthor(body), default);
            writer.batch.Add(writer.Place(signed, new Draft { Event = body.Event }, body.IssuedAt));
            writer.Commit();
            // The name is given last: a directory without ledger.json is no ledger, so a crash before this leaves none.
            directory.Establish(disk);
            SegmentClaims.Confirm(directory, disk);
            writer.TellOpening();
            return writer;
        }
        catch
        {
            segments?.Discard();
            claims?.GiveBack();
            heldEverywhere?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Takes away what a ledger that was just made has put elsewhere, as far as it can: whoever made it removes its directory then. Only disposing it is left.</summary>
    public void Unmake()
    {
        failed = true;
        segments.Discard();
        claims?.GiveBack();
    }

    /// <summary>Opens a ledger for writing: takes the lock, recovers, folds what is there, and proves that it is not behind what it signed.</summary>
    /// <exception cref="TessraxException">TSX3001, TSX3002 (locked), TSX3003 (damaged), TSX3004 (behind), TSX3029 and TSX3030 (restored to be read), TSX2005 (keys of another ledger).</exception>
    public static LedgerWriter Open(string path, LedgerKeys keys, NodeEnvironment environment) =>
        Open(path, keys, environment, RequireOwn);

    // Whose the keys must be is for the caller to say, once the state is known.
    private static LedgerWriter Open(
        string path,
        LedgerKeys keys,
        NodeEnvironment environment,
        Action<LedgerKeys, GovernanceState, LedgerDirectory> require
    )
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, environment.Disk);
        RestoreMarker.Refuse(path, environment.Disk);
        WriterLock held = WriterLock.Acquire(path);
        WriterLock? heldEverywhere = null;
        OpenedStore? beyond = null;
        SegmentWriter? segments = null;
        try
        {
            heldEverywhere = LedgerMark.Hold(environment, directory.Id);
            directory.DropRemains(environment.Disk);
            SegmentClaims.Confirm(directory, environment.Disk);
            OpenedSegments opened = OpenedSegments.Open(directory, environment);
            (segments, LedgerReplay replay) = (opened.Segments, opened.Replay);
            beyond = OpenBeyond(opened, environment, () => require(keys, replay.Fold.State, directory));
            require(keys, replay.Fold.State, directory);
            if (beyond is not null)
                PreparedMove.TakeAll(directory, environment.Disk, beyond.Store.Prepared);
            var writer = new LedgerWriter(environment, directory, held, heldEverywhere, segments, keys, replay)
            {
                beyond = beyond,
                TornBytes = opened.End.TornBytes,
            };
            writer.ProveNotBehind();
            writer.mark.DropRemains();
            writer.clockNote.DropRemains();
            writer.derived.Try(writer.KeepKeyHint);
            writer.Erased = writer.CarryOutErasures();
            writer.TellOpening();
            return writer;
        }
        catch
        {
            segments?.Dispose();
            beyond?.Dispose();
            heldEverywhere?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>The body of a ledger's first entry.</summary>
    internal static EntryBody GenesisBody(Genesis genesis, Digest author, UtcTime now, byte[] nonce) =>
        new()
        {
            Ledger = genesis.Origin,
            Event = Events.LedgerCreated,
            By = new Voucher(VoucherKind.Author, author),
            IssuedAt = now,
            ExpiresAt = now + Draft.DefaultValidity,
            Nonce = Convert.ToBase64String(nonce),
            Control = genesis.ToControl(),
        };
}
