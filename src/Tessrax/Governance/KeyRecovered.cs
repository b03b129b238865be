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
        && Recovery.Key.Verify(SignedBytes(ledger), Convert.FromBase64String(Signature));

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        JudgeRight(state);
        if (Terms.SuspectFrom > context.Index)
            throw ErrorCodes.BadValue.Because($"suspect_from must be at most {context.Index}");
        if (Terms.Log.Verifier.Name != state.Origin)
            throw ErrorCodes.BadValue.Because($"the log's key must be named {state.Origin} in its vkey");
        foreach (KeyContent key in Terms.Keys)
            KeyRules.RequireNew(state, key);
        if (!Terms.AreProven(state.Ledger, RecoveryCommitment.Of(Recovery.Key)))
            throw ErrorCodes.PossessionNotProven.Because(
                "a key that the recovery brings was not shown to be anybody's"
            );
        GovernanceState next = KeyRules.With(
            state,
            [.. Ended(state, context.Index + 1), .. Terms.Keys.Select(key => key.From(context.Index + 1))],
            isRecovery: true
        );
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
            throw ErrorCodes.RecoveryRefused.Because(
                "the ledger has committed to no recovery key",
                "its successor can: tessraxctl rollover"
            );
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

    // The log's keys, those that are named, and whatever came while somebody else may have signed.
    private IEnumerable<LedgerKey> Ended(GovernanceState state, long until)
    {
        foreach (Digest id in Terms.Retire)
        {
            if (state.Key(id) is not { Purpose: KeyPurpose.Author or KeyPurpose.Approver })
                throw ErrorCodes.BadValue.Because($"the ledger knows no author and no approver {id}, to retire it");
        }
        HashSet<Digest> named = [.. Terms.Retire];
        return state
            .Keys.Where(key => key.Purpose == KeyPurpose.Log || named.Contains(key.Id) || key.From > Terms.SuspectFrom)
            .Select(key => End(key, until));
    }

    private LedgerKey End(LedgerKey key, long until)
    {
        long from = Math.Max(key.From, Terms.SuspectFrom);
        if (key.Ending is not { } ending)
            return key with { Ending = new KeyEnding(until, KeyEnd.Recovered, from) };
        // One that ended before it was suspect stays as it is, and what is suspect already does not become less so.
        return from < (ending.SuspectFrom ?? ending.Until)
            ? key with
            {
                Ending = ending with { Cause = KeyEnd.Recovered, SuspectFrom = from },
            }
            : key;
    }
}
