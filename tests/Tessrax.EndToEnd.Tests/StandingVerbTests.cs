using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>standing</c>: what a script is told before it acts, and the exit code that holds it back.</summary>
public sealed class StandingVerbTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_is_decided_is_told_with_its_rule_and_lets_go_on()
    {
        CtlResult told = home.Ctl.Must("standing", "ledger", "CVE-1");
        Assert.Contains("decided in entry 3 by the rule", Assert.Single(told.Lines), StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(home.Ctl.Must("standing", "ledger", "CVE-1", "--json").Bytes);
        Assert.Equal("true", json["settled"]!.ToString());
        Assert.Equal("resolved", json["state"]!.AsString());
    }

    [Fact]
    public void What_waits_for_people_holds_back_and_names_their_command()
    {
        CtlResult told = home.Ctl.Run("standing", "ledger", "CVE-2");
        Assert.Equal(1, told.ExitCode);
        Assert.Contains("nothing is decided yet", told.Text, StringComparison.Ordinal);
        Assert.Contains(" 6 --key KEY", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_that_reopens_what_was_decided_holds_back_again()
    {
        string later = """
            {"claim_id":"later","subject":"CVE-1","metric":"cvss_v3_base_score","value":0.1,"unit":"score_0_10","timestamp":"2026-09-01T00:00:00Z","source":"a-third"}

            """;
        home.Ctl.Must("ingest", "ledger", home.Ctl.Write("later.jsonl", later));
        Assert.Equal(1, home.Ctl.Run("standing", "ledger", "CVE-1").ExitCode);
    }

    [Theory]
    [InlineData("CVE-9")]
    [InlineData("cve-1")]
    [InlineData("CVE-1 ")]
    public void Where_nobody_claims_anything_there_is_nothing_to_act_on(string subject)
    {
        CtlResult told = home.Ctl.Run("standing", "ledger", subject);
        Assert.Equal((1, ""), (told.ExitCode, told.Text));
        Assert.Contains($"nobody claims anything about {subject};", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_claims_any_more_holds_back()
    {
        string past = """
            {"claim_id":"past","subject":"CVE-7","metric":"cvss_v3_base_score","value":0.1,"unit":"score_0_10","timestamp":"2020-01-01T00:00:00Z","valid_until":"2020-02-01T00:00:00Z","source":"pypa"}

            """;
        home.Ctl.Must("ingest", "ledger", home.Ctl.Write("past.jsonl", past));
        CtlResult told = home.Ctl.Run("standing", "ledger", "CVE-7", "--json");
        Assert.Equal(1, told.ExitCode);
        Assert.Equal("false", JsonValue.Parse(told.Bytes)["settled"]!.ToString());
    }

    // When the newest was made, only one of them held.
    [Theory]
    [InlineData("2026-02-01T00:00:00Z", 1)]
    [InlineData("9000-02-01T00:00:00Z", 0)]
    public void What_contradicts_itself_since_a_window_opened_holds_back(string from, int exit)
    {
        string windows = $$"""
            {"claim_id":"always","subject":"CVE-8","metric":"cvss_v3_base_score","value":5,"unit":"score_0_10","timestamp":"2026-01-01T00:00:00Z","source":"pypa"}
            {"claim_id":"later","subject":"CVE-8","metric":"cvss_v3_base_score","value":9,"unit":"score_0_10","timestamp":"2026-01-02T00:00:00Z","valid_from":"{{from}}","source":"nvd"}

            """;
        home.Ctl.Must("ingest", "ledger", home.Ctl.Write("windows.jsonl", windows));
        Assert.Equal(exit, home.Ctl.Run("standing", "ledger", "CVE-8").ExitCode);
    }

    [Fact]
    public void One_metric_is_asked_for_alone()
    {
        Assert.Equal(0, home.Ctl.Run("standing", "ledger", "CVE-1", "--metric", "cvss_v3_base_score").ExitCode);
        Assert.Equal(1, home.Ctl.Run("standing", "ledger", "CVE-1", "--metric", "licence").ExitCode);
    }

    [Fact]
    public void A_ledger_that_is_not_there_is_no_permission() =>
        Assert.Equal(3, home.Ctl.Run("standing", "nowhere", "CVE-1").ExitCode);
}
