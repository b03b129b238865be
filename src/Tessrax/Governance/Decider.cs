using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Resolves contradictions as a policy says.</summary>
/// <remarks>Pure and total: every contradiction has a decision under every policy, the same in any process on any machine.</remarks>
public static class Decider
{
    /// <summary>The decision on a contradiction.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="contradiction">The contradiction.</param>
    /// <param name="level">How often it was passed on to others already, because nobody decided in time: only under a policy of the second form.</param>
    public static Decision Decide(Policy policy, Contradiction contradiction, long level = 0)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(contradiction);
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        Resolution resolution = policy.For(contradiction.Severity);
        if (level > 0)
            resolution = resolution with { Action = ActionAt(policy, resolution.Action, level) };
        Choice choice = Chooser.Choose(policy, contradiction, resolution.Chooser);
        ContradictingClaim winner = choice.Claim;
        return new Decision(
            [.. contradiction.Claims.Select(c => new ClaimRef(c.ClaimId, c.Digest))],
            [.. resolution.Action?.Approvals ?? []]
        )
        {
            Contradiction = contradiction.Id,
            Key = contradiction.Key,
            Kind = contradiction.Kind,
            Severity = contradiction.Severity,
            AsOf = contradiction.AsOf,
            Strategy = resolution.Strategy,
            Rule = RuleOf(resolution, choice),
            Grounds =
                policy.Form == PolicyForm.V1
                    ? null
                    : DecisionGrounds.Find(policy, contradiction, resolution.Chooser, choice, level),
            Sentences =
                policy.Form == PolicyForm.V1
                    ? new DecisionWords(choice.Reason, Explain(contradiction, resolution, choice))
                    : null,
            Action = resolution.Action?.Name,
            Deadline = resolution.NeedsApproval ? resolution.Action!.Deadline : null,
            Lane = resolution.Action?.Lane,
            Outcome = new Outcome(winner.Normalized, winner.ClaimId, winner.Source, winner.Digest),
            Policy = policy.Pin,
        };
    }

    /// <summary>Computes a decision again from the claims of one group: detection and resolution in one.</summary>
    /// <param name="policy">The policy that the decision names.</param>
    /// <param name="key">What the decision is about; claims about anything else are left aside.</param>
    /// <param name="claims">The claims, in any order. The current ones are enough if <paramref name="asOf"/> is given.</param>
    /// <param name="asOf">The moment that the decision names, or null for the newest timestamp among the claims.</param>
    /// <returns>Null if the claims do not contradict each other under the policy.</returns>
    public static Decision? Replay(Policy policy, GroupKey key, IEnumerable<Claim> claims, UtcTime? asOf = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        MetricRule rule = policy.Rules.For(key.Metric);
        IEnumerable<Claim> group = claims.Where(c => rule.KeyOf(c) == key);
        return ContradictionDetector.Detect(rule, key, group, asOf) is { } contradiction
            ? Decide(policy, contradiction)
            : null;
    }

    // As far as the policy goes: another one may have come into force since, with fewer to pass it on to.
    private static PolicyAction? ActionAt(Policy policy, PolicyAction? action, long level)
    {
        for (long passed = 0; passed < level && action?.Escalation is { } next; passed++)
            action = policy.ActionNamed(next.To);
        return action;
    }

    private static string RuleOf(Resolution resolution, Choice choice)
    {
        string asked = resolution.Chooser.Text();
        string used = choice.Used == resolution.Chooser ? asked : $"{asked}->{choice.Used.Text()}";
        string escalated = resolution.Strategy == Strategy.Escalate ? "escalate/" : "";
        return $"resolution.{resolution.Severity.Text()}/{escalated}{used}";
    }

    private static string Explain(Contradiction contradiction, Resolution resolution, Choice choice)
    {
        string verb = resolution.NeedsApproval ? "proposed" : "decided";
        bool plain = contradiction.ComparedAs is MetricKind.Numeric or MetricKind.Version;
        JsonValue normalized = choice.Claim.Normalized;
        string value = plain ? ClaimText.Shorten(normalized.AsString()) : ClaimText.Show(normalized);
        string source = ClaimText.Shorten(choice.Claim.Source);
        string needs = resolution.NeedsApproval ? $"; needs {string.Join(" and ", resolution.Action!.Approvals)}" : "";
        return $"{contradiction.Explanation}; {contradiction.Severity.Text()}, {verb}: {value} by {source}, {choice.Reason}{needs}";
    }
}
