using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Tests.Contradictions;

/// <summary>Claims and numbers for tests, in few words.</summary>
internal static class Some
{
    public static JsonValue Json(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));

    public static ExactDecimal Decimal(string text) =>
        ExactDecimal.TryParse(text, out ExactDecimal value) ? value : throw new ArgumentException(text);

    /// <summary>A claim about <c>m</c> of <c>s</c>; the day is one of January 2026.</summary>
    public static Claim Claim(
        string id,
        string value,
        string? source = null,
        int day = 1,
        string? unit = null,
        string context = "{}",
        string subject = "s"
    ) =>
        Contradictions.Some.Ingest(
            $$"""{"claim_id":"{{id}}","subject":"{{subject}}","metric":"m","value":{{value}},"unit":{{(unit is null ? "null" : $"\"{unit}\"")}},"timestamp":"{{Day(day)}}","source":"{{source ?? id}}","context":{{context}}}"""
        );

    public static string Day(int day) => string.Create(CultureInfo.InvariantCulture, $"2026-01-{day:D2}T00:00:00Z");

    public static UtcTime Time(int day) =>
        UtcTime.TryParseLenient(Day(day), out UtcTime time) ? time : throw new ArgumentException("no such day");

    public static Claim Ingest(string json) => Tessrax.Contradictions.Claim.Ingest(Json(json));

    public static MetricRule Rule(
        MetricKind kind = MetricKind.Auto,
        string tolerance = "0",
        string? unit = null,
        params (string Unit, string Factor)[] units
    ) =>
        new()
        {
            Kind = kind,
            Tolerance = Decimal(tolerance),
            Unit = unit,
            Units = units.ToDictionary(u => u.Unit, u => Decimal(u.Factor)),
            Bands =
            [
                new SeverityBand(Severity.Low, ExactDecimal.Zero),
                new SeverityBand(Severity.Moderate, Decimal("0.05")),
                new SeverityBand(Severity.High, Decimal("0.2")),
                new SeverityBand(Severity.Critical, Decimal("0.5")),
            ],
        };

    public static Contradiction? Detect(MetricRule rule, params Claim[] claims) =>
        ContradictionDetector.Detect(rule, rule.KeyOf(claims[0]), claims);
}
