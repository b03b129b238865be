using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of KEY_ROTATED: a key gives its place to a new one of the same holder.</summary>
/// <remarks><code>{"key":{…},"old":"sha256:…","old_sig":"…","proof":"…","reason":"new laptop"}</code></remarks>
/// <param name="Old">The log's, author's or approver's key that ends.</param>
/// <param name="Key">The new one: of the same purpose, name, person and roles; the log's also of the same name in its vkey, the origin.</param>
/// <param name="OldSignature">The old key's consent, 64 bytes in base64.</param>
/// <param name="Proof">The new key's signature, 64 bytes in base64.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record KeyRotated(Digest Old, KeyContent Key, string OldSignature, string Proof, string Reason)
{
    /// <summary>Reads the control member of a KEY_ROTATED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static KeyRotated Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var rotated = new KeyRotated(
            reader.Digest("old"),
            KeyContent.FromJson(reader.Required("key"), $"{reader.Path}.key"),
            Convert.ToBase64String(reader.Base64("old_sig", KeyProof.SignatureBytes)),
            Convert.ToBase64String(reader.Base64("proof", KeyProof.SignatureBytes)),
            ControlText.Reason(reader)
        );
        if (rotated.Key.Purpose is not (KeyPurpose.Log or KeyPurpose.Author or KeyPurpose.Approver))
            throw reader.Fault("key", "must be the log's, an author's or an approver's");
        reader.End();
        return rotated;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("old", Old.ToString()),
            ("key", Key.ToJson()),
            ("old_sig", OldSignature),
            ("proof", Proof),
            ("reason", Reason)
        );

    /// <summary>Whether both keys signed it.</summary>
    internal bool IsSigned(Digest ledger, PublicKey old) =>
        old.VerifyText(KeyProof.Consent(ledger, Key, Old), OldSignature)
        && Key.Verifier.Key.VerifyText(KeyProof.Possession(ledger, Key, Old), Proof);

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        LedgerKey old = KeyRules.RequireActive(state, Old);
        if (!(KeyContent.Of(old) with { Verifier = Key.Verifier }).ToJson().Equals(Key.ToJson()))
            throw ErrorCodes.BadValue.Because(
                $"the new key of {old.Name} must have the purpose, the name, the person and the roles of the old one"
            );
        KeyRules.RequireNew(state, Key);
        if (Key.Purpose == KeyPurpose.Log)
            KeyRules.RequireLogKey(state, Key.Verifier);
        KeyProof.RequirePossession(state.Ledger, Key, Old, Proof);
        if (!old.Verifier.Key.VerifyText(KeyProof.Consent(state.Ledger, Key, Old), OldSignature))
            throw ErrorCodes.PossessionNotProven.Because($"the old key {Old} of {old.Name} did not sign its rotation");
        long next = context.Index + 1;
        return KeyRules.With(state, [old with { Ending = new KeyEnding(next, KeyEnd.Rotated, null) }, Key.From(next)]);
    }
}
