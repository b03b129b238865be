using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>Claims that are probably meant for a group in which they are not, so that what they contradict goes unseen.</summary>
/// <param name="Metric">Their metric.</param>
/// <param name="Unit">Their unit, if that is what sets them apart; null if it is the metric.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Meant">The metric or unit that was probably meant, or null.</param>
public sealed record StrayClaims(string Metric, string? Unit, int Count, string? Meant)
{
    /// <summary>Those among some claims: in a unit that their metric does not convert, or of a metric whose name nearly is one that the rules name. Sorted.</summary>
    /// <remarks>They are for a warning: both may be meant so, and are never changed.</remarks>
    public static IReadOnlyList<StrayClaims> Find(MetricRules rules, IEnumerable<Claim> claims)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(claims);
        var found = new List<StrayClaims>();
        foreach (var alike in claims.GroupBy(claim => (claim.Metric, claim.Unit)))
        {
            (string metric, string? unit) = alike.Key;
            if (!rules.Names.Contains(metric))
            {
                if (Spelling.Nearest(metric, rules.Names.Where(name => name != "*")) is { } meant)
                    found.Add(new StrayClaims(metric, null, alike.Count(), meant));
            }
            else if (
                rules.For(metric) is { Unit: { } known } rule
                && unit != known
                && !rule.Units.ContainsKey(unit ?? "")
            )
                found.Add(
                    new StrayClaims(
                        metric,
                        unit ?? "",
                        alike.Count(),
                        Spelling.Nearest(unit ?? "", [known, .. rule.Units.Keys]) ?? known
                    )
                );
        }
        return
        [
            .. found
                .GroupBy(stray => (stray.Metric, stray.Unit))
                .Select(same => same.First() with { Count = same.Sum(stray => stray.Count) })
                .OrderBy(stray => stray.Metric, StringComparer.Ordinal)
                .ThenBy(stray => stray.Unit, StringComparer.Ordinal),
        ];
    }
}
