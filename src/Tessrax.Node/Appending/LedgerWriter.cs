using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Publishing;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Stores;
using Tessrax.Node.Transactions;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Appending;

/// <summary>The one writer of a ledger: judges, gives places, signs the checkpoint, makes the batch durable, checks it, and only then returns.</summary>
/// <remarks>After any failure in <see cref="Append"/> past judging, the writer refuses to go on: open it again, which recovers from what is on disk.
/// Not safe for concurrent use; the directory is locked against other processes.</remarks>
public sealed partial class LedgerWriter : IDisposable
{
    private readonly WriterLock held;
    private readonly WriterLock? heldEverywhere;
    private readonly CheckpointTest isSigned;
    private readonly HeadSigner heads;
    private readonly DerivedFiles derived;
    private readonly IndexFollower? index;
    private readonly StateParts parts;
    private readonly ClockNote clockNote;
    private readonly LogKeyHint keyHint;
    private readonly LedgerBatch batch = new();
    private SegmentWriter segments;
    private SegmentClaims? claims;
    private volatile bool failed;

    private LedgerWriter(
        NodeEnvironment environment,
        LedgerDirectory directory,
        WriterLock held,
        WriterLock? heldEverywhere,
        SegmentWriter segments,
        LedgerKeys keys,
        LedgerReplay replay
    )
    {
        Environment = environment;
        this.held = held;
        this.heldEverywhere = heldEverywhere;
        this.segments = segments;
        Keys = keys;
        Directory = directory;
        isSigned = replay.IsSigned;
        Fold = replay.Fold;
        Tree = replay.Tree;
        Checkpoint = replay.Last;
        clockNote = new ClockNote(environment, directory.Id);
        Clock = new LedgerClock(environment.Clock, clockNote.Expected(Fold.LastRecordedAt));
        Bodies = new BodySigner(directory, () => Keys, environment.Random);
        heads = new HeadSigner(directory, Tree);
        keyHint = new LogKeyHint(directory.Path, environment.Disk);
        replay.ReadEntriesFrom(() => this.segments.Reader);
        index = IndexFollower.Start(directory, environment, () => this.segments.Reader);
        derived = new DerivedFiles(
            environment,
            directory,
            Tree,
            index => this.segments.Reader.EntriesFrom(index),
            () => this.segments.NoteTail(),
            replay.Last
        );
        parts = new StateParts(directory.Path, environment.Disk, canWrite: true);
        batch.Begin(Fold.Size);
    }

    public LedgerDirectory Directory { get; }

    internal NodeEnvironment Environment { get; }

    /// <summary>The keys that sign now. Set between batches, by whoever owns the writer.</summary>
    internal LedgerKeys Keys { get; private set; }

    internal BodySigner Bodies { get; }

    internal LedgerClock Clock { get; }

    /// <summary>The ledger as its entries add up; read only.</summary>
    public LedgerFold Fold { get; }

    public LedgerTree Tree { get; }

    /// <summary>The newest checkpoint.</summary>
    public SignedNote? Checkpoint { get; private set; }

    /// <summary>Told of each batch that is durable and has become the newest; must be quick, and throw nothing.</summary>
    internal Action? Written { get; set; }

    /// <summary>How far the index is behind; null for a ledger without one.</summary>
    public IndexLag? Index => index?.Lag;

    /// <summary>Why the published checkpoint, the mark or the tiles could not be written, or a copy of what was erased could not be removed, if so; the entries themselves are durable.</summary>
    public TessraxException? Warning => derived.Warning ?? Erased?.Left;

    /// <summary>Bytes of a write that a crash cut short, found when the ledger was opened; they were never acknowledged.</summary>
    public long TornBytes { get; private init; }

    /// <summary>What was erased when the ledger was opened, because an erasure on record had not been carried out; null if none was due.</summary>
    public ErasureDone? Erased { get; private set; }

    /// <summary>The hashes of that tree.</summary>
    public TreeHasher Hasher => Directory.Hasher;

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
            if (beyond is not null)
                opened.CatchUp(beyond);
            require(keys, replay.Fold.State, directory);
            var writer = new LedgerWriter(environment, directory, held, heldEverywhere, segments, keys, replay)
            {
                beyond = beyond,
                TornBytes = opened.End.TornBytes,
            };
            writer.ProveNotBehind();
            writer.derived.Mark.DropRemains();
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

