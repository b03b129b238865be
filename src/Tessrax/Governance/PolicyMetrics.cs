using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>Reads the metrics of a policy.</summary>
/// <remarks>The metric <c>*</c> stands for every metric that is not named, and gives the others the tolerance, bands and severity that they
/// do not say themselves.</remarks>
internal static class PolicyMetrics
{
    private const string Others = "*";
    private const int MaxUnits = 256;

    private static readonly MetricRule BuiltIn = new()
    {
        Bands =
        [
            new SeverityBand(Severity.Low, ExactDecimal.Zero),
            new SeverityBand(Severity.Moderate, Ratio("0.05")),
            new SeverityBand(Severity.High, Ratio("0.2")),
            new SeverityBand(Severity.Critical, Ratio("0.5")),
        ],
    };

    public static MetricRules Read(ObjectReader? reader, JsonValue? metrics)
    {
        if (reader is null || metrics is null)
            return new MetricRules(new Dictionary<string, MetricRule>(), BuiltIn);
        MetricRule others = metrics[Others] is { } value
            ? ReadRule(reader.Object(Others), value, BuiltIn, named: false)
            : BuiltIn;
        var named = new Dictionary<string, MetricRule>(StringComparer.Ordinal);
        foreach (string name in metrics.Names)
        {
            if (name.Length is 0 or > ClaimText.MaxName || name.Any(char.IsControl))
                throw reader.Fault(name, "is not the name of a metric");
            if (name != Others)
                named.Add(name, ReadRule(reader.Object(name), metrics[name]!, others, named: true));
        }
        return new MetricRules(named, others);
    }

    private static MetricRule ReadRule(ObjectReader reader, JsonValue value, MetricRule inherited, bool named)
    {
        MetricKind kind = MetricKind.Auto;
        if (value["type"] is not null && !Words.TryParse(reader.OneOf("type", Words.AllMetrics), out kind))
            throw reader.Fault("type", "is unknown");
        var rule = new MetricRule
        {
            Kind = kind,
            Unit = named ? ClaimText.OptionalName(reader, "unit") : null,
            Units = named ? ReadUnits(reader) : BuiltIn.Units,
            Tolerance = value["tolerance"] is null ? inherited.Tolerance : PolicyText.Decimal(reader, "tolerance"),
            Bands = value["bands"] is null ? inherited.Bands : ReadBands(reader, value["bands"]!),
            Severity = value["severity"] is null ? inherited.Severity : ReadSeverity(reader),
            Worse = ReadWorse(reader),
        };
        reader.End();
        CheckUnits(reader.Path, value, rule);
        if (rule is { Worse.Order: not null, Kind: MetricKind.Numeric or MetricKind.Version })
            throw PolicyText.Senseless(
                $"{reader.Path}.worse",
                value["worse"]!,
                "must be higher or lower for this type"
            );
        if (rule.Bands[0].Above > rule.Tolerance)
            throw PolicyText.Senseless(
                reader.Path,
                value["bands"] ?? value,
                $"has gaps above its tolerance of {rule.Tolerance} that no band covers: the first begins above {rule.Bands[0].Above}"
            );
        return rule;
    }

    private static void CheckUnits(string path, JsonValue value, MetricRule rule)
    {
        if (rule.Units.Count == 0)
            return;
        if (rule.Unit is null || rule.Kind != MetricKind.Numeric)
            throw PolicyText.Senseless(
                $"{path}.units",
                value["units"]!,
                "need the type numeric and a 'unit' to convert to"
            );
        if (rule.Units.ContainsKey(rule.Unit))
            throw PolicyText.Senseless($"{path}.units", value["units"]!, $"convert '{rule.Unit}' to itself");
    }

    private static Dictionary<string, ExactDecimal> ReadUnits(ObjectReader metric)
    {
        var factors = new Dictionary<string, ExactDecimal>(StringComparer.Ordinal);
        if (metric.OptionalObject("units") is not { } reader)
            return factors;
        JsonValue units = metric.Required("units");
        if (units.Names.Length > MaxUnits)
            throw metric.Fault("units", $"must have at most {MaxUnits} members");
        foreach (string unit in units.Names)
        {
            if (unit.Length is 0 or > ClaimText.MaxName || unit.Any(char.IsControl))
                throw reader.Fault(unit, "is not the name of a unit");
            ExactDecimal factor = PolicyText.Decimal(reader, unit);
            if (factor.Sign == 0)
                throw PolicyText.Senseless($"{reader.Path}.{unit}", units[unit]!, "must be greater than 0");
            factors.Add(unit, factor);
        }
        return factors;
    }

    private static List<SeverityBand> ReadBands(ObjectReader metric, JsonValue value)
    {
        var bands = new List<SeverityBand>();
        foreach ((JsonValue item, string path) in metric.Array("bands", Words.AllSeverities.Length))
        {
            var reader = new ObjectReader(item, path);
            var band = new SeverityBand(ReadSeverity(reader), PolicyText.Decimal(reader, "above"));
            reader.End();
            if (bands.Count > 0 && (band.Severity <= bands[^1].Severity || band.Above <= bands[^1].Above))
                throw PolicyText.Senseless(path, item, "must be graver and begin higher than the band before it");
            bands.Add(band);
        }
        return bands.Count > 0
            ? bands
            : throw PolicyText.Senseless($"{metric.Path}.bands", value, "must have at least one band");
    }

    private static Severity ReadSeverity(ObjectReader reader) =>
        Words.TryParse(reader.OneOf("severity", Words.AllSeverities), out Severity severity)
            ? severity
            : throw reader.Fault("severity", "is unknown");

    private static WorseOrder ReadWorse(ObjectReader reader)
    {
        JsonValue? worse = reader.Optional("worse");
        if (worse is null or { Kind: JsonKind.String })
            return new WorseOrder(worse is not null && reader.OneOf("worse", "higher", "lower") == "lower", null);
        var order = new List<JsonValue>();
        foreach ((JsonValue item, string path) in reader.Array("worse", 256))
        {
            if (!Claim.IsScalar(item))
                throw reader.Fault("worse", "must be higher, lower, or values from the worst on");
            if (order.Contains(item))
                throw PolicyText.Senseless(path, item, "is named a second time");
            order.Add(item);
        }
        return order.Count > 0
            ? new WorseOrder(false, order)
            : throw PolicyText.Senseless($"{reader.Path}.worse", worse, "must name at least one value");
    }

    private static ExactDecimal Ratio(string text) =>
        ExactDecimal.TryParse(text, out ExactDecimal ratio)
            ? ratio
            : throw new ArgumentException("not a decimal", nameof(text));
}
