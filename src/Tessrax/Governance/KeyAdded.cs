using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of KEY_ADDED: one more author.</summary>
/// <remarks><code>{"key":{…},"proof":"…","reason":"a second machine"}</code></remarks>
/// <param name="Key">The new key, an author's.</param>
/// <param name="Proof">Its signature of itself for this ledger, 64 bytes in base64.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record KeyAdded(KeyContent Key, string Proof, string Reason)
{
    /// <summary>Reads the control member of a KEY_ADDED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static KeyAdded Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var added = new KeyAdded(
            KeyContent.FromJson(reader.Required("key"), $"{reader.Path}.key"),
            Convert.ToBase64String(reader.Base64("proof", KeyProof.SignatureBytes)),
            ControlText.Reason(reader)
        );
        if (added.Key.Purpose != KeyPurpose.Author)
            throw reader.Fault("key", "must be an author's; approvers come by APPROVERS_CHANGED");
        reader.End();
        return added;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object(("key", Key.ToJson()), ("proof", Proof), ("reason", Reason));

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        KeyRules.RequireNew(state, Key);
        // Of whom nobody says who they are nobody can say either that they approve what they wrote themselves.
        if (Key.Person is null && state.Keys.Any(key => key.IsActive && key.Person is not null))
            throw ErrorCodes.BadValue.Because(
                $"the key of {Key.Name} names no person, and this ledger says of others who holds them"
            );
        KeyProof.RequirePossession(state.Ledger, Key, null, Proof);
        return KeyRules.With(state, [Key.From(context.Index + 1)]);
    }
}
