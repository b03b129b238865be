using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The form of a policy document.</summary>
public enum PolicyForm
{
    /// <summary><c>tessrax/policy/v1</c>, under which decisions are <c>tessrax/decision/v1</c>.</summary>
    V1,

    /// <summary><c>tessrax/policy/v2</c>, under which decisions are <c>tessrax/decision/v2</c>.</summary>
    V2,
}

/// <summary>When a group that was settled is decided again.</summary>
public enum Reopening
{
    /// <summary>Whenever its current claims are others and contradict each other.</summary>
    Changed,

    /// <summary>Only if they also give another outcome, severity or rule than was settled last.</summary>
    Material,
}

/// <summary>The token that an entry must carry.</summary>
/// <param name="Role">The role whose holder issues it.</param>
/// <param name="Valid">The longest that it may be valid, 1 minute to 30 days.</param>
/// <param name="Entries">The most indexes that it may be valid for, 1 to 1,000,000.</param>
public sealed record TokenRule(string Role, TimeSpan Valid, long Entries);

/// <summary>What only a policy of the form <c>tessrax/policy/v2</c> can say.</summary>
internal sealed record PolicyExtension(
    TimeSpan? Delay,
    TimeSpan? LongestDelegation,
    IReadOnlyDictionary<string, TokenRule> Tokens,
    IReadOnlyList<string> Lanes,
    Reopening Reopen
)
{
    private const int MaxLanes = 16;
    private const long MaxEntries = 1_000_000;

    private static readonly TimeSpan MaxValid = TimeSpan.FromDays(30);
    private static readonly string[] UsualLanes = ["urgent", "review", "routine"];
    private static readonly string[] Reopenings = ["changed", "material"];

    /// <summary>That of a policy of the first form.</summary>
    public static PolicyExtension None { get; } =
        new(null, null, new Dictionary<string, TokenRule>(), UsualLanes, Reopening.Changed);

    public static string TextOf(Reopening reopen) => EnumWords.Of(Reopenings, (int)reopen);

    public static PolicyExtension Read(ObjectReader reader, JsonValue document, IReadOnlyList<PolicyAction> actions) =>
        new(
            PolicyReader.ReadDuration(reader, "delay", document, PolicyReader.MaxDeadline),
            ReadDelegation(reader.OptionalObject("delegation"), document["delegation"]),
            ReadTokens(reader.OptionalObject("tokens"), document["tokens"]),
            ReadLanes(reader, document, actions),
            document["reopen"] is null
                ? Reopening.Changed
                : (Reopening)Array.IndexOf(Reopenings, reader.OneOf("reopen", Reopenings))
        );

    /// <summary>Reads what an action says beyond the first form.</summary>
    public static PolicyAction Extend(PolicyAction action, ObjectReader reader, JsonValue value)
    {
        foreach (RequiredApproval asked in action.Approvals)
            RequireRole(asked.Role, $"{reader.Path}.approvals", value["approvals"]!);
        IReadOnlyList<string> veto = PolicyText.Identifiers(reader, "veto", PolicyReader.MaxRoles);
        foreach (string role in veto)
            RequireRole(role, $"{reader.Path}.veto", value["veto"]!);
        if (veto.Count > 0 && action.Approvals.Count == 0)
            throw PolicyText.Senseless($"{reader.Path}.veto", value["veto"]!, "has nothing to reject: nobody is asked");
        return action with { Veto = veto, Escalation = PolicyEscalations.Read(reader, value) };
    }

    // In the first form a role may have a name that no approver can hold; such an action could never be carried out.
    private static void RequireRole(string role, string path, JsonValue at)
    {
        if (!KeyContent.IsRole(role))
            throw PolicyText.Senseless(
                path,
                at,
                $"names the role '{role}', which nobody can hold: roles are 1 to 32 of a-z, 0-9 and -, the first a letter"
            );
    }

    private static TimeSpan? ReadDelegation(ObjectReader? reader, JsonValue? value)
    {
        if (reader is null)
            return null;
        reader.Required("max");
        TimeSpan? longest = PolicyReader.ReadDuration(reader, "max", value!, PolicyReader.MaxDeadline);
        reader.End();
        return longest;
    }

    private static Dictionary<string, TokenRule> ReadTokens(ObjectReader? tokens, JsonValue? value)
    {
        var rules = new Dictionary<string, TokenRule>(StringComparer.Ordinal);
        if (tokens is null)
            return rules;
        foreach (string name in value!.Names)
        {
            JsonValue item = value[name]!;
            if (name != Policy.AnyControl && !Events.TakesApprovals(name) && !Events.IsOwn(name))
                throw PolicyText.Senseless($"{tokens.Path}.{name}", item, "is no event that takes a token");
            ObjectReader reader = tokens.Object(name);
            string role = PolicyText.Identifier(reader, "role");
            RequireRole(role, $"{reader.Path}.role", item["role"]!);
            reader.Required("valid");
            TimeSpan? valid = PolicyReader.ReadDuration(reader, "valid", item, MaxValid);
            rules[name] = new TokenRule(role, valid!.Value, reader.Integer("entries", 1, MaxEntries));
            reader.End();
        }
        return rules;
    }

    private static IReadOnlyList<string> ReadLanes(
        ObjectReader reader,
        JsonValue document,
        IReadOnlyList<PolicyAction> actions
    )
    {
        if (document["lanes"] is not { } value)
            return UsualLanes;
        IReadOnlyList<string> lanes = PolicyText.Identifiers(reader, "lanes", MaxLanes);
        if (actions.FirstOrDefault(a => a.Lane is { } lane && !lanes.Contains(lane)) is { } stray)
            throw PolicyText.Senseless(
                $"{reader.Path}.lanes",
                value,
                $"leave out '{stray.Lane}', the lane of the action '{stray.Name}'"
            );
        return lanes;
    }
}
