using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>Finds whether the claims of one group contradict each other.</summary>
/// <remarks>Pure and total: the same claims in any order, under the same rule, give the same bytes. Only extremes and distinct values are
/// compared, never all pairs.</remarks>
public static class ContradictionDetector
{
    /// <summary>The contradiction among the current claims of a group, or null if they agree within tolerance.</summary>
    /// <param name="rule">How values of the metric are compared.</param>
    /// <param name="key">What the claims speak of.</param>
    /// <param name="group">All claims with that key, in any order.</param>
    /// <param name="asOf">The moment at which they must be current; the newest timestamp of the group if null.</param>
    public static Contradiction? Detect(MetricRule rule, GroupKey key, IEnumerable<Claim> group, UtcTime? asOf = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var current = CurrentClaims.Select(group, asOf);
        if (current.Claims.Count < 2)
            return null;
        (MetricKind comparedAs, JsonValue[] values) = Comparison.Normalize(rule, current.Claims);
        RelativeGap? gap = comparedAs == MetricKind.Numeric ? Extremes(values) : null;
        if (!Differ(rule, values, gap))
            return null;

        bool temporal = ContradictsItself(rule, current.Claims, values, gap is not null);
        ContradictingClaim[] claims = [.. current.Claims.Select((c, i) => List(c, values[i]))];
        return new Contradiction(claims, [.. current.Superseded])
        {
            Key = key,
            Kind = temporal ? ContradictionKind.Temporal : KindOf(comparedAs),
            ComparedAs = comparedAs,
            Severity = gap is { } measured
                ? rule.SeverityOf(measured)
                : SeverityWithout(rule, comparedAs, current.Claims),
            Gap = gap,
            Tolerance = rule.Tolerance,
            AsOf = current.AsOf,
            Explanation = ContradictionSentence.Write(key, claims, gap, rule.Tolerance, temporal),
        };
    }

    private static ContradictingClaim List(Claim claim, JsonValue normalized) =>
        new(claim.ClaimId, claim.Digest, claim.Source, claim.Value, normalized, claim.Timestamp);

    private static bool Differ(MetricRule rule, JsonValue[] values, RelativeGap? gap) =>
        gap is { } measured ? measured.Exceeds(rule.Tolerance) : values.Any(v => !v.Equals(values[0]));

    private static RelativeGap Extremes(JsonValue[] values) => RelativeGap.Of(values.Select(Numbers.Of));

    private static Severity SeverityWithout(MetricRule rule, MetricKind comparedAs, IReadOnlyList<Claim> claims)
    {
        if (comparedAs != MetricKind.Categorical)
            return rule.Severity;
        ExactDecimal[] numbers = [.. Comparison.NumbersAmong(rule, claims)];
        return rule.SeverityOfMixed(numbers.Length < 2 ? null : rule.SeverityBeyond(RelativeGap.Of(numbers)));
    }

    private static bool ContradictsItself(
        MetricRule rule,
        IReadOnlyList<Claim> claims,
        JsonValue[] values,
        bool numeric
    )
    {
        IEnumerable<IGrouping<string, JsonValue>> bySource = claims
            .Select((claim, i) => (claim.Source, Value: values[i]))
            .GroupBy(c => c.Source, c => c.Value, StringComparer.Ordinal);
        foreach (IGrouping<string, JsonValue> source in bySource)
        {
            JsonValue[] said = [.. source];
            if (said.Length > 1 && Differ(rule, said, numeric ? Extremes(said) : null))
                return true;
        }
        return false;
    }

    private static ContradictionKind KindOf(MetricKind comparedAs) =>
        comparedAs switch
        {
            MetricKind.Numeric => ContradictionKind.Numeric,
            MetricKind.Boolean => ContradictionKind.Boolean,
            MetricKind.Version => ContradictionKind.Version,
            MetricKind.Set => ContradictionKind.Set,
            _ => ContradictionKind.Categorical,
        };
}
