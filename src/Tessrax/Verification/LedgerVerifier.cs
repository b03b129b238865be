using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Checks a whole ledger, fed batch by batch from entry 0: form, commitments, signatures, governance, time, approvals,
/// decisions by re-execution, the tree, every checkpoint, and the trust root.</summary>
/// <remarks>Pure; never throws at what it is fed. The caller checks the framing of what it reads and reports it on <see cref="Board"/>.</remarks>
public sealed class LedgerVerifier
{
    private readonly TrustRoot? trust;
    private Frontier frontier = new(TreeHasher.Sha256);
    private TreeHasher hasher = TreeHasher.Sha256;
    private LedgerFold? fold;
    private VerifierKey? logKey;
    private Checkpoint? last;
    private byte[] lastNote = [];
    private bool foldBroken;
    private bool reachedTrusted;
    private readonly List<string> remarks = [];

    /// <param name="clock">Measures the stages.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    public LedgerVerifier(TimeProvider clock, TrustRoot? trust)
    {
        this.trust = trust;
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

    /// <summary>Checks the next entry.</summary>
    /// <param name="leaf">The entry.</param>
    /// <param name="payload">Its payload; empty if there is none.</param>
    /// <param name="salt">The payload's salt.</param>
    /// <param name="erased">Whether payload and salt are said to have been erased.</param>
    /// <returns>What was read, whether it holds or not; null if it could not be read.</returns>
    public Receipt? Add(
        ReadOnlySpan<byte> leaf,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> salt,
        bool erased = false
    )
    {
        Receipt? receipt = Read(leaf, payload, salt, erased);
        if (frontier.Size == 0 && receipt is not null)
            frontier = new Frontier(hasher = HasherOf(receipt));
        using (Board.Measure("merkle"))
        {
            if (receipt?.Entry.Body is { Event: Events.EpochOpened } epoch)
                CompareEpoch(epoch);
            frontier.Append(hasher.Leaf(leaf));
        }
        CompareWithTrusted();
        if (receipt is not null && Found(receipt))
        {
            foldBroken = !EntryJudge.Judge(receipt, fold!, Board);
            logKey ??= fold!.State.LogKey?.Verifier;
        }
        return receipt;
    }

    /// <summary>Checks a batch's checkpoint against the entries so far.</summary>
    public void AddCheckpoint(ReadOnlySpan<byte> note)
    {
        using StageBoard.Measurement time = Board.Measure("checkpoints");
        if (logKey is null)
        {
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"the checkpoint after {frontier.Size} entries cannot be checked: genesis names no log key"
            );
            return;
        }
        if (!Checkpoint.TryOpen(note, logKey, out Checkpoint? checkpoint, out string reason))
        {
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"the checkpoint after {frontier.Size} entries: {reason}"
            );
            return;
        }
        Board.Passed("checkpoints");
        CompareRoot(checkpoint);
        last = checkpoint;
        lastNote = note.ToArray();
    }

    /// <summary>The verdict on everything fed so far.</summary>
    public Verdict Finish()
    {
        using (Board.Measure("trust"))
            CheckTrust();
        if (frontier.Size == 0)
            Board.Failed("entries", ErrorCodes.EntryMalformed, "there is no entry, not even genesis");
        if (last is null || last.Head.Size != frontier.Size)
            Board.Failed(
                "checkpoints",
                ErrorCodes.CheckpointRefused,
                $"no checkpoint covers all {frontier.Size} entries"
            );
        return new Verdict("ledger", Ledger, frontier.Size, frontier.Root(), Board.ToStages(), Excludes())
        {
            Hasher = hasher,
            Successor = Fold?.State.Successor,
        };
    }

    private Receipt? Read(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt, bool erased)
    {
        using StageBoard.Measurement time = Board.Measure("entries");
        try
        {
            Receipt receipt = Receipt.Parse(leaf, payload, salt, erased);
            Board.Passed("entries");
            return receipt;
        }
        catch (TessraxException e)
        {
            Board.Failed("entries", ErrorCodes.EntryMalformed, $"entry {frontier.Size}: {e.Message} ({e.Code})");
            foldBroken = true;
            return null;
        }
    }

    // The name alone is taken from what is not judged yet: the ledger id commits to it, and with another tree no checkpoint would hold.
    private static TreeHasher HasherOf(Receipt genesis)
    {
        JsonValue? name = genesis.Entry.Body.Control is { Kind: JsonKind.Object } control ? control["hash"] : null;
        string named = name?.Kind == JsonKind.String ? name.AsString() : "";
        return TreeHasher.ByName(named) ?? TreeHasher.Sha256;
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

    private void CheckTrust()
    {
        if (trust is null)
        {
            string pin = fold is null ? "" : $": pin ledger {fold.State.Ledger} with vkey {logKey}";
            Board.NotChecked("trust", ErrorCodes.NoTrust, $"trust is not established{pin}");
            return;
        }
        if (trust.Ledger is { } expected && expected != Ledger)
            Board.Failed(
                "trust",
                ErrorCodes.WrongLedger,
                $"this is the ledger {Ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (lastNote.Length == 0)
            Board.Failed(
                "trust",
                ErrorCodes.CheckpointRefused,
                "there is no checkpoint that the trust root could judge"
            );
        else if (trust.Policy.Evaluate(lastNote) is { Holds: false } refused)
            Board.Failed("trust", ErrorCodes.CheckpointRefused, refused.Reason);
        else
            Board.Passed("trust");
        if (trust.Checkpoint is { Head.Size: > 0 } trusted && !reachedTrusted)
            Board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"the trusted checkpoint has size {trusted.Head.Size}, this ledger only {frontier.Size}: it is an older copy, or was cut"
            );
    }

    private List<string> Excludes()
    {
        var excludes = new List<string>();
        if (trust is null || trust.Policy.LogOnly)
            excludes.Add(
                "a fork: no witness quorum is asked for (log-only), so the log could show others another history"
            );
        if (trust?.Checkpoint is null)
            excludes.Add("entries cut off the end: no trusted checkpoint says how far the log had come");
        excludes.AddRange(remarks);
        excludes.Add("a wrong clock: recorded_at is the log's word");
        if (Untold is > 0 and int open)
            excludes.Add(
                Fold?.State.Successor is null
                    ? $"{open} contradictions among the recorded claims that the log has not told of yet: an ingest was cut off (ingest again), or the operator held them back"
                    : $"{open} contradictions among the recorded claims that the log never told of, and now cannot: it is closed"
            );
        return excludes;
    }
}