    /// <summary>Appends drafts in order and returns once they are durable. Drafts that fit stand in one batch: all of them, or none.</summary>
    /// <param name="drafts">Taken one by one: when the next is asked for, the fold holds the ones before it.</param>
    /// <remarks>A control event ends its batch, so that what it changes is durable before anything is judged by it.</remarks>
    /// <returns>One receipt a draft; the earlier one where a draft repeats an append by its nonce.</returns>
    /// <exception cref="TessraxException">A rule is broken (nothing is written), or the disk failed (TSX3005 to TSX3009).</exception>
    public IReadOnlyList<Receipt> Append(IEnumerable<Draft> drafts)
    {
        ThrowIfFailed();
        // A pipeline makes batches of its own.
        batch.Begin(Fold.Size);
        var receipts = new List<Receipt>();
        foreach (Draft draft in drafts)
        {
            if (FindRepeated(draft, receipts) is { } earlier)
            {
                receipts.Add(earlier);
                continue;
            }
            UtcTime now = Now();
            SignedBody signed = Sign(draft, now);
            if (batch.Count == 0 && IsEpochDue(now))
            {
                // What would be refused must change nothing.
                if (Fold.Judge(signed.PlaceIn(Fold, draft, now), out _) is { } refusal)
                    throw refusal.ToException();
                OpenEpoch(now);
            }
            Receipt receipt = Place(signed, draft, now);
            // Until it is committed, the fold is ahead of the disk.
            failed = true;
            batch.Add(receipt);
            receipts.Add(receipt);
            if (Events.IsControl(draft.Event) || batch.IsFull)
                Commit();
            if (Events.MayChangeLogKey(draft.Event))
                derived.Try(KeepKeyHint);
            if (draft.Event == Events.ClockAdjusted)
                FollowClock(receipt);
        }
        if (batch.Count > 0)
            Commit();
        return receipts;
    }

    /// <summary>Makes and signs a body without appending it: a decision, or a control event, that waits for approvals.</summary>
    public SignedBody Prepare(Draft draft, TimeSpan validity) => Prepare(draft, validity, Now());

    /// <summary>The same, at a time that <see cref="Now"/> gave.</summary>
    internal SignedBody Prepare(Draft draft, TimeSpan validity, UtcTime now) =>
        Bodies.Sign(draft, now, validity, Fold.State.Policy);

    /// <summary>Makes the bodies of drafts and seals them, up to 256 with one signature, without appending them: <see cref="Append"/> takes what this gives.</summary>
    /// <param name="drafts">Any that an author may vouch for, but for control events. What is on record already by its nonce is left as it is.</param>
    /// <remarks>Each entry verifies alone; see <c>spec/seals.md</c>. The bodies are valid for <see cref="Draft.DefaultValidity"/>.</remarks>
    public IReadOnlyList<Draft> Seal(IReadOnlyList<Draft> drafts)
    {
        UtcTime now = Now();
        TimeSpan validity = BodySigner.ValidityUnder(Fold.State.Windows);
        var done = new List<Draft>(drafts.Count);
        foreach (Draft[] part in drafts.Chunk(SealedBatch.UsualSize))
        {
            Draft[] wanted = [.. part.Select(draft => draft with { By = VoucherKind.Seal, Prepared = null })];
            int[] fresh = [.. Enumerable.Range(0, wanted.Length).Where(i => FindRepeated(wanted[i], []) is null)];
            if (fresh.Length > 0)
            {
                SignedBody[] bodiesOf = Bodies.Seal([
                    .. fresh.Select(i => Bodies.Make(wanted[i], now, validity, Fold.State.Policy)),
                ]);
                for (int i = 0; i < fresh.Length; i++)
                    wanted[fresh[i]] = wanted[fresh[i]] with { Nonce = bodiesOf[i].Body.Nonce, Prepared = bodiesOf[i] };
            }
            done.AddRange(wanted);
        }
        return done;
    }

    /// <summary>Takes payloads off the disk that control events on record have erased. Opening does it too.</summary>
    /// <returns>What was done; null if nothing was due.</returns>
    /// <exception cref="TessraxException">TSX3003 to TSX3009: it was not done, or not wholly; the writer has stopped, and the next one goes on.</exception>
    public ErasureDone? CarryOutErasures()
    {
        ThrowIfFailed();
        var eraser = new PayloadEraser(Directory.Path, Environment.Disk, Environment.Clock, Fold);
        if (!eraser.IsDue)
        {
            eraser.Settle();
            return null;
        }
        // First, as all other copies: while a segment still holds a payload, the next run finds out that they must go.
        TransactionDesk.ForgetErased(this);
        failed = true;
        ErasureDone done = index is null ? Rewrite(eraser) : index.Pause(() => Rewrite(eraser));
        failed = false;
        index?.Note(Fold.Size);
        return done;
    }

    // Segments are written again, the active one too: nobody may have it open to write meanwhile, nor read by its places.
    private ErasureDone Rewrite(PayloadEraser eraser)
    {
        beyond?.Store.Erase(ErasedOnRecord());
        segments.Dispose();
        ErasureDone done = eraser.Run();
        var folder = new SegmentFolder(Directory.Path, Environment.Disk, Directory.Layout.SegmentDirectories);
        segments = SegmentWriter.OpenFrom(folder, isSigned, Environment.Random, Fold.Size - 1, out _);
        return done;
    }

    /// <summary>Why a draft that was prepared would be refused as the next entry, or null. Changes nothing.</summary>
    internal Refusal? Judge(Draft prepared) => Fold.Judge(prepared.Prepared!.PlaceIn(Fold, prepared, Now()), out _);

    /// <summary>Looks at the older segments in the background, which nobody read when the ledger was opened, and mends what is derived from them. Dispose it before the writer.</summary>
    /// <param name="report">Told of each damage, from another thread.</param>
    public SegmentScrub CheckInBackground(Action<TessraxException> report) =>
        SegmentScrub.Start(Directory, Environment, Tree, report);

