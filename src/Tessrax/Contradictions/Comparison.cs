using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>The values of a group in the form in which they are compared, and the kind of that form.</summary>
/// <remarks>Total: where a value does not fit the metric's kind, the whole group is compared as categories, so that a stray "n/a" is a
/// contradiction to be seen and not an error.</remarks>
internal static class Comparison
{
    /// <summary>Normalizes the values of <paramref name="claims"/>; the result has them in the same order.</summary>
    public static (MetricKind Kind, JsonValue[] Values) Normalize(MetricRule rule, IReadOnlyList<Claim> claims)
    {
        MetricKind kind = rule.Kind == MetricKind.Auto ? Guess(claims) : rule.Kind;
        var values = new JsonValue[claims.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (Normal(rule, kind, claims[i]) is not { } normal)
                return (MetricKind.Categorical, [.. claims.Select(c => Category(rule, c))]);
            values[i] = normal;
        }
        return (kind, values);
    }

    /// <summary>Whether a value is in the form that normalizing to <paramref name="kind"/> gives.</summary>
    public static bool IsNormal(MetricKind kind, JsonValue value) =>
        kind switch
        {
            MetricKind.Numeric => ExactDecimal.TryFrom(value, out ExactDecimal n) && value.Equals(n.ToString()),
            MetricKind.Boolean => value.Equals(Boolean(value)),
            MetricKind.Version => value.Equals(Version(value)),
            MetricKind.Set => value.Kind == JsonKind.Array && value.Equals(Set(value)),
            _ => true,
        };

    /// <summary>What somebody writes for a value, already in the group's unit, in the form in which values of that kind are compared; as it is if it
    /// has no such form.</summary>
    public static JsonValue Normal(MetricKind kind, JsonValue value) =>
        kind switch
        {
            MetricKind.Numeric => ExactDecimal.TryFrom(value, out ExactDecimal n) ? n.ToString() : value,
            MetricKind.Boolean => Boolean(value) ?? value,
            MetricKind.Version => Version(value) ?? value,
            MetricKind.Set => Set(value),
            _ => value,
        };

    /// <summary>The kind that a claim's value alone suggests.</summary>
    public static MetricKind KindOf(Claim claim) =>
        claim.Value.Kind switch
        {
            JsonKind.Number => MetricKind.Numeric,
            JsonKind.True or JsonKind.False => MetricKind.Boolean,
            JsonKind.Array => MetricKind.Set,
            JsonKind.String when SemVersion.TryParseStrict(claim.Value.AsString(), out _) => MetricKind.Version,
            _ => MetricKind.Categorical,
        };

    /// <summary>The number that a claim states, in the group's unit.</summary>
    public static bool TryNumber(MetricRule rule, Claim claim, out ExactDecimal number)
    {
        if (!ExactDecimal.TryFrom(claim.Value, out number))
            return false;
        return claim.Unit is null
            || !rule.Units.TryGetValue(claim.Unit, out ExactDecimal factor)
            || ExactDecimal.TryMultiply(number, factor, out number);
    }

    /// <summary>The numbers among the values of a group in which not all are.</summary>
    public static IEnumerable<ExactDecimal> NumbersAmong(MetricRule rule, IReadOnlyList<Claim> claims)
    {
        foreach (Claim claim in claims)
        {
            MetricKind kind = rule.Kind == MetricKind.Auto ? KindOf(claim) : rule.Kind;
            if (kind == MetricKind.Numeric && TryNumber(rule, claim, out ExactDecimal number))
                yield return number;
        }
    }

    /// <summary>A claim's value in the form in which values of that kind are compared, or null if it has none.</summary>
    public static JsonValue? Normal(MetricRule rule, MetricKind kind, Claim claim) =>
        kind switch
        {
            MetricKind.Numeric => TryNumber(rule, claim, out ExactDecimal number)
                ? JsonValue.String(number.ToString())
                : null,
            MetricKind.Boolean => Boolean(claim.Value),
            MetricKind.Version => Version(claim.Value),
            MetricKind.Set => Set(claim.Value),
            _ => Category(rule, claim),
        };

    /// <summary>A claim's value in the form in which it is compared where one of the group does not fit the metric's kind. Converted numbers compare by their value
    /// in the shared unit, so that a stray text does not set 1 kg against 1000 g.</summary>
    public static JsonValue Category(MetricRule rule, Claim claim) =>
        rule.Kind == MetricKind.Numeric && TryNumber(rule, claim, out ExactDecimal number)
            ? number.ToString()
            : claim.Value;

    private static MetricKind Guess(IReadOnlyList<Claim> claims)
    {
        MetricKind kind = KindOf(claims[0]);
        for (int i = 1; i < claims.Count && kind != MetricKind.Categorical; i++)
            kind = KindOf(claims[i]) == kind ? kind : MetricKind.Categorical;
        return kind;
    }

    private static JsonValue? Boolean(JsonValue value) =>
        value.Kind switch
        {
            JsonKind.True or JsonKind.False => value,
            JsonKind.String => value.AsString() switch
            {
                "true" => JsonValue.True,
                "false" => JsonValue.False,
                _ => null,
            },
            _ => null,
        };

    private static JsonValue? Version(JsonValue value) =>
        value.Kind == JsonKind.String && SemVersion.TryParse(value.AsString(), out SemVersion? version)
            ? JsonValue.String(version!.ToString())
            : null;

    private static JsonValue Set(JsonValue value)
    {
        IEnumerable<JsonValue> items = value.Kind switch
        {
            JsonKind.Array => value.Items.ToArray(),
            JsonKind.String => value
                .AsString()
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(JsonValue.String),
            _ => [value],
        };
        // Sorted by canonical text, which tells numbers from strings.
        IOrderedEnumerable<JsonValue> sorted = items
            .Distinct()
            .OrderBy(item => item.ToString(), StringComparer.Ordinal);
        return JsonValue.Of(sorted);
    }
}
