using System.Text;
using Tessrax.Contradictions;
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
    private VerifierKey? logKey;

    private BundleVerifier(TimeProvider clock, TrustRoot? trust)
    {
        this.trust = trust;
        board = new StageBoard(clock, Stages);
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
            foreach (string stage in Stages[1..])
                verifier.board.NotChecked(stage, ErrorCodes.Refuted, "the bundle could not be read");
            return new Verdict("bundle", null, 0, null, verifier.board.ToStages(), []);
        }
        return verifier.Judge(bundle);
    }

    private Verdict Judge(Bundle bundle)
    {
        Digest? ledger = null;
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
            GovernanceState? atSubject = JudgeEntries(bundle, GovernanceState.Before(ledger.Value));
            checkpoint = JudgeCheckpoint(bundle, atSubject);
            JudgeInclusion(bundle, checkpoint);
            if (atSubject is not null)
                JudgeSubject(bundle, atSubject, genesis);
        }
        JudgeTrust(bundle, ledger, checkpoint);
        return new Verdict(
            "bundle",
            ledger,
            checkpoint?.Head.Size ?? 0,
            checkpoint?.Head.Root,
            board.ToStages(),
            Excludes(bundle)
        );
    }

    // Folds the control events and judges every entry by the state before it: one left out changes what later entries name.
    private GovernanceState? JudgeEntries(Bundle bundle, GovernanceState state)
    {
        GovernanceState? atSubject = null;
        Entry? previous = null;
        foreach (BundleEntry item in bundle.Entries)
        {
            using StageBoard.Measurement time = board.Measure("governance");
            Receipt receipt = item.Receipt;
            if (previous is not null && receipt.Entry.RecordedAt < previous.RecordedAt)
                board.Failed(
                    "time",
                    ErrorCodes.TimeBroken,
                    $"entry {receipt.Entry.Index} was recorded before entry {previous.Index}"
                );
            previous = receipt.Entry;
            if (receipt.Entry.Index == bundle.Subject)
                atSubject = state;
            if (EntryRules.Judge(receipt, state) is { } refusal)
                board.Failed(refusal);
            else if (JudgePayload(receipt) is { } misfit)
                board.Failed(misfit);
            else
                CountJudged(receipt);
            if (!Events.IsControl(receipt.Entry.Body.Event))
                continue;
            try
            {
                state = state.After(receipt.Entry, receipt.LeafHash);
            }
            catch (TessraxException e)
            {
                board.Failed("governance", ErrorCodes.StateBroken, e.Message);
                return null;
            }
        }
        if (atSubject is null)
            board.Failed(
                "bundle",
                ErrorCodes.InputsMissing,
                $"the bundle is about entry {bundle.Subject} but does not hold it"
            );
        // The subject may be genesis itself: then the state after it is the one that names the log key.
        return bundle.Subject == 0 ? state : atSubject;
    }

    private static Refusal? JudgePayload(Receipt receipt)
    {
        try
        {
            _ = receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;
            return null;
        }
        catch (TessraxException e)
        {
            return new Refusal(
                Aspect.Entry,
                e.Code,
                $"the payload of entry {receipt.Entry.Index} does not fit {receipt.Entry.Body.Event}: {e.Message}"
            );
        }
    }

    private void CountJudged(Receipt receipt)
    {
        board.Passed("entries");
        board.Passed("commitments");
        board.Passed("governance");
        board.Passed("time");
        if (receipt.Entry.Signature is not null)
            board.Passed("signatures");
    }

    private Checkpoint? JudgeCheckpoint(Bundle bundle, GovernanceState? state)
    {
        using StageBoard.Measurement time = board.Measure("checkpoint");
        if (state?.LogKey is not { } log)
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, "the bundle's control events name no log key");
            return null;
        }
        logKey = log.Verifier;
        if (
            !Checkpoint.TryOpen(
                Encoding.UTF8.GetBytes(bundle.Checkpoint),
                log.Verifier,
                out Checkpoint? checkpoint,
                out string reason
            )
        )
        {
            board.Failed("checkpoint", ErrorCodes.CheckpointRefused, reason);
            return null;
        }
        board.Passed("checkpoint");
        return checkpoint;
    }

    private void JudgeInclusion(Bundle bundle, Checkpoint? checkpoint)
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
            if (
                InclusionProof.Verify([.. item.Proof], checkpoint.Head, index, item.Receipt.LeafHash, TreeHasher.Sha256)
            )
                board.Passed("inclusion");
            else
                board.Failed(
                    "inclusion",
                    ErrorCodes.InclusionBroken,
                    $"entry {index} is not proven to be in the tree of size {checkpoint.Head.Size}"
                );
        }
    }

    private void JudgeSubject(Bundle bundle, GovernanceState state, Entry genesis)
    {
        Receipt? subject = bundle.Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)?.Receipt;
        if (subject?.Entry.Body.Event != Events.DecisionRecorded)
        {
            board.Drop("approvals");
            board.Drop("decisions");
            return;
        }
        if (subject.Payload is null)
        {
            board.Failed(
                "decisions",
                ErrorCodes.InputsMissing,
                "the decision's payload is withheld, so it cannot be made again"
            );
            return;
        }
        using StageBoard.Measurement time = board.Measure("decisions");
        try
        {
            Policy policy = Genesis.Read(genesis.Body).Policy;
            if (policy.Pin != state.Policy)
                throw ErrorCodes.PolicyDiffers.Because("the policy in force at the decision is not in the bundle");
            Decision decision = Decision.FromJson(subject.Payload.Root);
            JudgeDecision(bundle, policy, decision);
            JudgeApprovals(subject.Entry, decision, policy, state);
        }
        catch (TessraxException e)
        {
            board.Failed("decisions", e.Code, e.Message);
        }
    }

    private void JudgeDecision(Bundle bundle, Policy policy, Decision decision)
    {
        var claims = new ClaimBook(policy.Rules);
        Contradiction? recorded = null;
        bool followed = false;
        foreach (
            Receipt receipt in bundle
                .Entries.Select(e => e.Receipt)
                .Where(r => r.Entry.Index < bundle.Subject && r.Payload is not null)
        )
        {
            switch (EventPayloads.Read(receipt.Entry.Body.Event, receipt.Payload!.Root))
            {
                case ClaimsRecorded batch:
                    foreach (Claim claim in batch.Claims)
                        claims.Add(claim);
                    break;
                case Contradiction contradiction when contradiction.Id == decision.Contradiction:
                    recorded = contradiction;
                    followed = contradiction.Equals(claims.Detect(contradiction.Key));
                    break;
            }
        }
        Contradiction? again = claims.Detect(decision.Key);
        if (recorded is null || again is null)
            board.Failed(
                "decisions",
                ErrorCodes.InputsMissing,
                "the claims or the contradiction that the decision rests on are not in the bundle"
            );
        // Claims that came later may have changed what is set aside, but not what contradicts what.
        else if (!followed || again.Id != recorded.Id)
            board.Failed(
                "decisions",
                ErrorCodes.DecisionDiffers,
                "the bundle's claims give another contradiction than the one recorded"
            );
        else if (!Decider.Decide(policy, again).ToJson().Equals(decision.ToJson()))
            board.Failed(
                "decisions",
                ErrorCodes.DecisionDiffers,
                "claims and policy give another decision than the one recorded"
            );
        else
            board.Passed("decisions");
    }

    private void JudgeApprovals(Entry entry, Decision decision, Policy policy, GovernanceState state)
    {
        // What is asked for comes from the policy, not from the decision's own word.
        IReadOnlyList<RequiredApproval> required = policy.For(decision.Severity).Action?.Approvals ?? [];
        Digest body = entry.Body.DigestIn(state.Ledger);
        foreach (Approval approval in entry.Approvals)
        {
            if (
                ApprovalRules.Judge(approval, body, entry.Body.By.Key, required, state, entry.RecordedAt) is { } refusal
            )
                board.Failed(refusal);
            else
                board.Passed("approvals");
        }
        if (ApprovalRules.JudgeAll(entry.Approvals, required, $"the decision in entry {entry.Index}") is { } few)
            board.Failed(few);
    }

    private void JudgeTrust(Bundle bundle, Digest? ledger, Checkpoint? checkpoint)
    {
        if (trust is null)
        {
            board.NotChecked(
                "trust",
                ErrorCodes.NoTrust,
                $"trust is not established: pin ledger {ledger?.ToString() ?? "(unreadable)"} with vkey {logKey?.ToString() ?? "(unreadable)"}, if a source you trust confirms them"
            );
            return;
        }
        if (trust.Ledger is { } expected && expected != ledger)
            board.Failed(
                "trust",
                ErrorCodes.WrongLedger,
                $"this is about the ledger {ledger?.ToString() ?? "(unreadable)"}, the trust root is for {expected}"
            );
        if (trust.Policy.Evaluate(Encoding.UTF8.GetBytes(bundle.Checkpoint)) is { Holds: false } refused)
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

    private List<string> Excludes(Bundle bundle)
    {
        var excludes = new List<string>();
        if (trust is null || trust.Policy.LogOnly)
            excludes.Add(
                "a fork: no witness quorum is asked for (log-only), so the log could show others another history"
            );
        if (trust?.Checkpoint is not null)
            excludes.Add(
                "that this tree is not an extension of the trusted checkpoint: a bundle carries no consistency proof (verify the whole ledger for that)"
            );
        excludes.Add(
            $"entries that the bundle leaves out: claims about the same subject, the end of the proposal before it was decided, a nonce used before, control events after entry {bundle.Subject} (omission not excluded; verify the whole ledger for that)"
        );
        excludes.Add("a wrong clock: recorded_at is the log's word");
        return excludes;
    }
}
