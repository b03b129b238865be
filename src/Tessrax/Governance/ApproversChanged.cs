using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of APPROVERS_CHANGED: who joins the approvers, who leaves them, and whose roles are other ones.</summary>
/// <remarks><code>{"add":[{"key":{…},"proof":"…"}],"reason":"left the company","remove":["sha256:…"],"roles":[{"key":"sha256:…","roles":["legal"]}]}</code>
/// All at once, so that one may take another's place where there are just enough.</remarks>
/// <param name="Add">New approvers, by id.</param>
/// <param name="Remove">Keys that end, by id.</param>
/// <param name="Roles">Keys that have other roles from now on, by id.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record ApproversChanged(
    IReadOnlyList<NewApprover> Add,
    IReadOnlyList<Digest> Remove,
    IReadOnlyList<ChangedRoles> Roles,
    string Reason
)
{
    /// <summary>The most keys in each of the three lists.</summary>
    public const int MaxKeys = 64;

    /// <summary>Reads the control member of an APPROVERS_CHANGED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not of that form.</exception>
    public static ApproversChanged Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var changed = new ApproversChanged(
            [.. reader.Array("add", MaxKeys).Select(item => NewApprover.Read(new ObjectReader(item.Value, item.Path)))],
            [.. reader.Array("remove", MaxKeys).Select(KeyRules.ReadId)],
            [
                .. reader
                    .Array("roles", MaxKeys)
                    .Select(item => ChangedRoles.Read(new ObjectReader(item.Value, item.Path))),
            ],
            ControlText.Reason(reader)
        );
        reader.End();
        Digest[] added = [.. changed.Add.Select(a => a.Key.Id)];
        Digest[] others = [.. changed.Roles.Select(r => r.Key)];
        Digest[] all = [.. added, .. changed.Remove, .. others];
        if (all.Length == 0)
            throw reader.Fault("add", "must change something, or remove or roles must");
        if (all.Distinct().Count() != all.Length)
            throw reader.Fault("add", "must name other keys than remove and roles, and each key once");
        if (!KeyRules.IsSorted(added) || !KeyRules.IsSorted(changed.Remove) || !KeyRules.IsSorted(others))
            throw reader.Fault("add", "must be sorted by key id, as remove and roles must");
        return changed;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("add", JsonValue.Of(Add.Select(a => a.ToJson()))),
            ("remove", JsonValue.Of(Remove.Select(id => JsonValue.String(id.ToString())))),
            ("roles", JsonValue.Of(Roles.Select(r => r.ToJson()))),
            ("reason", Reason)
        );

    /// <summary>Whether somebody gets a role that they did not have.</summary>
    internal bool Appoints(GovernanceState state) =>
        Add.Count > 0 || Roles.Any(r => state.Key(r.Key) is not { } key || r.Roles.Except(key.Roles).Any());

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        long next = context.Index + 1;
        var changed = new List<LedgerKey>();
        foreach (NewApprover approver in Add)
        {
            KeyRules.RequireNew(state, approver.Key);
            KeyProof.RequirePossession(state.Ledger, approver.Key, null, approver.Proof);
            changed.Add(approver.Key.From(next));
        }
        foreach (Digest id in Remove)
            changed.Add(RequireApprover(state, id) with { Ending = new KeyEnding(next, KeyEnd.Removed, null) });
        foreach (ChangedRoles other in Roles)
        {
            LedgerKey key = RequireApprover(state, other.Key);
            if (key.Roles.SequenceEqual(other.Roles))
                throw ErrorCodes.BadValue.Because($"{key.Name} has those roles already");
            changed.Add(key with { Roles = other.Roles });
        }
        return KeyRules.With(state, changed);
    }

    private static LedgerKey RequireApprover(GovernanceState state, Digest id) =>
        KeyRules.RequireActive(state, id) is { Purpose: KeyPurpose.Approver } key
            ? key
            : throw ErrorCodes.BadValue.Because($"the key {id} is no approver's");
}

/// <summary>An approver who joins.</summary>
/// <param name="Key">The new key.</param>
/// <param name="Proof">Its signature of itself for this ledger, 64 bytes in base64.</param>
public sealed record NewApprover(KeyContent Key, string Proof)
{
    internal JsonValue ToJson() => JsonValue.Object(("key", Key.ToJson()), ("proof", Proof));

    internal static NewApprover Read(ObjectReader reader)
    {
        var approver = new NewApprover(
            KeyContent.FromJson(reader.Required("key"), $"{reader.Path}.key"),
            Convert.ToBase64String(reader.Base64("proof", KeyProof.SignatureBytes))
        );
        if (approver.Key.Purpose != KeyPurpose.Approver)
            throw reader.Fault("key", "must be an approver's; authors come by KEY_ADDED");
        reader.End();
        return approver;
    }
}

/// <summary>The roles that an approver has from now on.</summary>
/// <param name="Key">The approver's key id.</param>
/// <param name="Roles">All its roles, sorted, at least one.</param>
public sealed record ChangedRoles(Digest Key, IReadOnlyList<string> Roles)
{
    internal JsonValue ToJson() =>
        JsonValue.Object(("key", Key.ToString()), ("roles", JsonValue.Of(Roles.Select(JsonValue.String))));

    internal static ChangedRoles Read(ObjectReader reader)
    {
        var changed = new ChangedRoles(reader.Digest("key"), KeyContent.ReadRoles(reader));
        KeyContent.CheckRoles("the key", changed.Roles);
        reader.End();
        return changed;
    }
}
