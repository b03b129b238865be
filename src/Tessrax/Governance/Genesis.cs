using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>The content of LEDGER_CREATED: what a ledger is, whose keys it knows, which policy it starts under.</summary>
/// <remarks>The whole policy stands in it, so that a cold start needs nothing but the log. At most 16 KiB of policy.</remarks>
public sealed record Genesis
{
    /// <summary>The largest policy document that fits in genesis, in canonical bytes.</summary>
    public const int MaxPolicyBytes = 16 * 1024;

    /// <summary>The name of the ledger, and of its log key (C2SP tlog-checkpoint).</summary>
    public required string Origin { get; init; }

    /// <summary>Name of the hash function of the ledger's tree, for ever.</summary>
    public required string Hash { get; init; }

    /// <summary>Exactly one log key, at least one author, any number of approvers.</summary>
    public required IReadOnlyList<LedgerKey> Keys { get; init; }

    public required Policy Policy { get; init; }

    public Windows Windows { get; init; } = Windows.Default;

    /// <summary>The ledger that this one follows, or null.</summary>
    public Predecessor? Predecessor { get; init; }

    /// <summary>Who may recover the ledger if its keys are lost or stolen, or null.</summary>
    public RecoveryCommitment? Recovery { get; init; }

    /// <summary>Which part of a set of ledgers this one is, or null.</summary>
    public Shard? Shard { get; init; }

    /// <summary>Reads and judges the control member of a genesis body.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1015.</exception>
    public static Genesis Read(EntryBody body)
    {
        if (body.Control is not { } control)
            throw ErrorCodes.MissingMember.Because("LEDGER_CREATED has no control member");
        Genesis genesis = Read(control);
        if (body.Ledger != genesis.Origin)
            throw ErrorCodes.BadValue.Because("the genesis body's ledger is not its origin");
        return genesis;
    }

    /// <summary>The same, where only that member is at hand.</summary>
    internal static Genesis Read(JsonValue control)
    {
        var reader = new ObjectReader(control, "$.body.control");
        if (reader.Integer("format") != 1)
            throw reader.Fault("format", "must be 1");
        string hash = reader.String("hash");
        if (TreeHasher.ByName(hash) is not { } hasher)
            throw reader.Fault("hash", $"is '{hash}', which is no hash function that this version knows");
        var genesis = new Genesis
        {
            Origin = reader.String("origin"),
            Hash = hash,
            Keys =
            [
                .. reader
                    .Array("keys", KeyRules.MaxActive)
                    .Select(item => LedgerKey.Read(new ObjectReader(item.Value, item.Path))),
            ],
            Policy = ReadPolicy(reader),
            Windows = Windows.Read(reader.Object("windows")),
            Predecessor =
                reader.Required("predecessor").Kind == JsonKind.Null
                    ? null
                    : Predecessor.Read(reader.Object("predecessor"), hasher),
            Recovery = RecoveryCommitment.Read(reader),
            Shard = reader.Optional("shard") is null ? null : Shard.Read(reader.Object("shard")),
        };
        reader.End();
        genesis.Check();
        return genesis;
    }

    /// <summary>The control member.</summary>
    /// <exception cref="TessraxException">TSX1006, TSX1009: keys or policy that a ledger cannot start with.</exception>
    public JsonValue ToControl()
    {
        Check();
        return JsonValue.Object(
            ("format", 1),
            ("origin", Origin),
            ("hash", Hash),
            ("keys", JsonValue.Of(Keys.Select(k => k.ToJson()))),
            ("policy", Policy.Pin.ToJson()),
            ("document", Policy.Document),
            ("windows", Windows.ToJson()),
            ("predecessor", Predecessor?.ToJson(TreeHasher.ByName(Hash)!) ?? JsonValue.Null),
            ("recovery", Recovery?.ToJson() ?? JsonValue.Null),
            ("shard", Shard?.ToJson())
        );
    }

