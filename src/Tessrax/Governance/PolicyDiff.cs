using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What two policies say differently, by what they mean and not by how they are written.</summary>
/// <remarks>An action is compared where it is used, a metric with what it takes over from <c>*</c>: a member that is written out where it
/// was implied before is no change. Two policies without a change differ at most in the names and lanes of actions that only control events use.</remarks>
public static class PolicyDiff
{
    private const string Majority = "more than half of the approvers";
    private const string AuthorAlone = "nobody but the author";

    /// <summary>The changes from one policy to another: what it is called, severities, control events, unused actions, sources, retention, metrics.</summary>
    public static IReadOnlyList<PolicyChange> Between(Policy was, Policy now)
    {
        ArgumentNullException.ThrowIfNull(was);
        ArgumentNullException.ThrowIfNull(now);
        var changes = new PolicyChanges();
        changes.Text("$.id", was.Id, now.Id);
        changes.Text("$.version", was.Version, now.Version);
        changes.Text("$.description", was.Description, now.Description);
        foreach (Severity severity in Enum.GetValues<Severity>())
            CompareResolutions(changes, was.For(severity), now.For(severity));
        foreach (string name in Union(was.Control.Keys.Append(Policy.AnyControl), now.Control.Keys))
            CompareControl(changes, name, was.ForControl(name), now.ForControl(name));
        CompareUnused(changes, was, now);
        CompareSources(changes, was.Sources, now.Sources);
        PolicyExtensionDiff.Compare(changes, was, now);
        // Where the policy says nothing, a compaction keeps nothing for its age.
        TimeSpan none = TimeSpan.Zero;
        int longer = (was.Retention ?? none).CompareTo(now.Retention ?? none);
        changes.Ordered("$.retention.claims", Text(was.Retention), Text(now.Retention), longer);
        PolicyMetricsDiff.Compare(changes, was.Rules, now.Rules);
        return changes.All;
    }

    internal static IEnumerable<string> Union(IEnumerable<string> a, IEnumerable<string> b) =>
        a.Union(b, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static void CompareResolutions(PolicyChanges changes, Resolution was, Resolution now)
    {
        string path = $"$.resolution.{was.Severity.Text()}";
        changes.Text($"{path}.strategy", was.Strategy.Text(), now.Strategy.Text());
        changes.Text($"{path}.propose", was.Propose?.Text(), now.Propose?.Text());
        changes.Text($"{path}.action", was.Action?.Name, now.Action?.Name);
        changes.Text($"{path}.lane", was.Action?.Lane, now.Action?.Lane);
        CompareDemands(changes, path, was.Action, now.Action);
    }

    // Which roles, how many of each, and how long it waits for them.
    private static void CompareDemands(PolicyChanges changes, string path, PolicyAction? was, PolicyAction? now)
    {
        Dictionary<string, int> before = ByRole(was);
        Dictionary<string, int> after = ByRole(now);
        foreach (string role in Union(before.Keys, after.Keys))
        {
            (int b, int a) = (before.GetValueOrDefault(role), after.GetValueOrDefault(role));
            changes.Ordered($"{path}.approvals.{role}", Count(b), Count(a), b.CompareTo(a));
        }
        PolicyExtensionDiff.CompareActions(changes, path, was, now);
        // A proposal that waits for nobody has no deadline.
        if (before.Count == 0 || after.Count == 0)
            return;
        TimeSpan longest = TimeSpan.MaxValue;
        changes.Ordered(
            $"{path}.deadline",
            Text(was!.Deadline),
            Text(now!.Deadline),
            (now.Deadline ?? longest).CompareTo(was.Deadline ?? longest)
        );
    }

    private static void CompareControl(PolicyChanges changes, string name, PolicyAction? was, PolicyAction? now)
    {
        string path = $"$.control.{name}";
        bool isRepair = name == Events.LedgerRepaired;
        if ((was is not null && now is not null) || isRepair)
        {
            CompareDemands(changes, path, was, now);
            return;
        }
        // More than half of the approvers is more than nobody; next to named roles it depends on who the approvers are.
        PolicyAction? named = was ?? now;
        int order =
            named is not { Approvals.Count: 0 } ? 0
            : was is null ? 1
            : -1;
        changes.Either(path, Demand(was), Demand(now), order);
    }

    // They still count where somebody is appointed: APPROVERS_CHANGED asks for the most that any action does.
    private static void CompareUnused(PolicyChanges changes, Policy was, Policy now)
    {
        HashSet<string> used = [.. Used(was), .. Used(now)];
        Dictionary<string, PolicyAction> before = was.Actions.ToDictionary(a => a.Name, StringComparer.Ordinal);
        Dictionary<string, PolicyAction> after = now.Actions.ToDictionary(a => a.Name, StringComparer.Ordinal);
        foreach (string name in Union(before.Keys, after.Keys).Where(name => !used.Contains(name)))
        {
            (PolicyAction? b, PolicyAction? a) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (b is not null && a is not null)
                CompareDemands(changes, $"$.actions.{name}", b, a);
            else
                changes.Other($"$.actions.{name}", b is null ? null : Demand(b), a is null ? null : Demand(a));
        }
    }

    private static void CompareSources(PolicyChanges changes, IReadOnlyList<string> was, IReadOnlyList<string> now)
    {
        foreach (string source in Union(was, now))
            changes.Other(
                $"$.sources.{source}",
                Place(was, source),
                Place(now, source),
                isSame: was.Contains(source) == now.Contains(source)
            );
        string[] before = [.. was.Intersect(now, StringComparer.Ordinal)];
        string[] after = [.. now.Intersect(was, StringComparer.Ordinal)];
        changes.Other("$.sources", Names(before), Names(after));
    }

    private static IEnumerable<string> Used(Policy policy) =>
        Enum.GetValues<Severity>()
            .Select(severity => policy.For(severity).Action?.Name)
            .OfType<string>()
            .Concat(policy.Control.Values.Select(action => action.Name));

    private static Dictionary<string, int> ByRole(PolicyAction? action) =>
        (action?.Approvals ?? []).ToDictionary(a => a.Role, a => a.K, StringComparer.Ordinal);

    private static JsonValue? Count(int k) => k == 0 ? null : (JsonValue)(long)k;

    private static JsonValue Demand(PolicyAction? action) =>
        action is null ? Majority
        : action.Approvals.Count == 0 ? AuthorAlone
        : string.Join(" and ", action.Approvals);

    private static JsonValue? Place(IReadOnlyList<string> sources, string source)
    {
        int at = sources.ToList().IndexOf(source);
        return at < 0 ? null : (JsonValue)(at + 1L);
    }

    internal static JsonValue Names(IEnumerable<string> names) => JsonValue.Of(names.Select(JsonValue.String));

    private static JsonValue? Text(TimeSpan? duration) =>
        duration is { } given ? (JsonValue)IsoDuration.Format(given) : null;
}
