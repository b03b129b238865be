namespace Tessrax.Contradictions;

/// <summary>How values of a metric are compared.</summary>
public enum MetricKind
{
    /// <summary>By what the values are: all numbers, all booleans, all arrays, all full semantic versions, or else as categories.</summary>
    Auto,

    /// <summary>Numbers, or strings that hold one; relative gap against a tolerance.</summary>
    Numeric,

    /// <summary>Whatever they are, equal or not.</summary>
    Categorical,

    /// <summary>True or false, or the strings that say so.</summary>
    Boolean,

    /// <summary>Strings in the order of Semantic Versioning.</summary>
    Version,

    /// <summary>Arrays, or strings with commas, whose order and repetitions do not count.</summary>
    Set,
}

/// <summary>How grave a contradiction is.</summary>
public enum Severity
{
    Low,
    Moderate,
    High,
    Critical,
}

/// <summary>The severity of gaps greater than <paramref name="Above"/>, up to the next band.</summary>
/// <param name="Severity">The severity.</param>
/// <param name="Above">A ratio, 0 or more.</param>
public sealed record SeverityBand(Severity Severity, ExactDecimal Above);

/// <summary>Which of two values is the worse one, for the strategy most-severe.</summary>
/// <param name="Lower">Whether the lower one is; otherwise the higher one.</param>
/// <param name="Order">For categories: the values from the worst on, or null.</param>
public sealed record WorseOrder(bool Lower, IReadOnlyList<Canonical.JsonValue>? Order)
{
    public static readonly WorseOrder Higher = new(false, null);
}

/// <summary>How the values of one metric are compared; a policy gives it.</summary>
public sealed record MetricRule
{
    public MetricKind Kind { get; init; } = MetricKind.Auto;

    /// <summary>The unit that values are compared in, or null: then each unit is a matter of its own.</summary>
    public string? Unit { get; init; }

    /// <summary>Other units, and what to multiply their values with to have them in <see cref="Unit"/>.</summary>
    public IReadOnlyDictionary<string, ExactDecimal> Units { get; init; } = new Dictionary<string, ExactDecimal>();

    /// <summary>The greatest relative gap that is no contradiction. 0: any difference is one.</summary>
    public ExactDecimal Tolerance { get; init; }

    /// <summary>Severities of numeric contradictions, ascending.</summary>
    public IReadOnlyList<SeverityBand> Bands { get; init; } = [];

    /// <summary>The severity of contradictions that are not numeric.</summary>
    public Severity Severity { get; init; } = Severity.Moderate;

    public WorseOrder Worse { get; init; } = WorseOrder.Higher;

    /// <summary>What a claim in <paramref name="unit"/> about this metric speaks of: units that convert share one key.</summary>
    public GroupKey KeyOf(string subject, string metric, string? unit) =>
        new(subject, metric, unit is not null && Units.ContainsKey(unit) ? Unit : unit);

    /// <summary>What that claim speaks of.</summary>
    public GroupKey KeyOf(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return KeyOf(claim.Subject, claim.Metric, claim.Unit);
    }

    /// <summary>The severity of a numeric gap: that of the last band that it exceeds, low if it exceeds none.</summary>
    public Severity SeverityOf(RelativeGap gap)
    {
        Severity severity = Severity.Low;
        foreach (SeverityBand band in Bands)
        {
            if (gap.Exceeds(band.Above))
                severity = band.Severity;
        }
        return severity;
    }

    /// <summary>The severity of the contradiction among numbers so far apart, or null if that is within tolerance.</summary>
    internal Severity? SeverityBeyond(RelativeGap gap) => gap.Exceeds(Tolerance) ? SeverityOf(gap) : null;

    /// <summary>The severity where not every value fits the metric's type: what is no number takes nothing away from what the numbers alone are.</summary>
    internal Severity SeverityOfMixed(Severity? ofNumbers) => ofNumbers > Severity ? ofNumbers.Value : Severity;
}