    /// <summary>Writes the mark and the tiles for the last time. <see cref="Dispose"/> does it too, but then nobody can look at <see cref="Warning"/>.</summary>
    public void Close()
    {
        derived.Flush();
        derived.Try(() => clockNote.Flush(Clock.Believed));
        Environment.Logger.Closed(Directory.Id, Fold.Size);
    }

    /// <summary>The time that the next entry would get.</summary>
    public UtcTime Now() => Clock.Next(Fold.LastRecordedAt);

    public void Dispose()
    {
        try
        {
            Close();
        }
        finally
        {
            // What follows the ledger ends before another writer may begin.
            index?.Dispose();
            segments.Dispose();
            beyond?.Dispose();
            heldEverywhere?.Dispose();
            held.Dispose();
            Keys.Dispose();
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

    // A retry has another time and salt, so its body is another; its event and payload tell that it is the same append.
    private Receipt? FindRepeated(Draft draft, List<Receipt> waiting)
    {
        if (
            draft is not { Nonce: { } nonce, Payload: { } payload }
            || Fold.FindRepeat(Bodies.VoucherOf(draft.By), nonce) is not { } index
        )
            return null;
        Receipt? earlier = waiting.Find(r => r.Entry.Index == index);
        earlier ??= Read(index);
        if (earlier.IsErased || earlier.IsLost)
            throw ErrorCodes.NonceReused.Because(
                $"the nonce {nonce} was used for entry {index}, whose payload was {(earlier.IsErased ? "erased" : "lost")}: nobody can tell whether this is the same"
            );
        return earlier.Entry.Body.Event == draft.Event && payload.Equals(earlier.Payload)
            ? earlier
            : throw ErrorCodes.NonceReused.Because(
                $"the nonce {nonce} was used for entry {index}, which says something else"
            );
    }

    private SignedBody Sign(Draft draft, UtcTime now) =>
        draft.Prepared ?? Bodies.Sign(draft, now, BodySigner.ValidityUnder(Fold.State.Windows), Fold.State.Policy);

    // Gives a body its place, judges it by everything before it, and folds it in.
    private Receipt Place(SignedBody signed, Draft draft, UtcTime now)
    {
        Receipt receipt = signed.PlaceIn(Fold, draft, now);
        if (Fold.Judge(receipt, out object? record) is { } refusal)
            throw refusal.ToException();
        LostFacts.Require(Fold, receipt.Entry.Body, record);
        RequireSigner(receipt.Entry.Body);
        if (Events.Erases(receipt.Entry.Body.Event))
            PayloadEraser.Expect(Directory.Path, Environment.Disk);
        Fold.Apply(receipt, record);
        if (Events.MayChangeLogKey(receipt.Entry.Body.Event) || receipt.Entry.Body.Event == Events.KeyRevoked)
            FollowLogKey();
        return receipt;
    }

    /// <summary>Appends to the tree what a batch holds so far.</summary>
    internal void Advance(LedgerBatch growing) => heads.Advance(growing);

    /// <summary>Makes a sealed batch durable. The one step that may run beside the others: the next batch may be made and sealed meanwhile.</summary>
    internal void Write(LedgerBatch sealedBatch)
    {
        failed = true;
        if (beyond is null)
            segments.Append(sealedBatch.Record, sealedBatch.Checkpoint);
        else
            WriteBeyond(beyond, sealedBatch);
        Checkpoint = sealedBatch.Note;
        failed = false;
        Written?.Invoke();
    }

    /// <summary>Writes what follows from a durable batch, if it is time.</summary>
    internal void NoteDurable(LedgerBatch durable)
    {
        derived.Note(durable);
        index?.Note(durable.Record.NextIndex);
        Environment.Logger.Durable(durable.Count, durable.Record.NextIndex - durable.Count);
        derived.Try(() => clockNote.Note(Clock.Believed));
    }

    /// <summary>An entry that is durable.</summary>
    internal StoredEntry Stored(long index) => segments.Reader.Read(index);

    /// <summary>Takes nothing any more: entries have places that will never be durable.</summary>
    internal void Abandon() => failed = true;

    /// <summary>Entries in order, from an index on, as they are stored.</summary>
    internal IEnumerable<Entry> EntriesFrom(long index) =>
        segments.Reader.EntriesFrom(index).Select(leaf => Entry.Parse(leaf.Span));

    /// <summary>One receipt, as it is stored.</summary>
    internal Receipt Read(long index) => segments.Reader.Read(index).ToReceipt();

    /// <summary>Refuses to go on after an append whose outcome is unknown: the fold is ahead of the disk then, and must not be asked.</summary>
    /// <exception cref="TessraxException">TSX3009.</exception>
    internal void ThrowIfFailed()
    {
        if (failed)
            throw ErrorCodes.OutcomeUnknown.Because("an earlier append failed; the ledger must be opened again");
    }

    private void Commit()
    {
        Seal(batch);
        Write(batch);
        NoteDurable(batch);
        batch.Begin(Fold.Size);
    }
}
