namespace Tessrax.Contradictions;

/// <summary>The rules of all metrics: those that are named, and one for the others.</summary>
public sealed class MetricRules
{
    private readonly Dictionary<string, MetricRule> named;
    private readonly MetricRule others;

    /// <param name="named">Rules by the name of their metric.</param>
    /// <param name="others">The rule of every other metric.</param>
    public MetricRules(IReadOnlyDictionary<string, MetricRule> named, MetricRule others)
    {
        this.named = new Dictionary<string, MetricRule>(named, StringComparer.Ordinal);
        this.others = others;
    }

    /// <summary>The metrics that are named, in no particular order.</summary>
    internal IEnumerable<string> Names => named.Keys;

    /// <summary>The rule of every metric that is not named.</summary>
    internal MetricRule Others => others;

    /// <summary>The rule of a metric.</summary>
    public MetricRule For(string metric) => named.GetValueOrDefault(metric, others);

    /// <summary>What a claim speaks of.</summary>
    public GroupKey KeyOf(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return For(claim.Metric).KeyOf(claim);
    }
}
