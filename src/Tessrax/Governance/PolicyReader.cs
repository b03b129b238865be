using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What a policy document says, read and checked for sense.</summary>
internal sealed record PolicyParts(
    string Id,
    string Version,
    string? Description,
    MetricRules Rules,
    string[] Sources,
    Resolution[] Resolutions,
    PolicyAction[] Actions,
    IReadOnlyDictionary<string, PolicyAction> Control,
    TimeSpan? Retention,
    PolicyExtension? Extension
);

/// <summary>Reads a policy document strictly: unknown members are refused, and so is what could never be carried out.</summary>
internal static class PolicyReader
{
    private static readonly string[] Forms = ["tessrax/policy/v1", "tessrax/policy/v2"];

    private const int MaxSources = 1024;
    internal const int MaxRoles = 16;

    // An entry holds at most 64 approvals, so an action that needs more could never be carried out.
    private const int MaxApprovals = 64;

    internal static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(365);
    private static readonly TimeSpan MaxRetention = TimeSpan.FromDays(36500);

    public static PolicyParts Read(JsonValue document)
    {
        var reader = new ObjectReader(document);
        bool isExtended = reader.OneOf("policy", Forms) == Forms[1];
        PolicyAction[] actions = ReadActions(reader, isExtended);
        var parts = new PolicyParts(
            PolicyText.Identifier(reader, "id"),
            PolicyText.Version(reader, "version"),
            reader.OptionalString("description", 4096),
            PolicyMetrics.Read(reader.OptionalObject("metrics"), document["metrics"]),
            ReadSources(reader),
            ReadResolutions(reader, actions),
            actions,
            ReadControl(reader, actions),
            ReadRetention(reader.OptionalObject("retention")),
            isExtended ? PolicyExtension.Read(reader, document, actions) : null
        );
        reader.End();
        return parts;
    }

    private static string[] ReadSources(ObjectReader reader)
    {
        var sources = new List<string>();
        foreach ((JsonValue item, string path) in reader.OptionalArray("sources", MaxSources))
        {
            bool named = item.Kind == JsonKind.String && item.AsString().Length is > 0 and <= ClaimText.MaxName;
            if (!named || item.AsString().Any(char.IsControl))
                throw new TessraxException(ErrorCodes.BadValue, $"{path} must be the name of a source")
                {
                    Path = path,
                    Offset = item.Offset,
                };
            if (sources.Contains(item.AsString(), StringComparer.Ordinal))
                throw PolicyText.Senseless(path, item, $"names '{item.AsString()}' a second time");
            sources.Add(item.AsString());
        }
        return [.. sources];
    }

    private static PolicyAction[] ReadActions(ObjectReader policy, bool isExtended)
    {
        if (policy.OptionalObject("actions") is not { } reader)
            return [];
        JsonValue value = policy.Required("actions");
        var actions = new List<PolicyAction>();
        foreach (string name in value.Names)
        {
            if (!PolicyText.IsIdentifier(name))
                throw reader.Fault(name, "must be named with 1 to 64 letters, digits, dots, hyphens and underscores");
            actions.Add(ReadAction(name, reader.Object(name), value[name]!, isExtended));
        }
        if (isExtended)
            PolicyEscalations.Check(reader.Path, value, actions);
        return [.. actions];
    }

    private static PolicyAction ReadAction(string name, ObjectReader reader, JsonValue value, bool isExtended)
    {
        var approvals = new List<RequiredApproval>();
        foreach ((JsonValue item, string path) in reader.Array("approvals", MaxRoles))
        {
            RequiredApproval approval = ReadApproval(item, path);
            if (approvals.Any(a => a.Role == approval.Role))
                throw PolicyText.Senseless(path, item, $"names the role '{approval.Role}' a second time");
            approvals.Add(approval);
        }
        if (approvals.Sum(a => a.K) > MaxApprovals)
            throw PolicyText.Senseless(reader.Path, value, $"needs more than {MaxApprovals} approvals together");
        var action = new PolicyAction(
            name,
            approvals,
            ReadDuration(reader, "deadline", value, MaxDeadline),
            PolicyText.OptionalIdentifier(reader, "lane")
        );
        if (isExtended)
            action = PolicyExtension.Extend(action, reader, value);
        reader.End();
        return action;
    }

    internal static RequiredApproval ReadApproval(JsonValue json, string path)
    {
        var reader = new ObjectReader(json, path);
        string role = PolicyText.Identifier(reader, "role");
        long k = reader.Integer("k", -9007199254740991);
        if (k is < 1 or > MaxApprovals)
            throw PolicyText.Senseless($"{path}.k", json["k"]!, $"is {k}, must be 1 to {MaxApprovals}");
        reader.End();
        return new RequiredApproval(role, (int)k);
    }

