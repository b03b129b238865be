using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of POLICY_ROLLED_BACK: a policy that was in force before is in force again from the next entry on.</summary>
/// <remarks><code>{"document":{…},"from":{"digest":"sha256:…","id":"p","version":"1.1.0"},"policy":{"digest":"sha256:…","id":"p","version":"1.0.0"},"reason":"too strict","to":0}</code></remarks>
/// <param name="From">The policy that it takes the place of.</param>
/// <param name="Policy">The policy, whole, though it stands in the log already: a state is read without that entry.</param>
/// <param name="To">Index of the event that brought exactly this policy into force; 0 is genesis.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record PolicyRolledBack(PolicyPin From, Policy Policy, long To, string Reason)
{
    /// <summary>Reads the control member of a POLICY_ROLLED_BACK body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010, TSX1015: not of that form; TSX5012: the pin is not that of the document.</exception>
    public static PolicyRolledBack Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var rolledBack = new PolicyRolledBack(
            PolicyHistory.ReadPin(reader, "from"),
            PolicyHistory.ReadPolicy(reader),
            reader.Integer("to"),
            ControlText.Reason(reader)
        );
        reader.End();
        return rolledBack;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            ("from", From.ToJson()),
            ("policy", Policy.Pin.ToJson()),
            ("document", Policy.Document),
            ("to", To),
            ("reason", Reason)
        );

    internal GovernanceState Apply(GovernanceState state, ControlContext context)
    {
        PolicyHistory.RequireInForce(state, From);
        if (Policy.Pin == From)
            throw ErrorCodes.BadValue.Because($"the policy {Policy.Pin} is in force already");
        if (!state.AllPolicies.Any(p => p.At == To && p.Pin == Policy.Pin))
            throw ErrorCodes.BadValue.Because(
                $"entry {To} did not bring the policy {Policy.Pin} into force",
                "tessraxctl policy history DIR shows which entries brought which policies"
            );
        return PolicyHistory.Enter(state, Policy, context.Index);
    }
}
