using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Node.Reading.Semantic;

/// <summary>Which values are the same to policies: quantities in two units, numbers written as texts, sets in another order. Each rule is of one metric, and
/// speaks of claims of that metric alone.</summary>
/// <remarks>Of two documents, each may bring policies that nobody has checked. So where both have some, both must say it: none vouches for itself.</remarks>
public sealed class PolicyEquality
{
    private readonly IReadOnlyList<MetricRules>[] sides;

    private PolicyEquality(IReadOnlyList<MetricRules>[] sides) => this.sides = sides;

    /// <summary>What no policy says.</summary>
    public static PolicyEquality None { get; } = new([]);

    /// <summary>What the policies of both sides say.</summary>
    /// <param name="a">The policies of the first.</param>
    /// <param name="b">The policies of the second.</param>
    public static PolicyEquality Of(IEnumerable<Policy> a, IEnumerable<Policy> b) =>
        new([.. new[] { Rules(a), Rules(b) }.Where(side => side.Count > 0)]);

    /// <summary>Whether both are quantities of one metric (<c>metric</c>, <c>value</c>, <c>unit</c>) in different units, and the same in one of them, in exact decimals.</summary>
    public bool AreSameQuantity(JsonValue a, JsonValue b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return TryRead(a, out ExactDecimal first, out string from)
            && TryRead(b, out ExactDecimal second, out string to)
            && from != to
            && Say(
                a,
                b,
                rule =>
                    FactorOf(rule, from) is { } one
                    && FactorOf(rule, to) is { } other
                    && ExactDecimal.TryMultiply(first, one, out ExactDecimal left)
                    && ExactDecimal.TryMultiply(second, other, out ExactDecimal right)
                    && left == right
            );
    }

    /// <summary>Whether the values of both claims are numbers, however they are written.</summary>
    internal bool AreNumbers(JsonValue a, JsonValue b) => Say(a, b, rule => rule.Kind == MetricKind.Numeric);

    /// <summary>Whether the values of both claims are sets.</summary>
    internal bool AreSets(JsonValue a, JsonValue b) => Say(a, b, rule => rule.Kind == MetricKind.Set);

    private bool Say(JsonValue a, JsonValue b, Func<MetricRule, bool> holds) =>
        sides.Length > 0
        && a["metric"] is { Kind: JsonKind.String } metric
        && metric.Equals(b["metric"])
        && Array.TrueForAll(sides, side => side.Any(rules => holds(rules.For(metric.AsString()))));

    private static List<MetricRules> Rules(IEnumerable<Policy> policies) =>
        [.. policies.Select(policy => policy.Rules)];

    private static ExactDecimal? FactorOf(MetricRule rule, string unit) =>
        unit == rule.Unit ? ExactDecimal.One
        : rule.Units.TryGetValue(unit, out ExactDecimal factor) && factor.Sign > 0 ? factor
        : null;

    private static bool TryRead(JsonValue quantity, out ExactDecimal value, out string unit)
    {
        (value, unit) = (default, "");
        if (quantity["unit"] is not { Kind: JsonKind.String } named || quantity["value"] is not { } number)
            return false;
        unit = named.AsString();
        return ExactDecimal.TryFrom(number, out value);
    }
}
