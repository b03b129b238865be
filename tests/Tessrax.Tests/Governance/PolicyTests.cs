using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

public sealed class PolicyTests
{
    private const string Small = """
        {
          "policy": "tessrax/policy/v1",
          "id": "p", "version": "1.0.0",
          "metrics": {
            "*": { "severity": "high" },
            "w": { "type": "numeric", "unit": "kg", "units": { "g": "0.001" }, "tolerance": 0.1,
                   "bands": [ { "severity": "low", "above": 0 }, { "severity": "critical", "above": "0.25" } ] },
            "c": { "worse": ["red", "green"] }
          },
          "sources": ["cna:*", "b", "b*"],
          "resolution": {
            "low": { "strategy": "newest" },
            "moderate": { "strategy": "prefer-source", "action": "one" },
            "high": { "strategy": "median" },
            "critical": { "strategy": "escalate", "propose": "majority", "action": "two" }
          },
          "actions": {
            "one": { "approvals": [] },
            "two": { "approvals": [{ "role": "r", "k": 2 }, { "role": "s", "k": 1 }], "deadline": "P1DT90M", "lane": "l" }
          },
          "retention": { "claims": "P3650D" }
        }
        """;

    [Fact]
    public void Reads_a_policy()
    {
        Policy policy = Read(Small);
        Assert.Equal(
            new PolicyPin("p", "1.0.0", FrozenPayload.Parse(Encoding.UTF8.GetBytes(Small)).Digest),
            policy.Pin
        );
        Assert.Equal(policy.Pin, PolicyPin.FromJson(policy.Pin.ToJson()));
        Assert.Equal(TimeSpan.FromDays(3650), policy.Retention);
        Assert.Equal(["one", "two"], policy.Actions.Select(a => a.Name));

        Resolution critical = policy.For(Severity.Critical);
        Assert.Equal(
            (Strategy.Escalate, Strategy.Majority, true),
            (critical.Strategy, critical.Chooser, critical.NeedsApproval)
        );
        Assert.Equal([new RequiredApproval("r", 2), new RequiredApproval("s", 1)], critical.Action!.Approvals);
        Assert.Equal(new TimeSpan(1, 1, 30, 0), critical.Action.Deadline);
        Assert.False(policy.For(Severity.Moderate).NeedsApproval);

        MetricRule weight = policy.Rules.For("w");
        Assert.Equal(("kg", "0.1", Severity.High), (weight.Unit, weight.Tolerance.ToString(), weight.Severity));
        Assert.Equal("0.25", weight.Bands[^1].Above.ToString());
        Assert.Equal(Severity.High, policy.Rules.For("anything").Severity);
        Assert.Equal("red", policy.Rules.For("c").Worse.Order![0].AsString());
    }

    [Fact]
    public void Layout_does_not_change_the_digest()
    {
        string tight = Read(Small).Document.ToString();
        Assert.NotEqual(Small, tight);
        Assert.Equal(Read(Small).Digest, Read(tight).Digest);
        Assert.NotEqual(Read(Small).Digest, Read(Small.Replace("0.1", "0.2", StringComparison.Ordinal)).Digest);
    }

    [Theory]
    [InlineData("cna:x", 0)]
    [InlineData("cna:", 0)]
    [InlineData("cna", int.MaxValue)]
    [InlineData("b", 1)]
    [InlineData("bc", 2)]
    [InlineData("CNA:x", int.MaxValue)]
    [InlineData("", int.MaxValue)]
    public void Ranks_sources(string source, int rank) => Assert.Equal(rank, Read(Small).Rank(source));

    [Fact]
    public void Default_decides_small_differences_and_asks_about_large_ones()
    {
        Policy policy = Policy.Default;
        Assert.False(policy.For(Severity.Low).NeedsApproval);
        Assert.False(policy.For(Severity.Moderate).NeedsApproval);
        Assert.Equal(new RequiredApproval("approver", 1), Assert.Single(policy.For(Severity.High).Action!.Approvals));
        Assert.Equal(
            new RequiredApproval("approver", 2),
            Assert.Single(policy.For(Severity.Critical).Action!.Approvals)
        );
        Assert.Equal(4, policy.Rules.For("x").Bands.Count);
    }

