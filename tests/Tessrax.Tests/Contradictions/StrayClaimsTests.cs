using Tessrax.Contradictions;
using Tessrax.Tests.Governance;
using Xunit;

namespace Tessrax.Tests.Contradictions;

/// <summary>What is probably meant for another group is told, and what may well be meant is not.</summary>
public sealed class StrayClaimsTests
{
    private static readonly MetricRules Rules = Samples.Policy().Rules;

    [Theory]
    [InlineData("cvss_v3_base_score", "score_0-10", "score_0_10")]
    [InlineData("cvss_v3_base_score", "furlongs", "score_0_10")]
    [InlineData("cvss_v3_base_score", null, "score_0_10")]
    [InlineData("area_total", "km", "km2")]
    public void A_unit_that_the_metric_does_not_convert(string metric, string? unit, string meant)
    {
        StrayClaims stray = Assert.Single(Find(metric, unit));
        Assert.Equal(new StrayClaims(metric, unit ?? "", 1, meant), stray);
    }

    [Fact]
    public void A_metric_whose_name_nearly_is_one_of_the_policy() =>
        Assert.Equal(
            new StrayClaims("cvss_v3_base_scor", null, 1, "cvss_v3_base_score"),
            Assert.Single(Find("cvss_v3_base_scor", "score_0_10"))
        );

    [Theory]
    [InlineData("cvss_v3_base_score", "score_0_10")]
    [InlineData("area_total", "mi2")]
    [InlineData("something_else", "furlongs")]
    [InlineData("cwe_set", null)]
    public void Nothing_else(string metric, string? unit) => Assert.Empty(Find(metric, unit));

    private static IReadOnlyList<StrayClaims> Find(string metric, string? unit)
    {
        string json = $$"""
            {"claim_id":"a","subject":"s","metric":"{{metric}}","value":1,"source":"x","timestamp":"2026-01-01T00:00:00Z"{{(
                unit is null ? "" : $",\"unit\":\"{unit}\""
            )}}}
            """;
        return StrayClaims.Find(Rules, [Some.Ingest(json)]);
    }
}
