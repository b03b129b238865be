using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Judges a part of a ledger that somebody hands out with a checkpoint: some entries, each proven in the tree, and all control events.</summary>
/// <param name="board">Where it is reported.</param>
/// <param name="clock">Measures the stages; decides nothing.</param>
/// <param name="trust">What the verifier accepts; null if trust was not established.</param>
internal sealed class PartJudge(StageBoard board, TimeProvider clock, TrustRoot? trust)
{
    /// <summary>The stages that it reports first, in their order; last comes <c>trust</c>, and those between are its user's.</summary>
    public static readonly string[] Stages =
    [
        "entries",
        "commitments",
        "signatures",
        "governance",
        "time",
        "checkpoint",
        "inclusion",
    ];

    private readonly ReplayQueue replays = new(board, clock);
    private readonly VerifiedSeals seals = new();
    private readonly HashSet<long> governing = [];
    private readonly List<Entry> erasedAlone = [];
    private IReadOnlyList<BundleEntry> entries = [];
    private string note = "";

    /// <summary>What is said of payloads that are missing.</summary>
    public ErasureReport Erasures { get; } = new(isPart: true);

    /// <summary>What the entries add up to; null if they do not begin with genesis.</summary>
    public LedgerFold? Fold { get; private set; }

    /// <summary>The ledger's id; null if they do not begin with genesis.</summary>
    public Digest? Ledger { get; private set; }

    /// <summary>The checkpoint, if a key of the log signed it.</summary>
    public Checkpoint? Checkpoint { get; private set; }

    /// <summary>The log's keys, if they could be read.</summary>
    public LogKeyChain? Log { get; private set; }

    /// <summary>Judges everything but trust.</summary>
    /// <param name="part">The entries by index, genesis first.</param>
    /// <param name="checkpoint">The signed checkpoint, verbatim.</param>
    /// <param name="onlyGoverning">Whether only what governs is judged by what came before: control events, their proposals and the verdicts on these. Of the other entries then only that
    /// is judged which they show alone: form, voucher, window, commitment.</param>
    /// <param name="proven">Entries from this index on are not proven one by one: their user shows that they are in the tree.</param>
    public void Judge(
        IReadOnlyList<BundleEntry> part,
        string checkpoint,
        bool onlyGoverning = false,
        long proven = long.MaxValue
    )
    {
        (entries, note) = (part, checkpoint);
        if (
            entries.Count == 0
            || entries[0].Receipt.Entry is not { Index: 0, Body.Event: Events.LedgerCreated } genesis
        )
        {
            board.Failed("bundle", ErrorCodes.InputsMissing, "the bundle does not begin with genesis");
            return;
        }
        Ledger = SignedBytes.LedgerIdOf(genesis.Body.ToJson());
        Fold = new LedgerFold(Ledger.Value, isPart: true);
        JudgeEntries(Fold, onlyGoverning);
        board.Over("entries", "signatures", "governance", "time");
        JudgeCheckpoint(Fold.State);
        board.Over("checkpoint");
        JudgeInclusion(Fold.State.Hasher, proven);
        board.Over("inclusion");
        ErasureReport.ReportMissing(Fold.Erasures, board);
        ReportMissingAlone(Fold.Erasures);
    }

    /// <summary>Looks for what somebody else may have signed with a key that was compromised: among what the part is about, and what that rests on. Who changed the rules
    /// before is for whoever has the whole ledger.</summary>
    /// <param name="subject">The entry that it is about, whatever that is; null for none in particular.</param>
    public void FindSuspects(long? subject)
    {
        if (Fold is null || SuspectScan.FirstOf(Fold.State) is null)
            return;
        var scan = new SuspectScan(Fold.State);
        var restsOn = new List<long>();
        foreach (Receipt receipt in entries.Select(item => item.Receipt))
        {
            Entry entry = receipt.Entry;
            scan.Add(entry, ReadPayload.Of(receipt).Record as ApprovalRecorded);
            bool governs = IsGoverning(receipt) && entry.Body.Event != Events.DecisionClosed;
            if (!governs || entry.Index == subject)
                restsOn.Add(entry.Index);
        }
        board.Passed(SuspectScan.StageName, restsOn.Count);
        foreach (string reason in restsOn.Select(scan.ReasonOf).OfType<string>())
            board.Failed(SuspectScan.StageName, ErrorCodes.Suspect, reason);
    }

    /// <summary>What all stages came to.</summary>
    /// <param name="kind">What was judged.</param>
    /// <param name="excludes">What the verdict leaves open.</param>
    public Verdict ToVerdict(string kind, IReadOnlyList<string> excludes) =>
        new(kind, Ledger, Checkpoint?.Head.Size ?? 0, Checkpoint?.Head.Root, board.ToStages(), excludes)
        {
            Hasher = Fold?.State.Hasher ?? TreeHasher.Sha256,
            Successor = Fold?.State.Successor,
            Shard = Fold?.Genesis?.Shard,
            Retired = Fold?.State.Retired,
            LogKeys = Log?.Spans ?? [],
        };

