using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>A policy that is or was in force.</summary>
/// <param name="Pin">The policy.</param>
/// <param name="At">Index of the event that brought it into force; it holds from the next entry on, that of genesis from the first.</param>
public sealed record PolicyInForce(PolicyPin Pin, long At)
{
    /// <summary>The policy that an event brings into force: genesis, an upgrade or a rollback.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1016, TSX5012: it is none of these, or not of its form.</exception>
    public static Policy BroughtBy(EntryBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ControlRules.NextPolicy(body) ?? Genesis.Read(body).Policy;
    }

    internal JsonValue ToJson() =>
        JsonValue.Object(("id", Pin.Id), ("version", Pin.Version), ("digest", Pin.Digest.ToString()), ("at", At));

    internal static PolicyInForce Read(ObjectReader reader)
    {
        var policy = new PolicyInForce(
            new PolicyPin(reader.String("id", 128), reader.String("version", 128), reader.Digest("digest")),
            reader.Integer("at")
        );
        reader.End();
        return policy;
    }
}

/// <summary>What all events that bring a policy into force must keep.</summary>
internal static class PolicyHistory
{
    /// <summary>The most that a ledger ever has in force, one after the other.</summary>
    public const int MaxPolicies = 1024;

    public static PolicyPin ReadPin(ObjectReader reader, string name) =>
        PolicyPin.FromJson(reader.Required(name), $"{reader.Path}.{name}");

    /// <summary>The members <c>policy</c> and <c>document</c>.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1015: no policy; TSX5012: the pin is another's.</exception>
    public static Policy ReadPolicy(ObjectReader reader)
    {
        Policy policy = Policy.FromJson(reader.Required("document"));
        PolicyPin pin = ReadPin(reader, "policy");
        return policy.Pin == pin
            ? policy
            : throw ErrorCodes.PolicyDiffers.Because($"the document is the policy {policy.Pin}, not {pin}");
    }

    /// <summary>Refuses an event that was made while another policy was in force.</summary>
    /// <exception cref="TessraxException">TSX4034.</exception>
    public static void RequireInForce(GovernanceState state, PolicyPin from)
    {
        if (state.Policy != from)
            throw ErrorCodes.PolicyMovedOn.Because($"it takes the place of {from}, but {state.Policy} is in force");
    }

    /// <summary>Whether a version is the greater one by Semantic Versioning, which leaves build metadata aside.</summary>
    public static bool IsNewer(PolicyPin policy, PolicyPin than) =>
        SemVersion.TryParseStrict(policy.Version, out SemVersion? version)
        && SemVersion.TryParseStrict(than.Version, out SemVersion? before)
        && version!.CompareTo(before) > 0;

    /// <summary>The state in which a policy is in force.</summary>
    /// <exception cref="TessraxException">TSX1006: the document is too large, or too many policies were in force; TSX1009: it cannot be carried out in this ledger.</exception>
    public static GovernanceState Enter(GovernanceState state, Policy policy, long index)
    {
        RequireFits(policy, state.Windows);
        IReadOnlyList<PolicyInForce> history = state.AllPolicies;
        if (history.Count >= MaxPolicies)
            throw ErrorCodes.TooLarge.Because($"a ledger has at most {MaxPolicies} policies, one after the other");
        return state with { Policy = policy.Pin, Policies = [.. history, new PolicyInForce(policy.Pin, index)] };
    }

    /// <summary>Refuses a policy that no ledger with these windows can hold or carry out.</summary>
    /// <exception cref="TessraxException">TSX1006, TSX1009.</exception>
    public static void RequireFits(Policy policy, Windows windows)
    {
        int bytes = policy.Document.ToCanonicalBytes().Length;
        if (bytes > Genesis.MaxPolicyBytes)
            throw ErrorCodes.TooLarge.Because(
                $"a policy of {bytes} bytes; a ledger holds at most {Genesis.MaxPolicyBytes}"
            );
        // Such a proposal would be refused each time that it is made.
        TimeSpan longest = TimeSpan.FromSeconds(windows.BodySeconds);
        if (policy.Actions.Any(a => a.Deadline > longest))
            throw ErrorCodes.BadValue.Because(
                $"the policy has a deadline beyond the {windows.BodySeconds} seconds for which a body may be valid"
            );
        // It would expire before it may be recorded, and no such policy could ever be left again.
        if (policy.Delay >= longest)
            throw ErrorCodes.BadValue.Because(
                $"the policy has a delay that is not within the {windows.BodySeconds} seconds for which a body may be valid"
            );
    }
}
