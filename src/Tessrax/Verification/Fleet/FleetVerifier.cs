using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification.Fleet;

/// <summary>Checks a fleet's proof from a stranger against trust roots of one's own.</summary>
/// <remarks>The bundles in it are judged as bundles are; their stages are named <c>fleet/…</c> and <c>ledger/…</c>. What joins them has stages of its own: <c>round</c>, <c>member</c>
/// and, between two trees of the ledger, <c>consistency</c>.</remarks>
public sealed partial class FleetVerifier
{
    private const string Format = "proof";
    private const string RoundStage = "round";
    private const string MemberStage = "member";
    private const string ConsistencyStage = "consistency";
    private const string SignatureStage = "signature";
    private const string TrustStage = "ledger/trust";

    private readonly TimeProvider clock;
    private readonly StageBoard board;
    private readonly FleetProof proof;
    private readonly List<string> excludes = [];
    private Verdict? ledger;
    private FleetMember? member;
    private FleetRecorded? recorded;

    private FleetVerifier(FleetProof proof, StageBoard board, TimeProvider clock) =>
        (this.proof, this.board, this.clock) = (proof, board, clock);

    /// <summary>Whether bytes mean to be such a proof.</summary>
    public static bool IsMeant(ReadOnlySpan<byte> bytes) => JsonMembers.AreIn(bytes, "fleet", "round");

    /// <summary>The verdict.</summary>
    /// <param name="bytes">Whatever a stranger gave; never throws at it.</param>
    /// <param name="fleet">What the verifier accepts of the fleet; null if trust was not established.</param>
    /// <param name="ledger">What the verifier accepts of the ledger; null to take the fleet's word for which ledger bears the name.</param>
    /// <param name="clock">Measures the stages; decides nothing.</param>
    /// <param name="pinned">Finds a trust root by a ledger's id where none was given; null for none.</param>
    public static FleetVerdict Verify(
        ReadOnlySpan<byte> bytes,
        TrustRoot? fleet,
        TrustRoot? ledger,
        TimeProvider clock,
        Func<Digest, TrustRoot?>? pinned = null
    )
    {
        var board = new StageBoard(clock, Format);
        FleetProof proof;
        try
        {
            using StageBoard.Measurement time = board.Measure(Format);
            proof = FleetProof.Parse(bytes);
            board.Passed(Format);
        }
        catch (TessraxException e)
        {
            board.Failed(Format, e.Code, e.Message);
            return new FleetVerdict(new Verdict("fleet-proof", null, 0, null, board.ToStages(), []), null);
        }
        return new FleetVerifier(proof, board, clock).Judge(fleet, ledger, pinned);
    }

    private FleetVerdict Judge(TrustRoot? fleetTrust, TrustRoot? ledgerTrust, Func<Digest, TrustRoot?>? pinned)
    {
        Verdict fleet = BundleVerifier.Verify(proof.Round, fleetTrust ?? PinnedFor(proof.Round, pinned), clock);
        JudgeRound();
        JudgeMember();
        if (proof.Bundle is { } bundle)
        {
            ledgerTrust ??= PinnedFor(bundle, pinned);
            ledger = BundleVerifier.Verify(bundle, ledgerTrust, clock);
            JudgeConsistency(bundle, ledger.Hasher);
            JudgeNote(ledger.LogKeys);
        }
        else
            JudgeNote(ledgerTrust);
        if (ledgerTrust is null)
            TakeTheFleetsWord();
        Exclude(fleet);
        return ToVerdict(fleet, hasTrust: ledgerTrust is not null);
    }

    private void JudgeRound()
    {
        using StageBoard.Measurement time = board.Measure(RoundStage);
        Receipt? receipt = RoundReceipt;
        if (receipt is not { Entry.Body.Event: Events.FleetRecorded })
            board.Failed(
                RoundStage,
                ErrorCodes.InputsMissing,
                $"entry {proof.Round.Subject} of the fleet records no round: it is {receipt?.Entry.Body.Event ?? "not there"}"
            );
        else if (receipt.Payload is null)
            board.Failed(
                RoundStage,
                ErrorCodes.InputsMissing,
                $"what entry {proof.Round.Subject} of the fleet recorded was erased"
            );
        else
            ReadRound(receipt.Payload.Root);
    }

    private void ReadRound(JsonValue payload)
    {
        try
        {
            recorded = FleetRecorded.FromJson(payload);
            board.Passed(RoundStage);
        }
        catch (TessraxException e)
        {
            board.Failed(RoundStage, e.Code, e.Message);
        }
    }

