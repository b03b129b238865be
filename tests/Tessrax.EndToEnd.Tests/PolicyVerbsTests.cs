using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The verbs for those who write a policy: test it, compare it with another, have an editor's help.</summary>
public sealed class PolicyVerbsTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    private static string Cases(string expected) =>
        string.Join(
            '\n',
            LedgerHome.Claim("b1", "CVE-2", "9.8", "rubysec"),
            LedgerHome.Claim("b2", "CVE-2", "4.9", "pypa"),
            $$$"""{"expect":{"subject":"CVE-2","metric":"cvss_v3_base_score","unit":"score_0_10",{{{expected}}}}}"""
        );

    [Fact]
    public void A_policy_that_decides_as_expected_passes()
    {
        string good = ctl.Write(
            "good.jsonl",
            Cases("\"severity\":\"critical\",\"outcome\":9.8,\"approvals\":[{\"role\":\"security\",\"k\":2}]")
        );
        Assert.Contains(
            "1 of 1 expectation met",
            ctl.Must("policy", "test", LedgerHome.SamplePolicy, good).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(0, ctl.RunWith(File.ReadAllText(good), "policy", "test", LedgerHome.SamplePolicy, "-").ExitCode);
    }

    [Fact]
    public void A_policy_that_decides_otherwise_ends_with_1_and_the_first_difference()
    {
        string bad = ctl.Write("bad.jsonl", Cases("\"outcome\":4.9,\"lane\":\"other\""));
        CtlResult result = ctl.Run("policy", "test", LedgerHome.SamplePolicy, bad, "--json");
        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        var json = JsonValue.Parse(result.Bytes);
        Assert.Equal(JsonValue.False, json["holds"]);
        JsonValue failure = Assert.Single(json["failures"]!.Items.ToArray());
        Assert.Equal(
            ("3", "outcome", "4.9", "9.8"),
            (
                failure["line"]!.AsNumberText(),
                failure["member"]!.AsString(),
                failure["expected"]!.AsNumberText(),
                failure["was"]!.AsString()
            )
        );
        CtlResult text = ctl.Run("policy", "test", LedgerHome.SamplePolicy, bad);
        Assert.Equal(1, text.ExitCode);
        Assert.Contains("0 of 1 expectation met", text.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("lane", text.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        2,
        "TSX1008",
        "{\"claim_id\":\"1\",\"subject\":\"s\",\"metric\":\"m\",\"value\":1,\"timestamp\":\"2026-01-01T00:00:00Z\",\"source\":\"a\"}"
    )]
    [InlineData(2, "TSX1009", "{\"expect\":{\"subject\":\"s\",\"metric\":\"m\",\"severity\":\"grave\"}}")]
    [InlineData(2, "TSX1001", "{")]
    [InlineData(3, "TSX3012", null)]
    public void A_file_that_is_no_test_is_refused_with_a_hint(int exitCode, string code, string? text)
    {
        string file = text is null ? ctl.PathOf("nowhere.jsonl") : ctl.Write("cases.jsonl", text);
        CtlResult result = ctl.Run("policy", "test", LedgerHome.SamplePolicy, file);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Text));
        Assert.StartsWith($"error {code}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_are_told_with_the_way_they_go()
    {
        string sample = File.ReadAllText(LedgerHome.SamplePolicy);
        string next = ctl.Write("next.json", sample.Replace("\"k\": 2", "\"k\": 1", StringComparison.Ordinal));
        var json = JsonValue.Parse(ctl.Must("policy", "diff", LedgerHome.SamplePolicy, next, "--json").Bytes);
        Assert.Equal(
            """[{"effect":"looser","is":1,"path":"$.resolution.critical.approvals.security","was":2}]""",
            json["changes"]!.ToString()
        );
        Assert.NotEqual(json["was"]!["digest"], json["is"]!["digest"]);
        string text = ctl.Must("policy", "diff", next, LedgerHome.SamplePolicy).Text;
        Assert.Contains("1 change: 1 tighter, 0 looser, 0 other", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_only_written_otherwise_is_no_change()
    {
        var sample = Policy.Parse(File.ReadAllBytes(LedgerHome.SamplePolicy));
        string tight = ctl.Write("tight.json", sample.Document.ToString());
        Assert.Equal("the same policy\n", ctl.Must("policy", "diff", LedgerHome.SamplePolicy, tight).Text);
        string implied = File.ReadAllText(LedgerHome.SamplePolicy)
            .Replace(", \"worse\": \"higher\"", "", StringComparison.Ordinal);
        Assert.StartsWith(
            "no difference",
            ctl.Must("policy", "diff", LedgerHome.SamplePolicy, ctl.Write("implied.json", implied)).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_ledger_stands_for_the_policy_in_force()
    {
        using var home = new LedgerHome();
        Assert.Equal("the same policy\n", home.Ctl.Must("policy", "diff", "ledger", LedgerHome.SamplePolicy).Text);
        home.Ctl.Write("cases.jsonl", Cases("\"severity\":\"critical\""));
        home.Ctl.Must("policy", "test", "ledger", "cases.jsonl");
    }

    [Fact]
    public void A_policy_that_names_its_schema_has_the_same_digest()
    {
        byte[] schema = ctl.Must("policy", "schema").Bytes;
        Assert.Equal(File.ReadAllBytes(Spec.Path("schema", "policy.schema.json")), schema);
        string tagged = File.ReadAllText(LedgerHome.SamplePolicy).Insert(1, "\"$schema\": \"./policy.schema.json\",");
        string file = ctl.Write("policy.json", tagged);
        Assert.Equal("the same policy\n", ctl.Must("policy", "diff", LedgerHome.SamplePolicy, file).Text);
        ctl.Variables["TESSRAX_PASSPHRASE"] = "secret";
        ctl.Must("init", "new", "--origin", "example.com/new", "--policy", file);
        var shown = JsonValue.Parse(ctl.Must("policy", "show", "new", "--json").Bytes);
        Assert.Null(shown["document"]!["$schema"]);
        Assert.Equal(
            Policy.Parse(File.ReadAllBytes(LedgerHome.SamplePolicy)).Digest.ToString(),
            shown["pin"]!["digest"]!.AsString()
        );
    }
}