    private static Resolution[] ReadResolutions(ObjectReader policy, PolicyAction[] actions)
    {
        ObjectReader reader = policy.Object("resolution");
        JsonValue value = policy.Required("resolution");
        var resolutions = new Resolution[Words.AllSeverities.Length];
        for (int i = 0; i < resolutions.Length; i++)
        {
            string severity = Words.AllSeverities[i];
            JsonValue item =
                reader.Optional(severity)
                ?? throw PolicyText.Senseless(reader.Path, value, $"says nothing about the severity '{severity}'");
            resolutions[i] = ReadResolution((Severity)i, reader.Object(severity), item, actions);
        }
        reader.End();
        return resolutions;
    }

    // Control event -> action; what is not named falls to "*", and without that to more than half of the approvers.
    private static Dictionary<string, PolicyAction> ReadControl(ObjectReader policy, PolicyAction[] actions)
    {
        var control = new Dictionary<string, PolicyAction>(StringComparer.Ordinal);
        if (policy.OptionalObject("control") is not { } reader)
            return control;
        JsonValue value = policy.Required("control");
        foreach (string name in value.Names)
        {
            if (name != Policy.AnyControl && !Events.IsGoverned(name))
                throw PolicyText.Senseless(
                    $"{reader.Path}.{name}",
                    value[name]!,
                    "is no control event that takes approvals"
                );
            string wanted = reader.String(name);
            control[name] =
                Array.Find(actions, a => a.Name == wanted)
                ?? throw PolicyText.Senseless(
                    $"{reader.Path}.{name}",
                    value[name]!,
                    $"is '{wanted}', which is no action"
                );
        }
        return control;
    }

    private static Resolution ReadResolution(
        Severity severity,
        ObjectReader reader,
        JsonValue value,
        PolicyAction[] actions
    )
    {
        Strategy strategy = ReadStrategy(reader, "strategy", reader.Required("strategy"));
        JsonValue? proposing = reader.Optional("propose");
        Strategy? propose = proposing is null ? null : ReadStrategy(reader, "propose", proposing);
        PolicyAction? action = null;
        if (PolicyText.OptionalIdentifier(reader, "action") is { } name)
        {
            action =
                Array.Find(actions, a => a.Name == name)
                ?? throw PolicyText.Senseless(
                    $"{reader.Path}.action",
                    value["action"]!,
                    $"is '{name}', which is no action"
                );
        }
        reader.End();
        var resolution = new Resolution(severity, strategy, propose, action);
        if (propose == Strategy.Escalate)
            throw PolicyText.Senseless($"{reader.Path}.propose", proposing!, "must not be escalate");
        if (strategy == Strategy.Escalate && (propose is null || !resolution.NeedsApproval))
            throw PolicyText.Senseless(
                reader.Path,
                value,
                "escalates, so it needs 'propose' and an action with approvals: escalate never decides by itself"
            );
        if (strategy != Strategy.Escalate && propose is not null)
            throw PolicyText.Senseless($"{reader.Path}.propose", proposing!, "is only for the strategy escalate");
        return resolution;
    }

    private static Strategy ReadStrategy(ObjectReader reader, string name, JsonValue value)
    {
        if (value.Kind == JsonKind.String && Strategies.TryParse(value.AsString(), out Strategy strategy))
            return strategy;
        string all = string.Join(", ", Strategies.All.ToArray());
        throw PolicyText.Senseless($"{reader.Path}.{name}", value, $"must be one of: {all}");
    }

    private static TimeSpan? ReadRetention(ObjectReader? reader)
    {
        if (reader is null)
            return null;
        TimeSpan? claims = ReadDuration(reader, "claims", reader.Required("claims"), MaxRetention);
        reader.End();
        return claims;
    }

    internal static TimeSpan? ReadDuration(ObjectReader reader, string name, JsonValue at, TimeSpan max)
    {
        if (reader.OptionalString(name) is not { } text)
            return null;
        if (!IsoDuration.TryParse(text, out TimeSpan duration))
            throw reader.Fault(name, "must be a duration like P7D or PT12H30M");
        return duration >= TimeSpan.FromMinutes(1) && duration <= max
            ? duration
            : throw PolicyText.Senseless(
                $"{reader.Path}.{name}",
                at[name] ?? at,
                $"must be 1 minute to {max.Days} days"
            );
    }
}
