using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What people and programs see of the contradictions of a ledger and of making them again.</summary>
public sealed class ContradictionsVerbTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Shows_each_with_its_state_and_a_sentence()
    {
        CtlResult all = home.Ctl.Must("contradictions", "ledger");
        Assert.Contains(
            all.Lines,
            line =>
                line.StartsWith(
                    "cvss_v3_base_score of CVE-1 (score_0_10): resolved, told in entry 2, decided in entry 3: 2 sources disagree",
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            all.Lines,
            line =>
                line.Contains(
                    "open, told in entry 5, waiting for the approvals of proposal 6: ",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void Shows_those_of_one_state_to_programs()
    {
        JsonValue open = JsonValue.Parse(home.Ctl.Must("contradictions", "ledger", "--state", "open", "--json").Bytes);
        Assert.Equal("CVE-2", open["contradiction"]!["key"]!["subject"]!.AsString());
        Assert.Equal("critical", open["contradiction"]!["severity"]!.AsString());
        Assert.Equal(("1", "6"), (open["count"]!.AsNumberText(), open["proposal"]!.AsNumberText()));
        Assert.Equal(["there are none"], home.Ctl.Must("contradictions", "ledger", "--state", "superseded").Lines);
        Assert.NotEqual(0, home.Ctl.Run("contradictions", "ledger", "--state", "gone").ExitCode);
    }

    [Fact]
    public void Verify_says_how_much_was_worked_out_again()
    {
        string said = home.Ctl.Must("verify", "ledger", "--replay-decisions").Text;
        Assert.Matches(
            "worked out again from the claims: 4 contradictions, proposals and decisions in [0-9.]+ s of one core",
            said
        );
        Assert.Matches("of all that was done: [0-9]+% that, [0-9]+% the signatures of authors", said);
        Assert.DoesNotContain("worked out again", home.Ctl.Must("verify", "ledger").Text, StringComparison.Ordinal);
    }
}
