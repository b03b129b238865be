using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>What two policies say differently that only the second form can say.</summary>
internal static class PolicyExtensionDiff
{
    private static readonly string[] Forms = ["tessrax/policy/v1", "tessrax/policy/v2"];

    public static void Compare(PolicyChanges changes, Policy was, Policy now)
    {
        changes.Text("$.policy", EnumWords.Of(Forms, (int)was.Form), EnumWords.Of(Forms, (int)now.Form));
        CompareDelays(changes, was.Delay, now.Delay);
        TimeSpan none = TimeSpan.Zero;
        changes.Ordered(
            "$.delegation.max",
            Text(was.LongestDelegation),
            Text(now.LongestDelegation),
            (now.LongestDelegation ?? none).CompareTo(was.LongestDelegation ?? none)
        );
        foreach (string name in PolicyDiff.Union(was.Tokens.Keys, now.Tokens.Keys))
            CompareTokens(changes, $"$.tokens.{name}", was.TokenFor(name), now.TokenFor(name));
        changes.Other("$.lanes", PolicyDiff.Names(was.Lanes), PolicyDiff.Names(now.Lanes));
        changes.Ordered(
            "$.reopen",
            PolicyExtension.TextOf(was.Reopen),
            PolicyExtension.TextOf(now.Reopen),
            now.Reopen.CompareTo(was.Reopen)
        );
    }

    /// <summary>Compares what actions say beyond the first form, where they are used.</summary>
    public static void CompareActions(PolicyChanges changes, string path, PolicyAction? was, PolicyAction? now)
    {
        foreach (string role in PolicyDiff.Union(was?.Veto ?? [], now?.Veto ?? []))
        {
            bool before = was?.Veto.Contains(role) == true;
            bool after = now?.Veto.Contains(role) == true;
            changes.Ordered($"{path}.veto.{role}", Mark(before), Mark(after), before.CompareTo(after));
        }
        changes.Other($"{path}.escalate", Text(was?.Escalation), Text(now?.Escalation));
    }

    // Where the policy says nothing, the windows of the ledger do, which no policy knows.
    private static void CompareDelays(PolicyChanges changes, TimeSpan? was, TimeSpan? now)
    {
        if (was is { } before && now is { } after)
            changes.Ordered("$.delay", Text(was), Text(now), before.CompareTo(after));
        else
            changes.Other("$.delay", Text(was), Text(now));
    }

    private static void CompareTokens(PolicyChanges changes, string path, TokenRule? was, TokenRule? now)
    {
        if (was is null || now is null)
        {
            changes.Ordered(path, Text(was), Text(now), (was is not null).CompareTo(now is not null));
            return;
        }
        changes.Text($"{path}.role", was.Role, now.Role);
        changes.Ordered($"{path}.valid", Text(was.Valid), Text(now.Valid), now.Valid.CompareTo(was.Valid));
        changes.Ordered($"{path}.entries", was.Entries, now.Entries, now.Entries.CompareTo(was.Entries));
    }

    private static JsonValue? Mark(bool holds) => holds ? (JsonValue)true : null;

    private static JsonValue? Text(TimeSpan? duration) =>
        duration is { } given ? (JsonValue)IsoDuration.Format(given) : null;

    private static JsonValue? Text(TokenRule? rule) => rule is null ? null : (JsonValue)rule.Role;

    private static JsonValue? Text(Escalation? escalation) =>
        escalation is null
            ? null
            : JsonValue.Object(("after", IsoDuration.Format(escalation.After)), ("to", escalation.To));
}
