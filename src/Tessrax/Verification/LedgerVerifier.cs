using System.Collections.Concurrent;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Checks a whole ledger, fed batch by batch from entry 0: form, commitments, signatures, governance, time, approvals,
/// decisions by re-execution, the tree, every checkpoint, and the trust root.</summary>
/// <remarks>Pure; never throws at what it is fed. The caller checks the framing of what it reads and reports it on <see cref="Board"/>.
/// Batches may be prepared on any thread and in any order (<see cref="Prepare"/>), and are added by one thread at a time, in order; what was not prepared is
/// worked out when it is added, so the verdict is the same.</remarks>
public sealed partial class LedgerVerifier
{
    // Entries that are judged while what the next one needs is fetched from memory.
    private const int Ahead = 8;

    private readonly TrustRoot? trust;
    private readonly TimeProvider clock;
    private readonly ConcurrentBag<EntryPreparer> preparers = [];
    private readonly EntryBatch single = new();
    private KnownLedger? known;
    private Frontier frontier = new(TreeHasher.Sha256);
    private TreeHasher hasher = TreeHasher.Sha256;
    private LedgerFold? fold;
    private LogKeyChain? log;
    private Checkpoint? last;
    private byte[] lastNote = [];
    private SignedNote? cosigned;
    private bool foldBroken;
    private bool reachedTrusted;
    private readonly List<string> remarks = [];

    // Epochs that were opened while the fold still lacked payloads which a later entry erases.
    private int unknownStates;
    private readonly ErasureReport erasures = new();
    private readonly ReplayQueue replays;

    /// <param name="clock">Measures the stages.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    public LedgerVerifier(TimeProvider clock, TrustRoot? trust)
    {
        this.trust = trust;
        this.clock = clock;
        Board = new StageBoard(
            clock,
            "framing",
            "entries",
            "commitments",
            "signatures",
            "governance",
            "time",
            "approvals",
            "decisions",
            "merkle",
            "checkpoints",
            "trust"
        );
        replays = new ReplayQueue(Board, clock);
    }

    /// <summary>Where stages report.</summary>
    public StageBoard Board { get; }

    /// <summary>The ledger's id: what its genesis body hashes to; null before genesis.</summary>
    public Digest? Ledger => fold?.State.Ledger;

    /// <summary>Everything folded so far; null before genesis or after an entry that could not be read.</summary>
    public LedgerFold? Fold => foldBroken ? null : fold;

    /// <summary>The ledger's tree, as genesis names it; that of SHA-256 before genesis, and if that cannot be read.</summary>
    public TreeHasher Hasher => hasher;

    /// <summary>The last checkpoint that held.</summary>
    public Checkpoint? Last => last;

    /// <summary>How many contradictions there are among the recorded claims that the log has not told of. Recorded claims bind the log to what
    /// follows from them; it may be late, but not unnoticed. 0 after an entry that could not be read.</summary>
    public int Untold =>
        Fold is { Policy: not null } whole
            ? whole.Claims.DetectAll().Count(contradiction => !whole.IsDetected(contradiction.Id))
            : 0;

    /// <summary>Adds to what the verdict does not exclude.</summary>
    public void Remark(string notExcluded) => remarks.Add(notExcluded);

    /// <summary>What the ledger is judged as if it says that it is a state of the past: such a state ends before the checkpoint of the trust root, if that is newer. Null as a rule.</summary>
    public PastState? Past { get; set; }

    /// <summary>Told of every entry that was read and is more than a user's own event, in order, whether it holds or not.</summary>
    public Action<Receipt>? WhenRead { get; init; }

    /// <summary>Takes what may be done on any thread while entries are added: contradictions and decisions that are worked out again. Null, as a rule, to do it
    /// when its entry is added. The verdict is the same, once <see cref="Settle"/> was called.</summary>
    public Action<Action>? Deferring
    {
        get => replays.Run;
        set => replays.Run = value;
    }

    /// <summary>Waits until everything that was deferred is done and reported.</summary>
    public void Settle() => replays.Settle();

