using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of POLICY_UPGRADED: another policy is in force from the next entry on.</summary>
/// <remarks><code>{"document":{…},"from":{"digest":"sha256:…","id":"p","version":"1.0.0"},"policy":{"digest":"sha256:…","id":"p","version":"1.1.0"},"reason":"two for critical"}</code></remarks>
/// <param name="From">The policy that it takes the place of: of two upgrades from the same one, only one can be recorded.</param>
/// <param name="Policy">The policy, whole: what it says is read from the log alone.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record PolicyUpgraded(PolicyPin From, Policy Policy, string Reason)
{
    /// <summary>Reads the control member of a POLICY_UPGRADED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010, TSX1015: not of that form; TSX5012: the pin is not that of the document.</exception>
    public static PolicyUpgraded Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var upgraded = new PolicyUpgraded(
            PolicyHistory.ReadPin(reader, "from"),
            PolicyHistory.ReadPolicy(reader),
            ControlText.Reason(reader)
        );
        reader.End();
        return upgraded;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("from", From.ToJson()),
            ("policy", Policy.Pin.ToJson()),
            ("document", Policy.Document),
            ("reason", Reason)
        );

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        PolicyHistory.RequireInForce(state, From);
        PolicyPin pin = Policy.Pin;
        IReadOnlyList<PolicyInForce> history = state.AllPolicies;
        PolicyInForce? taken = history.FirstOrDefault(p => p.Pin.Id == pin.Id && p.Pin.Version == pin.Version);
        if (taken is not null && taken.Pin.Digest != pin.Digest)
            throw ErrorCodes.VersionTaken.Because(
                $"{pin.Id} {pin.Version} is the policy {taken.Pin.Digest}, by entry {taken.At}, and no other"
            );
        // Of that very id, however many other policies were in force since.
        if (history.LastOrDefault(p => p.Pin.Id == pin.Id) is { } last && !PolicyHistory.IsNewer(pin, last.Pin))
            throw ErrorCodes.PolicyDowngrade.Because(
                $"{pin.Id} {pin.Version} is not newer than {last.Pin.Version}, which was in force last"
            );
        return PolicyHistory.Enter(state, Policy, context.Index);
    }
}
