using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>What two policies say differently about metrics, each metric with what it takes over from <c>*</c>.</summary>
internal static class PolicyMetricsDiff
{
    public static void Compare(PolicyChanges changes, MetricRules was, MetricRules now)
    {
        CompareRules(changes, "$.metrics.*", was.Others, now.Others);
        foreach (string name in PolicyDiff.Union(was.Names, now.Names))
            CompareRules(changes, $"$.metrics.{name}", was.For(name), now.For(name));
    }

    private static void CompareRules(PolicyChanges changes, string path, MetricRule was, MetricRule now)
    {
        changes.Text($"{path}.type", was.Kind.Text(), now.Kind.Text());
        changes.Text($"{path}.unit", was.Unit, now.Unit);
        changes.Other($"{path}.units", Units(was), Units(now));
        // Above 0 where less is a contradiction, or a less grave one.
        if (HasGaps(was) || HasGaps(now))
        {
            changes.Ordered(
                $"{path}.tolerance",
                Text(was.Tolerance),
                Text(now.Tolerance),
                now.Tolerance.CompareTo(was.Tolerance)
            );
            foreach (Severity severity in Enum.GetValues<Severity>().Skip(1))
                CompareBands(changes, $"{path}.bands.{severity.Text()}", severity, was, now);
        }
        changes.Ordered(
            $"{path}.severity",
            was.Severity.Text(),
            now.Severity.Text(),
            was.Severity.CompareTo(now.Severity)
        );
        changes.Other($"{path}.worse", Worse(was.Worse), Worse(now.Worse));
    }

    // Where a severity or a graver one begins. A band below the tolerance begins at the tolerance, and whatever no band covers is low.
    private static void CompareBands(
        PolicyChanges changes,
        string path,
        Severity severity,
        MetricRule was,
        MetricRule now
    )
    {
        (ExactDecimal? b, ExactDecimal? a) = (Begin(was, severity), Begin(now, severity));
        if (b == a || Reached(was, b) == Reached(now, a))
            return;
        int order = (b, a) switch
        {
            (null, _) => -1,
            (_, null) => 1,
            _ => a.Value.CompareTo(b.Value),
        };
        changes.Ordered(path, Text(b), Text(a), order);
    }

    private static ExactDecimal? Begin(MetricRule rule, Severity severity)
    {
        foreach (SeverityBand band in rule.Bands)
        {
            if (band.Severity >= severity)
                return band.Above;
        }
        return null;
    }

    private static ExactDecimal? Reached(MetricRule rule, ExactDecimal? begin) =>
        begin is { } above && above < rule.Tolerance ? rule.Tolerance : begin;

    private static bool HasGaps(MetricRule rule) => rule.Kind is MetricKind.Auto or MetricKind.Numeric;

    private static JsonValue? Text(ExactDecimal? ratio) => ratio is { } given ? (JsonValue)given.ToString() : null;

    private static JsonValue? Units(MetricRule rule) =>
        rule.Units.Count == 0
            ? null
            : JsonValue.Object([.. rule.Units.Select(unit => (unit.Key, (JsonValue?)unit.Value.ToString()))]);

    private static JsonValue Worse(WorseOrder worse) =>
        worse.Order is { } order ? JsonValue.Of(order)
        : worse.Lower ? "lower"
        : "higher";
}