    /// <summary>Does all that can be done for a batch before its turn: reading, commitments, signatures, leaf hashes. Does nothing before genesis
    /// was added. Any thread; a batch on one thread at a time.</summary>
    public void Prepare(EntryBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Volatile.Read(ref known) is not { } ledger)
            return;
        EntryPreparer preparer = preparers.TryTake(out EntryPreparer? idle) ? idle : new EntryPreparer(clock);
        preparer.Prepare(batch, ledger);
        preparers.Add(preparer);
    }

    /// <summary>Checks the next entries, and the checkpoint that covers them.</summary>
    public void Add(EntryBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Took(batch.Seconds);
        long own = 0;
        long signed = 0;
        int done = 0;
        long start = clock.GetTimestamp();
        for (int i = 0; i < batch.Count; i++)
        {
            ref PreparedEntry entry = ref batch.Entries[i];
            if (CanJudge && i + Ahead < batch.Count)
                fold!.Expect(batch.Entries[i + Ahead].Scanned);
            if (entry.IsOwn && CanJudge && fold!.TryApply(entry.Scanned, entry.Leaf.Span))
            {
                own++;
                signed += entry.Scanned.IsSigned ? 1 : 0;
                continue;
            }
            Board.Took("governance", clock.GetElapsedTime(start).TotalSeconds);
            Append(batch, done, i);
            AddStrictly(batch, i);
            done = i + 1;
            start = clock.GetTimestamp();
        }
        Board.Took("governance", clock.GetElapsedTime(start).TotalSeconds);
        CountOwn(own, signed);
        Append(batch, done, batch.Count);
        replays.Collect();
        Publish();
        if (batch.Checkpoint is { } note)
            AddCheckpoint(note.Span, batch.Opened);
    }

    /// <summary>Checks the next entry.</summary>
    /// <param name="leaf">The entry.</param>
    /// <param name="payload">Its payload; empty if there is none.</param>
    /// <param name="salt">The payload's salt.</param>
    /// <param name="erased">Whether payload and salt are said to have been erased.</param>
    public void Add(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt, bool erased = false)
    {
        single.Clear();
        single.Add(leaf.ToArray(), payload.ToArray(), salt.ToArray(), erased);
        Prepare(single);
        Add(single);
    }

    /// <summary>Checks a batch's checkpoint against the entries so far.</summary>
    public void AddCheckpoint(ReadOnlySpan<byte> note) => AddCheckpoint(note, null);

    private void AddCheckpoint(ReadOnlySpan<byte> note, OpenedCheckpoint? opened)
    {
        using StageBoard.Measurement time = Board.Measure("checkpoints");
        if (log is null)
        {
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"the checkpoint after {frontier.Size} entries cannot be checked: genesis names no log key"
            );
            return;
        }
        if (!ReferenceEquals(opened?.By, log))
        {
            bool opens = log.TryOpen(note, out Checkpoint? read, out string why);
            opened = new OpenedCheckpoint(log, opens ? read : null, why);
        }
        if (opened?.Checkpoint is not { } checkpoint)
        {
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"the checkpoint after {frontier.Size} entries: {opened?.Reason}"
            );
            return;
        }
        Board.Passed("checkpoints");
        CompareRoot(checkpoint);
        last = checkpoint;
        lastNote = note.ToArray();
    }

    /// <summary>Takes the newest checkpoint that witnesses cosigned, from beside the entries. Its signatures are judged as those of any note, and it counts where it is of the ledger's last tree.</summary>
    public void Cosigned(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        cosigned = note;
    }

    private bool CanJudge => fold is not null && !foldBroken;

    // An entry that is no own event, or that breaks a rule: read and judged by the strict code, which says what is wrong.
    private void AddStrictly(EntryBatch batch, int i)
    {
        ref PreparedEntry entry = ref batch.Entries[i];
        Receipt? receipt = Read(ref entry);
        if (frontier.Size == 0 && receipt is not null)
            frontier = new Frontier(hasher = HashText.NamedBy(receipt.Entry.Body));
        if (receipt?.Entry.Body is { Event: Events.EpochOpened } epoch)
            CompareEpoch(epoch);
        Append(batch, i, i + 1);
        if (receipt is not null && Found(receipt))
        {
            foldBroken = !EntryJudge.Judge(receipt, fold!, Board, erasures, replays, entry.Signature, entry.Read);
            log = fold!.State.LogKeys ?? log;
        }
        if (receipt is not null)
            WhenRead?.Invoke(receipt);
    }

    private Receipt? Read(ref PreparedEntry entry)
    {
        try
        {
            if (entry.Fault is null)
                entry.Receipt ??= Receipt.Parse(entry.Leaf.Span, entry.Payload.Span, entry.Salt.Span, entry.IsErased);
        }
        catch (TessraxException e)
        {
            entry.Fault = e;
        }
        if (entry.Fault is { } fault)
        {
            Board.Failed(
                "entries",
                ErrorCodes.EntryMalformed,
                $"entry {frontier.Size}: {fault.Message} ({fault.Code})"
            );
            foldBroken = true;
            return null;
        }
        Board.Passed("entries");
        return entry.Receipt;
    }

    private void CountOwn(long own, long signed)
    {
        foreach (string stage in (ReadOnlySpan<string>)["entries", "commitments", "governance", "time"])
            Board.Passed(stage, own);
        Board.Passed("signatures", signed);
    }

    // Takes leaves into the tree, stopping where the trust root has a checkpoint to compare with.
    private void Append(EntryBatch batch, int from, int to)
    {
        if (from == to)
            return;
        using (Board.Measure("merkle"))
        {
            if (!batch.IsPrepared)
            {
                for (int i = from; i < to; i++)
                    batch.Leaves[i] = hasher.Leaf(batch.Entries[i].Leaf.Span);
            }
            long left = (trust?.Checkpoint?.Head.Size ?? 0) - frontier.Size;
            if (left > 0 && left < to - from)
            {
                frontier.Append(batch.Leaves[from..(from + (int)left)]);
                from += (int)left;
                CompareWithTrusted();
            }
            frontier.Append(batch.Leaves[from..to]);
        }
        CompareWithTrusted();
    }

    // Lets other threads prepare batches by what is known now.
    private void Publish()
    {
        if (CanJudge && fold!.Size > 0 && !ReferenceEquals(known?.State, fold.State))
            Volatile.Write(ref known, new KnownLedger(fold.State, log, hasher));
    }

    private void Took(in PreparedSeconds seconds)
    {
        Board.Took("entries", seconds.Entries);
        Board.Took("commitments", seconds.Commitments);
        Board.Took("signatures", seconds.Signatures);
        Board.Took("merkle", seconds.Merkle);
        Board.Took("checkpoints", seconds.Checkpoints);
    }

    // The first entry founds the fold: its body's hash is the ledger's id, whatever it says; trust compares that id.
    private bool Found(Receipt receipt)
    {
        if (fold is null && frontier.Size == 1)
        {
            fold = new LedgerFold(SignedBytes.LedgerIdOf(receipt.Entry.Body.ToJson()));
            return true;
        }
        return fold is not null && !foldBroken;
    }

    // An epoch names the tree of the entries before it. One whose form is broken is reported by the fold.
    private void CompareEpoch(EntryBody body)
    {
        if (fold?.KnowsState == false)
            unknownStates++;
        try
        {
            TreeHead said = EpochOpened.Read(body, hasher).Root;
            if (said == frontier.Head)
                Board.Passed("merkle");
            else
                Board.Failed(
                    "merkle",
                    ErrorCodes.EpochBroken,
                    $"EPOCH_OPENED at {frontier.Size} names size {said.Size} and root {hasher.Text(said.Root)}, but the entries before it give {hasher.Text(frontier.Root())}"
                );
        }
        catch (TessraxException e)
        {
            Board.Failed("merkle", ErrorCodes.EpochBroken, $"EPOCH_OPENED at {frontier.Size}: {e.Message}");
        }
    }

    private void CompareRoot(Checkpoint checkpoint)
    {
        using StageBoard.Measurement time = Board.Measure("merkle");
        if (checkpoint.Head == frontier.Head)
            Board.Passed("merkle");
        else
            Board.Failed(
                "merkle",
                ErrorCodes.RootMismatch,
                $"the checkpoint signs size {checkpoint.Head.Size} and root {hasher.Text(checkpoint.Head.Root)}, but {frontier.Size} entries give {hasher.Text(frontier.Root())}"
            );
    }

    // The checkpoint accepted last time must be a prefix of what is shown now.
    private void CompareWithTrusted()
    {
        if (trust?.Checkpoint is not { } trusted || trusted.Head.Size != frontier.Size)
            return;
        reachedTrusted = true;
        if (trusted.Head != frontier.Head)
            Board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"at size {frontier.Size} the trusted checkpoint has root {hasher.Text(trusted.Head.Root)}, this ledger {hasher.Text(frontier.Root())}"
            );
    }
}
