using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Resolves contradictions as a policy says.</summary>
/// <remarks>Pure and total: every contradiction has a decision under every policy, the same in any process on any machine.</remarks>
public static class Decider
{
    /// <summary>The decision on a contradiction.</summary>
    public static Decision Decide(Policy policy, Contradiction contradiction)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(contradiction);
        Resolution resolution = policy.For(contradiction.Severity);
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
            Reason = choice.Reason,
            Action = resolution.Action?.Name,
            Deadline = resolution.NeedsApproval ? resolution.Action!.Deadline : null,
            Lane = resolution.Action?.Lane,
            Outcome = new Outcome(winner.Normalized, winner.ClaimId, winner.Source, winner.Digest),
            Policy = policy.Pin,
            Explanation = Explain(contradiction, resolution, choice),
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
