using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Publishing;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
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
    private readonly LedgerMark mark;
    private readonly DerivedFiles derived;
    private readonly IndexFollower? index;
    private readonly StateParts parts;
    private readonly ClockNote clockNote;
    private readonly LogKeyHint keyHint;
    private readonly CopySync copySync;
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
        copySync = new CopySync(environment.Clock, () => this.segments);
        mark = new LedgerMark(environment, directory.Id);
        derived = new DerivedFiles(
            environment,
            directory,
            Tree,
            index => this.segments.Reader.EntriesFrom(index),
            () => this.segments.NoteTail(),
            replay.Last,
            mark
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
    internal Action<DurableBatch>? Written { get; set; }

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
            copySync.Dispose();
            segments.Dispose();
            beyond?.Dispose();
            heldEverywhere?.Dispose();
            held.Dispose();
            Keys.Dispose();
        }
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

    /// <summary>Refuses to go on after an append whose outcome is unknown: the fold is ahead of the disk then, and must not be asked. And where another writer has followed this one.</summary>
    /// <exception cref="TessraxException">TSX3009; TSX3004, TSX3048 of a ledger in a database.</exception>
    internal void ThrowIfFailed()
    {
        if (failed)
            throw ErrorCodes.OutcomeUnknown.Because("an earlier append failed; the ledger must be opened again");
        beyond?.Store.ThrowIfDone();
    }
}