    internal GovernanceState Establish(GovernanceState before) =>
        before with
        {
            Origin = Origin,
            Hash = Hash,
            Keys = [.. Keys.OrderBy(k => k.Id)],
            Policy = Policy.Pin,
            Windows = Windows,
            Recovery = Recovery,
        };

    private static Policy ReadPolicy(ObjectReader reader)
    {
        Policy policy = Policy.FromJson(reader.Required("document"));
        PolicyPin pin = PolicyPin.FromJson(reader.Required("policy"), "$.body.control.policy");
        return policy.Pin == pin
            ? policy
            : throw ErrorCodes.PolicyDiffers.Because("the policy in genesis is not the one that its pin names");
    }

    private void Check()
    {
        Origins.Check(Origin);
        if (HashEngine.ByName(Hash) is null)
            throw ErrorCodes.BadValue.Because($"'{Hash}' is no hash function that this version knows");
        if (Predecessor is { } before && before.Origin == Origin)
            throw ErrorCodes.BadValue.Because("a successor needs an origin of its own");
        if (Shard is { } shard && Origin != shard.Origin)
            throw ErrorCodes.BadValue.Because($"the origin of {shard} is {shard.Origin}, not {Origin}");
        LedgerKey[] logs = [.. Keys.Where(k => k.Purpose == KeyPurpose.Log)];
        if (logs.Length != 1 || logs[0].Verifier.Name != Origin)
            throw ErrorCodes.BadValue.Because("a ledger has exactly one log key, named like its origin");
        if (!Keys.Any(k => k.Purpose == KeyPurpose.Author))
            throw ErrorCodes.BadValue.Because("a ledger needs at least one author key");
        if (Keys.DistinctBy(k => k.Id).Count() != Keys.Count)
            throw ErrorCodes.BadValue.Because("one key appears twice; a key has one purpose and counts once");
        foreach (LedgerKey key in Keys)
            CheckKey(key);
        KeyRules.CheckNames(Keys);
        CheckQuorum();
        PolicyHistory.RequireFits(Policy, Windows);
    }

    // An author's person approves nothing of its own. Where that leaves nobody to ask, no control event could ever be recorded.
    private void CheckQuorum()
    {
        GovernanceState state = GovernanceState.Before(default) with { Keys = Keys };
        if (!ControlQuorum.HasSomebodyToAsk(state))
            throw ErrorCodes.TooFewHolders.Because(
                "every approver is the author's own person, who may not approve: nothing that needs approval could ever be recorded"
            );
        HashSet<string>[] all = [.. Electorate.RolesByPerson(state)];
        foreach (IReadOnlyList<RequiredApproval> asked in ControlQuorum.Demands(Policy))
        {
            int needed = asked.Sum(r => r.K);
            if (QuorumMatching.Sum(all, asked) >= needed && ControlQuorum.Reach(state, asked) < needed)
                throw ErrorCodes.TooFewHolders.Because(
                    $"the policy asks for {string.Join(" and ", asked)} to record control events, and without the author's own person too few could give that"
                );
        }
        // Without approvers nothing needs approvals, and so no token.
        foreach (TokenRule rule in all.Length > 0 ? ControlQuorum.Tokens(Policy) : [])
        {
            if (ControlQuorum.Reach(state, [new RequiredApproval(rule.Role, 1)]) == 0)
                throw ErrorCodes.TooFewHolders.Because(
                    $"the policy asks control events for a token by {rule.Role}, and nobody holds that role: none could ever be recorded"
                );
        }
    }

    private static void CheckKey(LedgerKey key)
    {
        KeyContent.Of(key).Check();
        if (key.Purpose is KeyPurpose.Recovery or KeyPurpose.Witness or KeyPurpose.Access)
            throw ErrorCodes.BadValue.Because($"a {KeyPurposes.ToText(key.Purpose)} key does not belong in genesis");
        if (key.From != 0 || !key.IsActive)
            throw ErrorCodes.BadValue.Because("keys of genesis are valid from index 0, and none has ended");
    }
}
