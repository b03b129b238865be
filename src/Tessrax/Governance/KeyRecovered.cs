using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of KEY_RECOVERED: the key that the ledger committed to puts new keys in the place of those that were lost or stolen.</summary>
/// <remarks><code>{"keys":[{…}],"next":"sha256:…","proofs":["…"],"recovery":{"generation":0,"vkey":"recovery+…"},"retire":["sha256:…"],"sig":"…","suspect_from":412}</code>
/// The signature names the ledger, and neither a governance state nor a size nor the log's present key, so that nothing that a thief records meanwhile outruns it.</remarks>
/// <param name="Recovery">The recovery key, seen for the first and last time; its name is <see cref="VerifierName"/>.</param>
/// <param name="Generation">Which of its holder's it is.</param>
/// <param name="Terms">Which keys come and go.</param>
/// <param name="Next">The hash of the next recovery key.</param>
/// <param name="Signature">The recovery key's, 64 bytes in base64.</param>
public sealed record KeyRecovered(
    VerifierKey Recovery,
    long Generation,
    RecoveryTerms Terms,
    Digest Next,
    string Signature
)
{
    /// <summary>The name in a recovery key's vkey: not an origin's, so that it never passes for a log's.</summary>
    public const string VerifierName = "recovery";

    /// <summary>Reads the control member of a KEY_RECOVERED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static KeyRecovered Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        ObjectReader recovery = reader.Object("recovery");
        VerifierKey key = ReadKey(recovery);
        long generation = recovery.Integer("generation", 0, RecoveryCommitment.MaxGeneration - 1);
        recovery.End();
        var recovered = new KeyRecovered(
            key,
            generation,
            RecoveryTerms.Read(reader),
            reader.Digest("next"),
            Convert.ToBase64String(reader.Base64("sig", KeyProof.SignatureBytes))
        );
        reader.End();
        return recovered;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object([.. Members(), ("sig", Signature)]);

    /// <summary>What the recovery key signs.</summary>
    /// <param name="ledger">The ledger's id.</param>
    public byte[] SignedBytes(Digest ledger) =>
        Tessrax.Ledger.SignedBytes.Of(
            Tessrax.Ledger.SignedBytes.KeyRecoveredLabel,
            ledger,
            JsonValue.Object(Members())
        );

    /// <summary>What is to be said of a ledger that committed to no recovery key.</summary>
    public static TessraxException NobodyCan() =>
        ErrorCodes.RecoveryRefused.Because(
            "the ledger has committed to no recovery key",
            "that is done when a ledger is made: tessraxctl init --recovery COMMITMENT; a successor of this one can: tessraxctl rollover --recovery COMMITMENT"
        );

    internal static VerifierKey ReadKey(ObjectReader reader) =>
        VerifierKey.TryParse(reader.String("vkey"), out VerifierKey? key)
        && key.Type == VerifierKey.Ed25519
        && key.Name == VerifierName
            ? key
            : throw reader.Fault("vkey", $"is not the vkey of a recovery key, which is named {VerifierName}");

    /// <summary>Whether the key that some state committed to signed this, for a ledger.</summary>
    internal bool IsSigned(Digest ledger, RecoveryCommitment by) =>
        RecoveryCommitment.Of(Recovery.Key) == by.Commitment
        && Generation == by.Generation
        && Recovery.Key.VerifyText(SignedBytes(ledger), Signature);

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        JudgeRight(state);
        GovernanceState next = Terms.Apply(state, RecoveryCommitment.Of(Recovery.Key), context.Index);
        return next with { Recovery = new RecoveryCommitment(Next, Generation + 1) };
    }

    private (string Name, JsonValue? Value)[] Members() =>
        [
            ("recovery", JsonValue.Object(("vkey", Recovery.ToString()), ("generation", JsonValue.Number(Generation)))),
            .. Terms.Members(),
            ("next", JsonValue.String(Next.ToString())),
        ];

    private void JudgeRight(GovernanceState state)
    {
        if (state.Recovery is not { } by)
            throw NobodyCan();
        if (Generation != by.Generation)
            throw ErrorCodes.RecoveryRefused.Because(
                $"the recovery is of generation {Generation}, and the ledger's is {by.Generation}"
            );
        if (RecoveryCommitment.Of(Recovery.Key) != by.Commitment)
            throw ErrorCodes.RecoveryRefused.Because($"{Recovery} is not the key that the ledger committed to");
        if (Next == by.Commitment)
            throw ErrorCodes.RecoveryRefused.Because("the next recovery key must be another one than this");
        if (!IsSigned(state.Ledger, by))
            throw ErrorCodes.RecoveryRefused.Because("the recovery key has not signed this, or not for this ledger");
    }
}
