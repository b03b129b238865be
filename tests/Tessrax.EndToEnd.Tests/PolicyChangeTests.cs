using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The verbs that bring policies into force, as people run them: tried, proposed, approved, listed, pinned, and taken back.</summary>
public sealed class PolicyChangeTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_policy_is_tried_upgraded_listed_and_rolled_back()
    {
        string next = Write(
            "next.json",
            "9.0.0",
            text => text.Replace("\"k\": 2", "\"k\": 3", StringComparison.Ordinal)
        );
        JsonValue trial = Json("policy", "upgrade", "ledger", next, "--dry-run");
        Assert.Equal("false", trial["loosening"]!.ToString());
        Assert.Equal("2", trial["decisions"]!.AsNumberText());
        Assert.Empty(home.View().Fold.State.Policies);

        Ctl.Must("policy", "pin", "ledger", "-o", "before.pin");
        JsonValue proposed = Json("policy", "upgrade", "ledger", next, "--reason", "two must agree");
        Assert.Equal("pending", proposed["status"]!.AsString());
        Assert.Contains("in the place of", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        string id = proposed["proposal"]!.AsNumberText();
        Assert.Contains(
            "$.resolution.critical.approvals.security: 2 -> 3 (tighter)",
            Ctl.Must("approve", "ledger", id, "--key", "alice.key").Error,
            StringComparison.Ordinal
        );
        Approve(id);
        Assert.Contains("9.0.0", Ctl.Must("policy", "show", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("two must agree", Ctl.Must("policy", "history", "ledger").Text, StringComparison.Ordinal);
        Assert.Equal(1, Ctl.Run("policy", "pin", "ledger", "--against", "before.pin").ExitCode);

        home.MustRefuse(4, "TSX4033", "policy", "upgrade", "ledger", next, "--reason", "again");
        Assert.Contains(
            "it would be refused: TSX4033",
            Ctl.Must("policy", "upgrade", "ledger", next, "--dry-run").Text,
            StringComparison.Ordinal
        );
        string swapped = Write("swapped.json", "9.0.0", text => text);
        home.MustRefuse(4, "TSX4035", "policy", "upgrade", "ledger", swapped, "--reason", "the same, only other");
        home.MustRefuse(3, "TSX3011", "policy", "rollback", "ledger", "--to", "1", "--reason", "nothing came there");
        home.MustRefuse(2, "TSX1012", "policy", "upgrade", "ledger", next);

        JsonValue back = Json("policy", "rollback", "ledger", "--to", "0", "--reason", "too strict");
        // It asks for less than the present one, so it waits.
        Assert.NotNull(back["not_before"]);
        home.MustRefuse(4, "TSX4024", "policy", "rollback", "ledger", "--to", "0", "--reason", "at once");
        home.MustHold();
    }

    [Fact]
    public void A_dry_run_says_which_decisions_would_have_come_out_differently()
    {
        string tolerant = Write(
            "tolerant.json",
            "9.0.0",
            text =>
            {
                JsonValue policy = JsonValue.Parse(Encoding.UTF8.GetBytes(text));
                JsonValue free = JsonValue.Parse(
                    """{"type":"numeric","tolerance":0.9,"bands":[{"severity":"low","above":0.9}]}"""u8
                );
                return policy
                    .Without("metrics")
                    .With("metrics", JsonValue.Object(("*", free.Without("type"))))
                    .ToString();
            }
        );
        CtlResult said = Ctl.Must("policy", "upgrade", "ledger", tolerant, "--dry-run");
        Assert.Contains("2 decisions of 2 would have come out differently", said.Text, StringComparison.Ordinal);
        Assert.Contains("no contradiction", said.Text, StringComparison.Ordinal);
        Assert.Contains("1 open proposal would be closed", said.Text, StringComparison.Ordinal);
        JsonValue json = Json("policy", "upgrade", "ledger", tolerant, "--dry-run");
        Assert.Equal(2, json["examples"]!.Items.Length);
        Assert.Equal(JsonValue.Null, json["examples"]!.Items[0]["would"]);
    }

    [Fact]
    public void Ids_that_look_alike_are_warned_of()
    {
        string alike = Write(
            "alike.json",
            "1.0.0",
            text => text.Replace("\"vuln-triage\"", "\"vu1n-triage\"", StringComparison.Ordinal)
        );
        CtlResult said = Ctl.Must("policy", "upgrade", "ledger", alike, "--reason", "the same, one thinks");
        Assert.Contains("'vu1n-triage' and 'vuln-triage' look alike", said.Error, StringComparison.Ordinal);
        string foreign = Write(
            "foreign.json",
            "1.0.0",
            text => text.Replace("\"vuln-triage\"", "\"vuln-tri\u0430ge\"", StringComparison.Ordinal)
        );
        home.MustRefuse(2, "TSX1009", "policy", "upgrade", "ledger", foreign, "--reason", "another alphabet");
    }

    [Fact]
    public void A_decision_is_followed_from_its_proposal_to_its_execution()
    {
        Assert.Contains("triage", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains(
            "nothing waits in the lane urgent",
            Ctl.Must("pending", "ledger", "--lane", "urgent").Text,
            StringComparison.Ordinal
        );
        JsonValue waiting = Json("pending", "ledger", "--lane", "triage");
        Assert.Equal(("triage", "proposed"), (waiting["lane"]!.AsString(), waiting["state"]!.AsString()));
        Assert.Equal("6", Json("decisions", "ledger", "--state", "proposed")["index"]!.AsNumberText());
        Assert.Equal("3", Json("decisions", "ledger")["index"]!.AsNumberText());
        Assert.Equal(
            "triage",
            Json("decisions", "ledger", "--state", "proposed", "--lane", "triage")["decision"]!["lane"]!.AsString()
        );
        home.MustRefuse(4, "TSX4049", "execute", "ledger", "6");
        string report = Ctl.Write("report.txt", "all hosts patched");
        JsonValue done = Json("execute", "ledger", "3", "--result", report, "--note", "patched");
        Assert.Equal(
            Tessrax.Hashing.HashEngine.Sha256.Hash("all hosts patched"u8).ToString(),
            done["result"]!.AsString()
        );
        home.MustRefuse(4, "TSX4048", "execute", "ledger", "3");
        home.MustRefuse(2, "TSX1012", "execute", "ledger", "three");
        Assert.Equal("executed", Json("decisions", "ledger", "3")["state"]!.AsString());
        string at = done["index"]!.AsNumberText();
        Assert.Contains($"executed by entry {at}", Ctl.Must("decisions", "ledger", "3").Text, StringComparison.Ordinal);
        Assert.Contains("was executed: patched", Ctl.Must("log", "ledger").Text, StringComparison.Ordinal);
        Ctl.Must("prove", "ledger", at, "-o", "done.tessrax.json");
        Ctl.Must("verify", "done.tessrax.json", "--trust", home.LogKey.ToString());
        Approve("6");
        Assert.Contains("recorded", Ctl.Must("decisions", "ledger", "--state", "all").Text, StringComparison.Ordinal);
        home.MustHold();
    }

    private string Write(string name, string version, Func<string, string> change)
    {
        string text = File.ReadAllText(LedgerHome.SamplePolicy);
        var sample = Policy.Parse(Encoding.UTF8.GetBytes(text));
        return Ctl.Write(
            name,
            change(text).Replace($"\"{sample.Version}\"", $"\"{version}\"", StringComparison.Ordinal)
        );
    }

    private void Approve(string id)
    {
        string[] keys = ["alice.key", "bob.key", "carol.key"];
        OpenProposal open = home.View().Fold.Proposals[
            long.Parse(id, System.Globalization.CultureInfo.InvariantCulture)
        ];
        foreach (string key in keys.Skip(open.Votes.Count))
        {
            if (
                home.View()
                    .Fold.Proposals.ContainsKey(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture))
            )
                Ctl.Must("approve", "ledger", id, "--key", key);
        }
    }

    private JsonValue Json(params string[] args) =>
        JsonValue.Parse(Encoding.UTF8.GetBytes(Ctl.Must([.. args, "--json"]).Text.Trim()));
}
