using Tessrax.Canonical;

namespace Tessrax.Contradictions;

/// <summary>The values of the claims of a group that count, so that their extremes and whether they differ are known as they come and go.</summary>
/// <param name="rule">How they are compared.</param>
internal sealed class CurrentValues(MetricRule rule)
{
    private static readonly IComparer<Tally> ByNumber = Comparer<Tally>.Create((a, b) => a.Number.CompareTo(b.Number));

    private readonly int[] kinds = new int[(int)MetricKind.Set + 1];
    private readonly SortedSet<Tally> numbers = new(ByNumber);
    private readonly Dictionary<JsonValue, int> normals = [];
    private readonly Dictionary<JsonValue, int> categories = [];
    private int count;
    private int misfits;

    /// <summary>How grave the contradiction among them is, or null if there is none.</summary>
    public Severity? Severity
    {
        get
        {
            MetricKind kind = rule.Kind == MetricKind.Auto ? Guess() : rule.Kind;
            if (kind == MetricKind.Categorical || misfits > 0)
                return categories.Count > 1 ? rule.SeverityOfMixed(OfNumbers) : null;
            if (kind != MetricKind.Numeric)
                return normals.Count > 1 ? rule.Severity : null;
            return OfNumbers;
        }
    }

    private Severity? OfNumbers =>
        numbers.Count < 2 ? null : rule.SeverityBeyond(new RelativeGap(numbers.Min!.Number, numbers.Max!.Number));

    public void Add(Claim claim) => Change(claim, 1);

    public void Remove(Claim claim) => Change(claim, -1);

    private void Change(Claim claim, int by)
    {
        MetricKind kind = Comparison.KindOf(claim);
        count += by;
        kinds[(int)kind] += by;
        kind = rule.Kind == MetricKind.Auto ? kind : rule.Kind;
        Count(categories, Comparison.Category(rule, claim), by);
        if (kind == MetricKind.Categorical)
            return;
        if (kind == MetricKind.Numeric && Comparison.TryNumber(rule, claim, out ExactDecimal number))
            Count(number, by);
        else if (kind != MetricKind.Numeric && Comparison.Normal(rule, kind, claim) is { } normal)
            Count(normals, normal, by);
        else
            misfits += by;
    }

    private MetricKind Guess()
    {
        foreach (
            MetricKind kind in (ReadOnlySpan<MetricKind>)
                [MetricKind.Numeric, MetricKind.Boolean, MetricKind.Set, MetricKind.Version]
        )
        {
            if (kinds[(int)kind] == count)
                return kind;
        }
        return MetricKind.Categorical;
    }

    private void Count(ExactDecimal number, int by)
    {
        var wanted = new Tally(number);
        if (!numbers.TryGetValue(wanted, out Tally? tally))
            numbers.Add(tally = wanted);
        tally.Count += by;
        if (tally.Count == 0)
            numbers.Remove(tally);
    }

    private static void Count(Dictionary<JsonValue, int> values, JsonValue value, int by)
    {
        int left = values.GetValueOrDefault(value) + by;
        if (left == 0)
            values.Remove(value);
        else
            values[value] = left;
    }

    private sealed class Tally(ExactDecimal number)
    {
        public ExactDecimal Number => number;

        public int Count { get; set; }
    }
}
