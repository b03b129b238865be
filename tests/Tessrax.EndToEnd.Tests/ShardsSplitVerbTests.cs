using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Shards;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A live ledger split into shards by the real binary: with approvals, killed on the way, and gone on with.</summary>
public sealed class ShardsSplitVerbTests : IDisposable
{
    private static readonly string[] Split = ["shards", "split", "ledger", "set", "--shards", "3", "--yes"];

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_ledger_is_split_once_it_is_approved_and_what_was_claimed_meets_what_comes()
    {
        JsonValue waiting = Json(Ctl.Must([.. Split, "--json"]));
        Assert.Equal("pending", waiting["status"]!.AsString());
        Assert.Equal("3", waiting["successor"]!["shards"]!.AsNumberText());
        Assert.Contains(
            "then once more: tessraxctl shards split ledger set --shards 3 --yes",
            Ctl.Must(Split).Text,
            StringComparison.Ordinal
        );
        // Not a set yet, and no ledger.
        home.MustRefuse(3, "TSX3001", "shards", "status", "set");
        Ctl.Must("approve", "ledger", waiting["proposal"]!.AsNumberText(), "--key", "alice.key");
        JsonValue done = Json(Ctl.Must([.. Split, "--key", "bob.key", "--json"]));
        Assert.Equal(("done", "example.com/test/2"), (done["status"]!.AsString(), done["set"]!.AsString()));
        Assert.Equal("5", done["handed_on"]!["claims"]!.AsNumberText());
        home.MustRefuse(4, "TSX4014", "ingest", "ledger", "claims.jsonl");
        string[] roots = Roots();
        // Done again, it makes nothing twice.
        Assert.Equal("0", Json(Ctl.Must([.. Split, "--json"]))["handed_on"]!["claims"]!.AsNumberText());
        Assert.Equal(roots, Roots());
        home.MustRefuse(4, "TSX4015", "shards", "split", "ledger", "other", "--shards", "3");
        home.MustRefuse(4, "TSX4015", "shards", "split", "ledger", "set", "--shards", "4");

        // What one source says from now on contradicts what another one said before the split.
        string more = Ctl.Write("more.jsonl", LedgerHome.Claim("c2", "CVE-3", "1.0", "rubysec"));
        Assert.Equal("1", Json(Ctl.Must("ingest", "set", more, "--json"))["contradictions"]!.AsNumberText());
        Assert.Equal(1, Ctl.Run("standing", "set", "CVE-3").ExitCode);
        Assert.Contains("predecessor  yes", Ctl.Must("shards", "verify", "set").Text, StringComparison.Ordinal);
        Assert.Contains(
            "closed: it goes on as example.com/test/2 (sha256, 3 shards)",
            Ctl.Must("verify", "ledger").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_was_erased_in_a_set_is_not_handed_on_again_and_endless_holds_go_on()
    {
        JsonValue waits = Json(
            Ctl.Must("hold", "place", "ledger", "--entries", "0-", "--name", "case", "--reason", "order", "--json")
        );
        foreach (string key in (string[])["alice.key", "bob.key"])
            Ctl.Must("approve", "ledger", waits["proposal"]!.AsNumberText(), "--key", key);
        CtlResult done = Ctl.Must([.. Split, "--key", "alice.key", "--key", "bob.key"]);
        foreach (int shard in (int[])[0, 1, 2])
            Assert.Matches($"'case', which has no end, is proposed for the successor: .*set/{shard} ", done.Text);
        // The list is written last: a set without it is finished, one with it is left alone.
        string list = Ctl.PathOf("set", ShardSet.FileName);
        string text = File.ReadAllText(list);
        File.Delete(list);
        Ctl.Must(Split);
        Assert.Equal(text, File.ReadAllText(list));
    }

    [Fact]
    public void A_split_that_is_killed_at_any_moment_is_finished_by_the_same_command()
    {
        string[] split = [.. Split, "--key", "alice.key", "--key", "bob.key"];
        TimeSpan whole;
        using (LedgerHome undisturbed = new LedgerHome().WithClaims())
        {
            long start = Stopwatch.GetTimestamp();
            undisturbed.Ctl.Must(split);
            whole = Stopwatch.GetElapsedTime(start);
        }
        var random = new Random(KillRun.Seed);
        for (int round = 1; round <= 6; round++)
        {
            using LedgerHome other = new LedgerHome().WithClaims();
            TimeSpan delay = whole * (0.2 + (0.8 * random.NextDouble()));
            string what = $"seed {KillRun.Seed}, killed after {delay} of {whole}: ";
            KillRun.Ctl(other.Ctl, delay, split);
            CtlResult again = other.Ctl.Run(split);
            Assert.True(again.ExitCode == 0, what + again.Error);
            other.Ctl.Must("shards", "verify", "set");
            other.Ctl.Must("verify", "ledger");
            Assert.Equal("5", Json(other.Ctl.Must("ingest", "set", "claims.jsonl", "--json"))["known"]!.AsNumberText());
        }
    }

    [Fact]
    public void An_init_of_a_set_that_is_killed_leaves_a_whole_set_or_none()
    {
        string[] init = ["shards", "init", "fresh", "--shards", "2", "--origin", "example.com/fresh"];
        long start = Stopwatch.GetTimestamp();
        Ctl.Must(init);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        var random = new Random(KillRun.Seed);
        for (int round = 1; round <= 4; round++)
        {
            init[2] = $"fresh-{round}";
            KillRun.Ctl(Ctl, whole * random.NextDouble(), init);
            bool isSet = ShardSet.IsIn(Ctl.PathOf(init[2]));
            CtlResult status = Ctl.Run("shards", "status", init[2]);
            Assert.True(status.ExitCode == (isSet ? 0 : 3), $"seed {KillRun.Seed}: {status.Error}");
            CtlResult again = Ctl.Run(init);
            if (again.ExitCode != 0)
                Assert.StartsWith("error TSX3010: ", again.Error, StringComparison.Ordinal);
        }
    }

    private string[] Roots() =>
        [.. Ctl.Must("shards", "status", "set", "--json").Lines.Select(line => JsonOf(line)["root"]!.AsString())];

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);

    private static JsonValue JsonOf(string line) => JsonValue.Parse(Encoding.UTF8.GetBytes(line));
}