    private void JudgeMember()
    {
        using StageBoard.Measurement time = board.Measure(MemberStage);
        try
        {
            member = FleetMember.Of(SignedNote.Parse(Encoding.UTF8.GetBytes(proof.Checkpoint)));
        }
        catch (TessraxException e)
        {
            board.Failed(MemberStage, e.Code, $"the ledger's checkpoint: {e.Message}");
            return;
        }
        if (recorded is null)
            board.NotChecked(MemberStage, ErrorCodes.InputsMissing, "there is no round to prove the ledger in");
        else if (
            InclusionProof.Verify(
                [.. proof.Path],
                new TreeHead(recorded.Ledgers, recorded.Root),
                proof.Index,
                member.LeafHash,
                TreeHasher.Sha256
            )
        )
            board.Passed(MemberStage);
        else
            board.Failed(
                MemberStage,
                ErrorCodes.InclusionBroken,
                $"the checkpoint of {member.Says.Origin} is not proven to be ledger {proof.Index} of the {recorded.Ledgers} of the round"
            );
    }

    // The bundle's tree begins with the round's, or the other way round; and the entry is in both.
    private void JudgeConsistency(Bundle bundle, TreeHasher hasher)
    {
        using StageBoard.Measurement time = board.Measure(ConsistencyStage);
        if (member is null || HeadOf(bundle) is not { } shown)
        {
            board.NotChecked(ConsistencyStage, ErrorCodes.CheckpointRefused, "there are no two checkpoints to compare");
            return;
        }
        TreeHead round = member.Says.Head;
        (TreeHead from, TreeHead to) = round.Size <= shown.Head.Size ? (round, shown.Head) : (shown.Head, round);
        if (shown.Origin != member.Says.Origin)
            board.Failed(
                ConsistencyStage,
                ErrorCodes.WrongLedger,
                $"the bundle is of {shown.Origin}, the round's checkpoint of {member.Says.Origin}"
            );
        else if (bundle.Subject >= round.Size)
            board.Failed(
                ConsistencyStage,
                ErrorCodes.InclusionBroken,
                $"entry {bundle.Subject} came after the round, which has {round.Size} entries of {shown.Origin}"
            );
        else if (from.Size == to.Size ? from == to && proof.Consistency.Count == 0 : IsExtended(from, to, hasher))
            board.Passed(ConsistencyStage);
        else
            board.Failed(
                ConsistencyStage,
                ErrorCodes.Inconsistent,
                $"the tree of {to.Size} entries is not proven to extend that of {from.Size}"
            );
    }

    private bool IsExtended(TreeHead from, TreeHead to, TreeHasher hasher) =>
        ConsistencyProof.Verify([.. proof.Consistency], from, to, hasher);

    // By the keys that the bundle shows to be those of the ledger.
    private void JudgeNote(IReadOnlyList<LogKeySpan> keys)
    {
        using StageBoard.Measurement time = board.Measure(SignatureStage);
        if (member is null || keys.Count == 0)
            board.NotChecked(
                SignatureStage,
                ErrorCodes.CheckpointRefused,
                "the bundle shows no key of the ledger's log"
            );
        else if (new LogKeyChain(keys).TryOpen(member.Note.ToBytes(), out _, out string reason))
            board.Passed(SignatureStage);
        else
            board.Failed(
                SignatureStage,
                ErrorCodes.CheckpointRefused,
                $"the ledger's checkpoint in the round: {reason}"
            );
    }

    // By the keys that the verifier brings.
    private void JudgeNote(TrustRoot? trust)
    {
        using StageBoard.Measurement time = board.Measure(SignatureStage);
        if (trust is null || member is null)
        {
            board.NotClaimed(
                SignatureStage,
                ErrorCodes.NoTrust,
                "no key of the ledger's log is known, so nobody checked that it signed this checkpoint"
            );
            return;
        }
        if (trust.Judge(member.Note.ToBytes(), null) is { Holds: false } refused)
            board.Failed(SignatureStage, ErrorCodes.CheckpointRefused, refused.Reason);
        else
            board.Passed(SignatureStage);
        TreeHead head = member.Says.Head;
        if (trust.Checkpoint is { } trusted && trusted.Head.Size == head.Size && trusted.Head != head)
            board.Failed(
                SignatureStage,
                ErrorCodes.Inconsistent,
                $"at size {head.Size} the trusted checkpoint has root {trusted.Head.Root}, the round's {head.Root}"
            );
        if (trust.Ledger is { } id)
            excludes.Add($"that the ledger is {id}: its key and its name were checked, its id is shown by a bundle");
    }

    private Receipt? RoundReceipt =>
        proof.Round.Entries.FirstOrDefault(entry => entry.Receipt.Entry.Index == proof.Round.Subject)?.Receipt;

    private static Checkpoint? HeadOf(Bundle bundle) =>
        SignedNote.TryParse(Encoding.UTF8.GetBytes(bundle.Checkpoint), out SignedNote? note, out _)
        && Checkpoint.TryParseBody(note.Text, out Checkpoint? says)
            ? says
            : null;

    private static TrustRoot? PinnedFor(Bundle bundle, Func<Digest, TrustRoot?>? pinned) =>
        bundle.Entries is [{ } genesis, ..]
            ? pinned?.Invoke(SignedBytes.LedgerIdOf(genesis.Receipt.Entry.Body.ToJson()))
            : null;
}
