using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Orders normalized values from the mildest to the worst.</summary>
internal sealed class SeverityOrder : IComparer<JsonValue>
{
    private readonly Comparison<JsonValue> compare;

    private SeverityOrder(Comparison<JsonValue> compare) => this.compare = compare;

    /// <summary>The order of values that were compared in some way, or null if they have none.</summary>
    public static SeverityOrder? For(MetricKind comparedAs, WorseOrder worse)
    {
        Comparison<JsonValue>? rising = (comparedAs, worse.Order) switch
        {
            (MetricKind.Numeric, _) => (a, b) => Numbers.Of(a).CompareTo(Numbers.Of(b)),
            (MetricKind.Version, _) => (a, b) => VersionOf(a).CompareTo(VersionOf(b)),
            (_, { } listed) => (a, b) => Place(listed, b).CompareTo(Place(listed, a)),
            (MetricKind.Boolean, null) => (a, b) => (a.Kind == JsonKind.True).CompareTo(b.Kind == JsonKind.True),
            _ => null,
        };
        if (rising is null)
            return null;
        return new SeverityOrder(worse.Lower ? (a, b) => rising(b, a) : rising);
    }

    public int Compare(JsonValue? x, JsonValue? y) => compare(x ?? JsonValue.Null, y ?? JsonValue.Null);

    private static SemVersion VersionOf(JsonValue value) =>
        SemVersion.TryParse(value.AsString(), out SemVersion? version)
            ? version!
            : throw new ArgumentException("not a normalized version", nameof(value));

    // 0 is the worst. A set is as bad as its worst item; what is not listed is the mildest.
    private static int Place(IReadOnlyList<JsonValue> listed, JsonValue value)
    {
        if (value.Kind == JsonKind.Array)
        {
            int worst = listed.Count;
            foreach (JsonValue item in value.Items)
                worst = Math.Min(worst, Place(listed, item));
            return worst;
        }
        for (int i = 0; i < listed.Count; i++)
        {
            if (listed[i].Equals(value))
                return i;
        }
        return listed.Count;
    }
}
