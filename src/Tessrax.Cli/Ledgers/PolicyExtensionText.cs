using Tessrax.Governance;

namespace Tessrax.Cli.Ledgers;

/// <summary>What only a policy of the second form says, in words.</summary>
internal static class PolicyExtensionText
{
    public static void Show(CliContext context, Policy policy)
    {
        foreach (PolicyAction action in policy.Actions)
        {
            if (action.Veto.Count > 0)
                context.Line($"{action.Name}: one rejection by {string.Join(" or ", action.Veto)} ends it");
            if (action.Escalation is { } escalation)
                context.Line(
                    $"{action.Name}: after {IsoDuration.Format(escalation.After)} passed on to {escalation.To}"
                );
        }
        if (policy.Form == PolicyForm.V1)
            return;
        if (policy.Delay is { } delay)
            context.Line($"what lets more through waits {IsoDuration.Format(delay)}");
        if (policy.LongestDelegation is { } longest)
            context.Line($"an approver may let another one speak for {IsoDuration.Format(longest)} at most");
        foreach ((string name, TokenRule rule) in policy.Tokens.OrderBy(t => t.Key, StringComparer.Ordinal))
            context.Line(
                $"{name} needs a token of {rule.Role}, for {IsoDuration.Format(rule.Valid)} and {Counted.Of(rule.Entries, "entry")} at most"
            );
        context.Line($"lanes, most urgent first: {string.Join(", ", policy.Lanes)}");
        if (policy.Reopen == Reopening.Material)
            context.Line("a settled group is decided again only if something changes");
    }
}
