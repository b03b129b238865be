using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

public sealed partial record GovernanceState
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("v", 1),
            ("ledger", Ledger.ToString()),
            ("origin", Origin),
            ("hash", Hash),
            ("n", Count),
            ("keys", KeysJson()),
            ("policy", Policy?.ToJson() ?? JsonValue.Null),
            ("policies", Policies.Count == 0 ? null : JsonValue.Of(Policies.Select(p => p.ToJson()))),
            ("delegations", Delegations.Count == 0 ? null : JsonValue.Of(Delegations.Select(d => d.ToJson()))),
            ("epoch", Epoch),
            ("windows", Windows.ToJson()),
            ("time_floor", TimeFloor is { } floor ? (JsonValue)floor.ToString() : JsonValue.Null),
            ("recovery", Recovery?.ToJson() ?? JsonValue.Null),
            ("successor", Successor?.ToJson()),
            ("retired", Retired?.ToJson()),
            ("chain", Chain.ToString())
        );

    /// <summary>Reads what <see cref="ToJson"/> writes.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1014: not of that form.</exception>
    internal static GovernanceState FromJson(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        if (reader.Integer("v") != 1)
            throw reader.Fault("v", "must be 1");
        var state = new GovernanceState
        {
            Ledger = reader.Digest("ledger"),
            Origin = reader.String("origin"),
            Hash = reader.String("hash"),
            Count = reader.Integer("n"),
            Keys =
            [
                .. reader
                    .Array("keys", KeyRules.MaxKeys)
                    .Select(item => LedgerKey.Read(new ObjectReader(item.Value, item.Path))),
            ],
            Policy = PolicyPin.FromJson(reader.Required("policy"), $"{path}.policy"),
            Policies =
            [
                .. reader
                    .OptionalArray("policies", PolicyHistory.MaxPolicies)
                    .Select(item => PolicyInForce.Read(new ObjectReader(item.Value, item.Path))),
            ],
            Delegations =
            [
                .. reader
                    .OptionalArray("delegations", ApproversDelegated.MaxDelegations)
                    .Select(item => Delegation.Read(new ObjectReader(item.Value, item.Path))),
            ],
            Epoch = reader.Integer("epoch"),
            Windows = Windows.Read(reader.Object("windows")),
            TimeFloor = reader.Required("time_floor").Kind == JsonKind.Null ? null : reader.Time("time_floor"),
            Recovery = RecoveryCommitment.Read(reader),
            Successor = reader.Optional("successor") is null ? null : Successor.Read(reader.Object("successor")),
            Retired = reader.Optional("retired") is null ? null : Retirement.Read(reader.Object("retired")),
            Chain = reader.Digest("chain"),
        };
        reader.End();
        return state;
    }

    private JsonValue KeysJson() => JsonValue.Of(Keys.Select(k => k.ToJson()));
}
