using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>Shows that whoever enters a key into a ledger has it; and where it takes another one's place, that the other one's holder agrees.</summary>
/// <remarks>Signed bytes: a label || ledger id || JCS(<c>{"key":KEY,"replaces":id or null}</c>). No governance state is named, because a key can enter a
/// ledger once ever: there is nothing to replay.</remarks>
public static class KeyProof
{
    internal const int SignatureBytes = 64;

    /// <summary>What the new key signs.</summary>
    public static byte[] Possession(Digest ledger, KeyContent key, Digest? replaces) =>
        SignedBytes.Of(SignedBytes.KeyProofLabel, ledger, About(key, replaces));

    /// <summary>What a key signs that comes by a recovery. It says by which, so that nobody enters it in another way before.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="key">The new key.</param>
    /// <param name="commitment">The hash of the recovery key that is used: <see cref="RecoveryCommitment.Commitment"/>.</param>
    public static byte[] Recovery(Digest ledger, KeyContent key, Digest commitment) =>
        SignedBytes.Of(
            SignedBytes.KeyProofLabel,
            ledger,
            JsonValue.Object(("key", key.ToJson()), ("recovery", commitment.ToString()))
        );

    /// <summary>What the key signs that is replaced.</summary>
    public static byte[] Consent(Digest ledger, KeyContent key, Digest replaces) =>
        SignedBytes.Of(SignedBytes.KeyRotationLabel, ledger, About(key, replaces));

    /// <exception cref="TessraxException">TSX4040: the new key did not sign.</exception>
    internal static void RequirePossession(Digest ledger, KeyContent key, Digest? replaces, string proof)
    {
        if (!key.Verifier.Key.VerifyText(Possession(ledger, key, replaces), proof))
            throw ErrorCodes.PossessionNotProven.Because($"the proof of the key {key.Id} of {key.Name} does not hold");
    }

    private static JsonValue About(KeyContent key, Digest? replaces) =>
        JsonValue.Object(
            ("key", key.ToJson()),
            ("replaces", replaces is { } id ? JsonValue.String(id.ToString()) : JsonValue.Null)
        );
}
