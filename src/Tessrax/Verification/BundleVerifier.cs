using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Checks a bundle from a stranger against a trust root of one's own, down to deciding again.</summary>
public sealed class BundleVerifier
{
    // In the order of checking: what comes first is nearest to the cause.
    private static readonly string[] Stages =
    [
        "bundle",
        "entries",
        "commitments",
        "signatures",
        "governance",
        "time",
        "checkpoint",
        "inclusion",
        "approvals",
        "decisions",
        "trust",
    ];

    private readonly StageBoard board;
    private readonly TrustRoot? trust;
    private readonly ErasureReport erasures = new(isPart: true);
    private readonly ReplayQueue replays;
    private LogKeyChain? log;

    private BundleVerifier(TimeProvider clock, TrustRoot? trust)
    {
        this.trust = trust;
        board = new StageBoard(clock, Stages);
        replays = new ReplayQueue(board, clock);
    }

    /// <summary>The verdict on a bundle.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="trust">What the verifier accepts; null if trust was not established.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    public static Verdict Verify(ReadOnlySpan<byte> bytes, TrustRoot? trust, TimeProvider clock)
    {
        var verifier = new BundleVerifier(clock, trust);
        Bundle bundle;
        try
        {
            using StageBoard.Measurement time = verifier.board.Measure("bundle");
            bundle = Bundle.Parse(bytes);
            verifier.board.Passed("bundle");
        }
        catch (TessraxException e)
        {
            verifier.board.Failed("bundle", e.Code, e.Message);
            // Nothing else applies to what is not a bundle.
            foreach (string stage in Stages[1..])
                verifier.board.Drop(stage);
            return new Verdict("bundle", null, 0, null, verifier.board.ToStages(), []);
        }
        return verifier.Judge(bundle);
    }

    private Verdict Judge(Bundle bundle)
    {
        Digest? ledger = null;
        LedgerFold? fold = null;
        Checkpoint? checkpoint = null;
        if (
            bundle.Entries.Count == 0
            || bundle.Entries[0].Receipt.Entry is not { Index: 0, Body.Event: Events.LedgerCreated } genesis
        )
        {
            board.Failed("bundle", ErrorCodes.InputsMissing, "the bundle does not begin with genesis");
        }
        else
        {
            ledger = SignedBytes.LedgerIdOf(genesis.Body.ToJson());
            fold = new LedgerFold(ledger.Value, isPart: true);
            JudgeEntries(bundle, fold);
            checkpoint = JudgeCheckpoint(bundle, fold.State);
            JudgeInclusion(bundle, checkpoint, fold.State.Hasher);
            ErasureReport.ReportMissing(fold.Erasures, board);
            DropWhatDoesNotApply(bundle);
            FindSuspects(bundle, fold.State);
            SayWhatIsErased(bundle, fold.Erasures);
        }
        JudgeTrust(bundle, ledger, checkpoint);
        return new Verdict(
            "bundle",
            ledger,
            checkpoint?.Head.Size ?? 0,
            checkpoint?.Head.Root,
            board.ToStages(),
            Excludes(bundle, fold, checkpoint?.Head)
        )
        {
            Hasher = fold?.State.Hasher ?? TreeHasher.Sha256,
            Successor = fold?.State.Successor,
            LogKeys = log?.Spans ?? [],
        };
    }

    // By the very rules that the writer and the verifier of a whole ledger go by. A control event left out changes what every later
    // entry names; a claim, proposal or verdict left out is missed by what rests on it.
    private void JudgeEntries(Bundle bundle, LedgerFold fold)
    {
        foreach (BundleEntry item in bundle.Entries)
        {
            board.Passed("entries");
            if (!EntryJudge.Judge(item.Receipt, fold, board, erasures, replays))
                return;
        }
        if (!bundle.Entries.Any(item => item.Receipt.Entry.Index == bundle.Subject))
            board.Failed(
                "bundle",
                ErrorCodes.InputsMissing,
                $"the bundle is about entry {bundle.Subject} but does not hold it"
            );
    }

    // The subject, and what it rests on: claims, contradiction, proposal, verdicts. Who changed the rules before is for whoever has the whole ledger.
    private void FindSuspects(Bundle bundle, GovernanceState state)
    {
        if (SuspectScan.FirstOf(state) is null)
            return;
        var scan = new SuspectScan(state);
        var restsOn = new List<long>();
        var governing = new HashSet<long>();
        foreach (Receipt receipt in bundle.Entries.Select(item => item.Receipt))
        {
            Entry entry = receipt.Entry;
            object? payload = PayloadOf(receipt);
            scan.Add(entry, payload as ApprovalRecorded);
            if (payload is Proposal { Decision: null })
                governing.Add(entry.Index);
            bool governs =
                Events.IsControl(entry.Body.Event)
                || governing.Contains((payload as ApprovalRecorded)?.Proposal ?? entry.Index);
            if (!governs || entry.Index == bundle.Subject)
                restsOn.Add(entry.Index);
        }
        board.Passed(SuspectScan.StageName, restsOn.Count);
        foreach (string reason in restsOn.Select(scan.ReasonOf).OfType<string>())
            board.Failed(SuspectScan.StageName, ErrorCodes.Suspect, reason);
    }

    private static object? PayloadOf(Receipt receipt)
    {
        try
        {
            return receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;
        }
        catch (TessraxException)
        {
            return null; // reported when it was judged
        }
    }