    /// <summary>Judges the checkpoint against the trust root.</summary>
    public void JudgeTrust()
    {
        if (trust is null)
        {
            board.NotChecked(
                "trust",
                ErrorCodes.NoTrust,
                $"trust is not established: pin ledger {Ledger?.ToString() ?? "(unreadable)"} with vkey {Log?.Newest.ToString() ?? "(unreadable)"}, if a source you trust confirms them"
            );
            return;
        }
        if (trust.Ledger is { } expected && expected != Ledger)
            board.Failed(
                "trust",
                ErrorCodes.WrongLedger,
                $"this is about the ledger {Ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (trust.Judge(Encoding.UTF8.GetBytes(note), Log) is { Holds: false } refused)
            board.Failed("trust", ErrorCodes.CheckpointRefused, refused.Reason);
        else
            board.Passed("trust");
        // Equal sizes must have equal roots; between other sizes a part has no consistency proof, and the verdict says so.
        if (
            trust.Checkpoint is { } trusted
            && Checkpoint is { } shown
            && trusted.Head.Size == shown.Head.Size
            && trusted.Head != shown.Head
        )
            board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"at size {trusted.Head.Size} the trusted checkpoint has root {trusted.Head.Root}, the bundle {shown.Head.Root}"
            );
    }

    /// <summary>What no part of a ledger excludes.</summary>
    /// <param name="what">How the part is called.</param>
    public IEnumerable<string> NotExcluded(string what)
    {
        if (trust is null || trust.Policy.LogOnly)
            yield return "a fork: no witness quorum is asked for (log-only), so the log could show others another history";
        if (trust?.Checkpoint is { } trusted && NotLinked(trusted.Head, Checkpoint?.Head) is { } unlinked)
            yield return $"{unlinked}: {what} carries no consistency proof (verify the whole ledger for that)";
        if (RetiredKeys.NotExcluded(Log) is { } shown)
            yield return shown;
    }

    // By the very rules that the writer and the verifier of a whole ledger go by. A control event left out changes what every later
    // entry names; a claim, proposal or verdict left out is missed by what rests on it.
    private void JudgeEntries(LedgerFold fold, bool onlyGoverning)
    {
        foreach (Receipt receipt in entries.Select(item => item.Receipt))
        {
            board.Passed("entries");
            if (IsGoverning(receipt))
                governing.Add(receipt.Entry.Index);
            else if (onlyGoverning)
            {
                JudgeAlone(receipt, fold.State);
                continue;
            }
            if (!EntryJudge.Judge(receipt, fold, board, Erasures, replays))
                return;
        }
    }

    private void JudgeAlone(Receipt receipt, GovernanceState before)
    {
        using StageBoard.Measurement time = board.Measure("governance");
        if (receipt.IsErased)
            erasedAlone.Add(receipt.Entry);
        ReadPayload read = ReadPayload.Of(receipt);
        if (EntryRules.Judge(receipt, before, seals) is { } refusal)
            board.Failed(refusal);
        else if (Fold?.Genesis?.Shard?.Judge(receipt.Entry.Index, read.Record) is { } astray)
            board.Failed(astray);
        else if (read.Fault is { } fault)
            board.Failed(
                "entries",
                fault.Code,
                $"the payload of entry {receipt.Entry.Index} does not fit {receipt.Entry.Body.Event}: {fault.Message}"
            );
        else
            EntryJudge.Count(receipt, null, whole: false, board);
    }

    // Control events, the proposals that they were recorded from, and what was said of these.
    private bool IsGoverning(Receipt receipt)
    {
        string name = receipt.Entry.Body.Event;
        if (Events.IsControl(name) || !Events.Settles(name))
            return Events.IsControl(name);
        return ReadPayload.Of(receipt).Record switch
        {
            Proposal proposal => proposal.Decision is null,
            ApprovalRecorded vote => governing.Contains(vote.Proposal),
            DecisionClosed closed => governing.Contains(closed.Proposal),
            _ => false,
        };
    }

    private void ReportMissingAlone(Erasures erasures)
    {
        foreach (Entry entry in erasedAlone.Where(entry => erasures.ErasedAt(entry) is null))
            board.Failed(
                "commitments",
                ErrorCodes.PayloadMissing,
                $"the payload of entry {entry.Index} is missing, and no later entry erases it: it was withheld or lost"
            );
    }

    private void JudgeCheckpoint(GovernanceState state)
    {
        using StageBoard.Measurement time = board.Measure("checkpoint");
        Log = state.LogKeys;
        if (Log is null)
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, "the bundle's control events name no log key");
            return;
        }
        if (!Log.TryOpen(Encoding.UTF8.GetBytes(note), out Checkpoint? checkpoint, out string reason))
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, reason);
            return;
        }
        board.Passed("checkpoint");
        Checkpoint = checkpoint;
    }

    private void JudgeInclusion(TreeHasher hasher, long proven)
    {
        using StageBoard.Measurement time = board.Measure("inclusion");
        if (Checkpoint is not { Head: var head })
        {
            board.NotChecked("inclusion", ErrorCodes.CheckpointRefused, "there is no checkpoint to prove inclusion in");
            return;
        }
        foreach (BundleEntry item in entries)
        {
            long index = item.Receipt.Entry.Index;
            if (index >= proven)
                break;
            if (InclusionProof.Verify([.. item.Proof], head, index, item.Receipt.LeafHash(hasher), hasher))
                board.Passed("inclusion");
            else
                board.Failed(
                    "inclusion",
                    ErrorCodes.InclusionBroken,
                    $"entry {index} is not proven to be in the tree of size {head.Size}"
                );
        }
    }

    // Of one size, the roots were compared: nothing is left open.
    private static string? NotLinked(TreeHead trusted, TreeHead? shown)
    {
        if (shown is not { Size: var size } || size > trusted.Size)
            return "that this tree is not an extension of the trusted checkpoint";
        return size < trusted.Size
            ? $"that the trusted checkpoint, of {trusted.Size} entries, is not an extension of this tree, of {size}"
            : null;
    }
}
