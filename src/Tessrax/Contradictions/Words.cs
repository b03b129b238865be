using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>The words that stand for severities, kinds of contradictions and kinds of metrics in JSON.</summary>
public static class Words
{
    private static readonly string[] Severities = ["low", "moderate", "high", "critical"];

    private static readonly string[] Kinds = ["numeric", "categorical", "boolean", "version", "set", "temporal"];

    private static readonly string[] Metrics = ["auto", "numeric", "categorical", "boolean", "version", "set"];

    /// <summary>The words for severities, from low to critical.</summary>
    public static ReadOnlySpan<string> AllSeverities => Severities;

    /// <summary>The words for kinds of contradictions.</summary>
    public static ReadOnlySpan<string> AllKinds => Kinds;

    /// <summary>The words for kinds of metrics.</summary>
    public static ReadOnlySpan<string> AllMetrics => Metrics;

    public static string Text(this Severity severity) => EnumWords.Of(Severities, (int)severity);

    public static string Text(this ContradictionKind kind) => EnumWords.Of(Kinds, (int)kind);

    public static string Text(this MetricKind kind) => EnumWords.Of(Metrics, (int)kind);

    /// <summary>Reads a severity.</summary>
    public static bool TryParse(string text, out Severity severity)
    {
        severity = (Severity)Array.IndexOf(Severities, text);
        return severity >= 0;
    }

    /// <summary>Reads a kind of contradiction.</summary>
    public static bool TryParse(string text, out ContradictionKind kind)
    {
        kind = (ContradictionKind)Array.IndexOf(Kinds, text);
        return kind >= 0;
    }

    /// <summary>Reads a kind of metric.</summary>
    public static bool TryParse(string text, out MetricKind kind)
    {
        kind = (MetricKind)Array.IndexOf(Metrics, text);
        return kind >= 0;
    }
}