    // An entry that decides nothing has no such stages, so that nobody reads them as checked.
    private void DropWhatDoesNotApply(Bundle bundle)
    {
        string? about = bundle
            .Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)
            ?.Receipt.Entry.Body.Event;
        if (about is null || !(Events.Settles(about) || Events.IsGoverned(about)))
            board.Drop("approvals");
        if (about is null || !Events.Settles(about))
            board.Drop("decisions");
    }

    // A stage that could not do its work for the subject is not called checked, whatever it did for other entries.
    private void SayWhatIsErased(Bundle bundle, Erasures fold)
    {
        Receipt? about = bundle.Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)?.Receipt;
        if (about is { IsErased: true } && fold.ErasedAt(about.Entry) is { } at)
            board.NotClaimed(
                "commitments",
                ErrorCodes.NotReExecutable,
                $"the payload of entry {bundle.Subject} was erased at {at}: nobody can hold it against its commitment"
            );
        if (erasures.ReasonOf(bundle.Subject, fold) is not { } reason)
            return;
        foreach (string stage in (ReadOnlySpan<string>)["approvals", "decisions"])
            board.NotClaimed(stage, ErrorCodes.NotReExecutable, $"entry {bundle.Subject} is {reason}");
    }

    private Checkpoint? JudgeCheckpoint(Bundle bundle, GovernanceState state)
    {
        using StageBoard.Measurement time = board.Measure("checkpoint");
        log = state.LogKeys;
        if (log is null)
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, "the bundle's control events name no log key");
            return null;
        }
        if (!log.TryOpen(Encoding.UTF8.GetBytes(bundle.Checkpoint), out Checkpoint? checkpoint, out string reason))
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, reason);
            return null;
        }
        board.Passed("checkpoint");
        return checkpoint;
    }

    private void JudgeInclusion(Bundle bundle, Checkpoint? checkpoint, TreeHasher hasher)
    {
        using StageBoard.Measurement time = board.Measure("inclusion");
        if (checkpoint is null)
        {
            board.NotChecked("inclusion", ErrorCodes.CheckpointRefused, "there is no checkpoint to prove inclusion in");
            return;
        }
        foreach (BundleEntry item in bundle.Entries)
        {
            long index = item.Receipt.Entry.Index;
            Digest leaf = item.Receipt.LeafHash(hasher);
            if (InclusionProof.Verify([.. item.Proof], checkpoint.Head, index, leaf, hasher))
                board.Passed("inclusion");
            else
                board.Failed(
                    "inclusion",
                    ErrorCodes.InclusionBroken,
                    $"entry {index} is not proven to be in the tree of size {checkpoint.Head.Size}"
                );
        }
    }

    private void JudgeTrust(Bundle bundle, Digest? ledger, Checkpoint? checkpoint)
    {
        if (trust is null)
        {
            board.NotChecked(
                "trust",
                ErrorCodes.NoTrust,
                $"trust is not established: pin ledger {ledger?.ToString() ?? "(unreadable)"} with vkey {log?.Newest.ToString() ?? "(unreadable)"}, if a source you trust confirms them"
            );
            return;
        }
        if (trust.Ledger is { } expected && expected != ledger)
            board.Failed(
                "trust",
                ErrorCodes.WrongLedger,
                $"this is about the ledger {ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (trust.Judge(Encoding.UTF8.GetBytes(bundle.Checkpoint), log) is { Holds: false } refused)
            board.Failed("trust", ErrorCodes.CheckpointRefused, refused.Reason);
        else
            board.Passed("trust");
        // Equal sizes must have equal roots; between other sizes a bundle has no consistency proof, and the verdict says so.
        if (
            trust.Checkpoint is { } trusted
            && checkpoint is not null
            && trusted.Head.Size == checkpoint.Head.Size
            && trusted.Head != checkpoint.Head
        )
            board.Failed(
                "trust",
                ErrorCodes.Inconsistent,
                $"at size {trusted.Head.Size} the trusted checkpoint has root {trusted.Head.Root}, the bundle {checkpoint.Head.Root}"
            );
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

    private List<string> Excludes(Bundle bundle, LedgerFold? fold, TreeHead? head)
    {
        var excludes = new List<string>();
        if (trust is null || trust.Policy.LogOnly)
            excludes.Add(
                "a fork: no witness quorum is asked for (log-only), so the log could show others another history"
            );
        if (trust?.Checkpoint is { } trusted && NotLinked(trusted.Head, head) is { } unlinked)
            excludes.Add($"{unlinked}: a bundle carries no consistency proof (verify the whole ledger for that)");
        if (RetiredKeys.NotExcluded(log) is { } shown)
            excludes.Add(shown);
        excludes.Add(
            $"entries that the bundle leaves out: claims about the same subject, the end of the proposal before it was decided, a nonce used before, control events after entry {bundle.Subject} (omission not excluded; verify the whole ledger for that)"
        );
        if (bundle.Entries.Any(e => e.Receipt.Entry.Body.Event == Events.EpochOpened))
            excludes.Add(
                "that the epochs name the root and the folded state of the entries before them (verify the whole ledger for that)"
            );
        if (fold is not null)
            excludes.AddRange(erasures.ToExcludes(fold.Erasures));
        if (fold?.Genesis?.Predecessor is { } before)
            excludes.Add(PredecessorJudge.NotExcluded(before));
        excludes.Add("a wrong clock: recorded_at is the log's word");
        return excludes;
    }
}