    [Theory]
    [InlineData("\"version\": \"1.0.0\"", "\"version\": \"1.0\"", 1009, 3, 25, "$.version")]
    [InlineData("\"id\": \"p\"", "\"id\": \"p/q\"", 1009, 3, 9, "$.id")]
    [InlineData("tessrax/policy/v1", "tessrax/policy/v3", 1009, 2, 13, "$.policy")]
    [InlineData("\"lane\"", "\"colour\"", 1007, 19, 112, "$.actions.two")]
    [InlineData("\"tolerance\": 0.1", "\"tolerance\": -0.1", 1009, 6, 85, "$.metrics.w.tolerance")]
    [InlineData("\"tolerance\": 0.1", "\"tolerance\": \"x\"", 1009, 6, 85, "$.metrics.w.tolerance")]
    [InlineData("\"above\": \"0.25\"", "\"above\": 0", 1015, 7, 58, "$.metrics.w.bands[1]")]
    [InlineData(
        "{ \"severity\": \"low\", \"above\": 0 }",
        "{ \"severity\": \"low\", \"above\": 0.2 }",
        1015,
        7,
        21,
        "$.metrics.w"
    )]
    [InlineData("\"severity\": \"critical\"", "\"severity\": \"low\"", 1015, 7, 58, "$.metrics.w.bands[1]")]
    [InlineData("\"above\": \"0.25\"", "\"above\": 1, \"more\": 1", 1007, 7, 104, "$.metrics.w.bands[1]")]
    [InlineData("\"severity\": \"low\"", "\"severity\": \"tiny\"", 1009, 7, 37, "$.metrics.w.bands[0].severity")]
    [InlineData("\"type\": \"numeric\"", "\"type\": \"number\"", 1009, 6, 20, "$.metrics.w.type")]
    [InlineData("\"type\": \"numeric\"", "\"type\": \"set\"", 1015, 6, 50, "$.metrics.w.units")]
    [InlineData("\"g\": \"0.001\"", "\"kg\": 1", 1015, 6, 54, "$.metrics.w.units")]
    [InlineData("\"g\": \"0.001\"", "\"g\": 0", 1015, 6, 61, "$.metrics.w.units.g")]
    [InlineData("[\"red\", \"green\"]", "[\"red\", \"red\"]", 1015, 8, 29, "$.metrics.c.worse[1]")]
    [InlineData("[\"red\", \"green\"]", "\"greater\"", 1009, 8, 21, "$.metrics.c.worse")]
    [InlineData("\"b*\"", "\"b\"", 1015, 10, 29, "$.sources[2]")]
    [InlineData("\"newest\"", "\"oldest\"", 1015, 12, 26, "$.resolution.low.strategy")]
    [InlineData("\"low\": { \"strategy\": \"newest\" },", "", 1015, 11, 17, "$.resolution")]
    [InlineData("\"action\": \"one\"", "\"action\": \"three\"", 1015, 13, 58, "$.resolution.moderate.action")]
    [InlineData("\"action\": \"two\"", "\"action\": \"one\"", 1015, 15, 17, "$.resolution.critical")]
    [InlineData("\"propose\": \"majority\", ", "", 1015, 15, 17, "$.resolution.critical")]
    [InlineData(
        "\"propose\": \"majority\"",
        "\"propose\": \"escalate\"",
        1015,
        15,
        54,
        "$.resolution.critical.propose"
    )]
    [InlineData(
        "\"strategy\": \"median\"",
        "\"strategy\": \"median\", \"propose\": \"newest\"",
        1015,
        14,
        48,
        "$.resolution.high.propose"
    )]
    [InlineData("\"k\": 2", "\"k\": 0", 1015, 19, 48, "$.actions.two.approvals[0].k")]
    [InlineData("\"k\": 2", "\"k\": 65", 1015, 19, 48, "$.actions.two.approvals[0].k")]
    [InlineData("\"k\": 2", "\"k\": 1.5", 1009, 19, 48, "$.actions.two.approvals[0].k")]
    [InlineData("\"k\": 2", "\"k\": 64", 1015, 19, 12, "$.actions.two")]
    [InlineData("\"role\": \"s\"", "\"role\": \"r\"", 1015, 19, 53, "$.actions.two.approvals[1]")]
    [InlineData("P1DT90M", "PT0M", 1015, 19, 91, "$.actions.two.deadline")]
    [InlineData("P1DT90M", "P366D", 1015, 19, 91, "$.actions.two.deadline")]
    [InlineData("P1DT90M", "1 week", 1009, 19, 91, "$.actions.two.deadline")]
    [InlineData("\"metrics\": {", "\"metrics\": 7, \"x\": {", 1009, 4, 14, "$.metrics")]
    public void Names_line_column_and_field(string was, string becomes, int code, int line, int column, string path)
    {
        Assert.Contains(was, Small, StringComparison.Ordinal);
        TessraxException fault = Assert.Throws<TessraxException>(() =>
            Read(Small.Replace(was, becomes, StringComparison.Ordinal))
        );
        Assert.Equal((code, path), (fault.Code.Number, fault.Path));
        Assert.StartsWith($"line {line}, column {column}: {path} ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_columns_in_characters()
    {
        TessraxException fault = Assert.Throws<TessraxException>(() => Read("{\n \"é😀\": 1, \"é😀\": 2}"));
        Assert.Equal(ErrorCodes.DuplicateKey, fault.Code);
        Assert.StartsWith("line 2, column ", fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "line 2, column 3: ",
            Assert.Throws<TessraxException>(() => Read("[\n  }")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_a_policy_beyond_a_megabyte() =>
        Assert.Equal(
            ErrorCodes.TooLarge,
            Assert.Throws<TessraxException>(() => Read(Small + new string(' ', Policy.MaxBytes))).Code
        );

    [Theory]
    [InlineData("P7D", "P7D")]
    [InlineData("PT90M", "PT1H30M")]
    [InlineData("P0DT24H", "P1D")]
    [InlineData("P1DT1H1M", "P1DT1H1M")]
    [InlineData("PT0M", "PT0M")]
    public void Durations_have_a_shortest_text(string text, string shortest)
    {
        Assert.True(IsoDuration.TryParse(text, out TimeSpan duration));
        Assert.Equal(shortest, IsoDuration.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("7D")]
    [InlineData("P-1D")]
    [InlineData("P1W")]
    [InlineData("PT1M1H")]
    [InlineData("P1.5D")]
    [InlineData("P1D ")]
    [InlineData("P100000D")]
    [InlineData("PT1S")]
    public void Refuses_other_durations(string text) => Assert.False(IsoDuration.TryParse(text, out _));

    [Fact]
    public void A_schema_for_editors_is_no_part_of_the_document()
    {
        string tagged = Small.Insert(1, "\"$schema\": \"./policy.schema.json\",");
        Assert.Equal(Read(Small).Pin, Read(tagged).Pin);
        Assert.Equal(Read(Small).Document, Read(tagged).Document);
        Assert.Empty(Schema.Load("policy").Faults(JsonValue.Parse(Encoding.UTF8.GetBytes(tagged))));

        // Errors still stand where they are in the text.
        var fault = Assert.Throws<TessraxException>(() =>
            Read(tagged.Replace("P1DT90M", "x", StringComparison.Ordinal))
        );
        Assert.Equal("$.actions.two.deadline", fault.Path);
        Assert.StartsWith("line 19, ", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<TessraxException>(() =>
            Read(tagged.Replace("\"./policy.schema.json\"", "7", StringComparison.Ordinal))
        );
        Assert.Equal((ErrorCodes.BadValue, "$.$schema"), (fault.Code, fault.Path));
    }

    [Fact]
    public void A_schema_for_editors_has_no_place_in_a_ledger() =>
        Assert.Equal(
            ErrorCodes.UnknownMember,
            Assert.Throws<TessraxException>(() => Policy.FromJson(Read(Small).Document.With("$schema", "x"))).Code
        );

    private static Policy Read(string text) => Policy.Parse(Encoding.UTF8.GetBytes(text));
}
