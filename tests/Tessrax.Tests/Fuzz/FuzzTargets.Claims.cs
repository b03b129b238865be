using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Tests.Fuzz;

internal static partial class FuzzTargets
{
    private static string[] Decimals =>
        ["0", "-1.50", "1e6144", "9999999999999999999999999999999999", "1E-6143", "0.000", "12345678901234567890.5"];

    private static readonly string[] Versions = ["1.2.3", "v1.2", "1.0.0-rc.1+build", "1.0.0-0.3.7", "10"];

    private static IEnumerable<FuzzTarget> OfClaims() =>
        [
            Text(
                "decimal",
                "ExactDecimal.TryParse",
                Decimals,
                text => ExactDecimal.TryParse(text, out ExactDecimal value) ? $"{value}" : null
            ),
            Text(
                "version",
                "SemVersion.TryParse",
                Versions,
                text => SemVersion.TryParse(text, out SemVersion? version) ? $"{version}" : null
            ),
            Text(
                "version-strict",
                "SemVersion.TryParseStrict",
                Versions,
                text => SemVersion.TryParseStrict(text, out SemVersion? version) ? $"{version}" : null
            ),
            Text("words", "Words.TryParse", ["low", "critical", "numeric", "categorical", "temporal", "number"], Word),
            Json("claim-as-given", "Claim.Ingest", FuzzSeeds.Claims, value => Claim.Ingest(value).ToJson()) with
            {
                RoundTrips = false,
            },
            Json(
                "claim",
                "Claim.FromJson",
                () => FuzzSeeds.Claims().Select(claim => Claim.Ingest(claim).ToJson()),
                value => Claim.FromJson(value).ToJson()
            ),
            Json(
                "claims-recorded",
                "ClaimsRecorded.FromJson",
                () => FuzzSeeds.Payloads(Events.ClaimsRecorded),
                value => ClaimsRecorded.FromJson(value).ToJson()
            ),
            Json(
                "contradiction",
                "Contradiction.FromJson",
                () => FuzzSeeds.Payloads(Events.ContradictionDetected),
                value => Contradiction.FromJson(value).ToJson()
            ),
            Json(
                "group-key",
                "GroupKey.FromJson",
                () =>
                    FuzzSeeds
                        .Payloads(Events.ContradictionDetected)
                        .Select(payload => Contradiction.FromJson(payload).Key.ToJson()),
                value => GroupKey.FromJson(value, "$").ToJson()
            ),
        ];

    private static string? Word(string text)
    {
        bool isSeverity = Words.TryParse(text, out Severity severity);
        bool isKind = Words.TryParse(text, out ContradictionKind kind);
        bool isMetric = Words.TryParse(text, out MetricKind metric);
        return isSeverity ? severity.Text()
            : isKind ? kind.Text()
            : isMetric ? metric.Text()
            : null;
    }
}
