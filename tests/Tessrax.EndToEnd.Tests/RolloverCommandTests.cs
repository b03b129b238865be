using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A live ledger handed over to a successor by the real binary: with approvals here, elsewhere and none at all, and killed on the way.</summary>
public sealed class RolloverCommandTests : IDisposable
{
    private static readonly string[] Roll = ["rollover", "ledger", "next", "--hash", "blake3", "--yes"];

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_ledger_is_closed_with_approvals_given_here_and_elsewhere_and_goes_on()
    {
        Snapshot.Check("rollover-waiting", Ctl.Must(Roll).Text, Ctl.Folder);
        JsonValue waiting = Json(Ctl.Must([.. Roll, "--json"]));
        Assert.Equal("pending", waiting["status"]!.AsString());
        string id = waiting["proposal"]!.AsNumberText();

        string pending = Ctl.Must("pending", "ledger", "--export", "request.json", "--json").Lines[^1];
        JsonValue shown = JsonValue.Parse(Encoding.UTF8.GetBytes(pending));
        Assert.Equal("LEDGER_CLOSED", shown["event"]!.AsString());
        Assert.Equal(waiting["successor"]!, shown["control"]!["successor"]!);
        // A closing among other proposals is never signed along with them.
        home.MustRefuse(2, "TSX1012", "approve", "request.json", "--key", "alice.key", "-o", "all.json");
        Assert.False(File.Exists(Ctl.PathOf("all.json")));
        CtlResult elsewhere = Ctl.Must("approve", "request.json", id, "--key", "alice.key", "-o", "alice.json");
        Assert.Contains(
            "close this ledger for ever; it goes on as example.com/test/2 (blake3)",
            elsewhere.Text,
            StringComparison.Ordinal
        );
        Ctl.Must("approve", "ledger", "--import", "alice.json");
        home.MustRefuse(4, "TSX4008", "approve", "ledger", id, "--key", "alice.key");
        CtlResult last = Ctl.Must("approve", "ledger", id, "--key", "bob.key");
        Assert.Contains("close this ledger for ever", last.Error, StringComparison.Ordinal);
        Assert.Contains("recorded at", last.Text, StringComparison.Ordinal);

        string payload = Ctl.Write("payload.json", "{}");
        home.MustRefuse(4, "TSX4014", "append", "ledger", "--event", "x-late", "--payload", payload);
        home.MustRefuse(4, "TSX4015", "rollover", "ledger", "other", "--hash", "blake3");
        Snapshot.Check("rollover-done", Ctl.Must(Roll).Text, Ctl.Folder);
        Assert.Equal("done", Json(Ctl.Must([.. Roll, "--json"]))["status"]!.AsString());

        Assert.Contains(
            "\nclosed: it goes on as example.com/test/2",
            Ctl.Must("verify", "ledger").Text,
            StringComparison.Ordinal
        );
        JsonValue verdict = Json(Ctl.Must("verify", "next", "--json"));
        Assert.StartsWith("blake3:", verdict["root"]!.AsString(), StringComparison.Ordinal);
        Assert.Equal("true", Stage(verdict)["holds"]!.ToString());
        Ctl.Must("append", "next", "--event", "x-early", "--payload", payload);
        Ctl.Must("prove", "next", "1", "-o", "next.tessrax.json");
        Ctl.Must("verify", "next.tessrax.json");
        string closing = JsonValue.Parse(Encoding.UTF8.GetBytes(Ctl.Must("log", "ledger", "--json").Lines[^1]))[
            "index"
        ]!.AsNumberText();
        Ctl.Must("prove", "ledger", closing, "-o", "closing.tessrax.json");
        Assert.Contains(
            "closed: it goes on as",
            Ctl.Must("verify", "closing.tessrax.json").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_ends_with_a_ledger_is_told_and_a_hold_without_an_end_goes_on()
    {
        foreach ((string entries, string name) in new[] { ("1-2", "short"), ("3-", "case-17"), ("0-", "case-18") })
        {
            JsonValue waits = Json(
                Ctl.Must("hold", "place", "ledger", "--entries", entries, "--name", name, "--reason", "order", "--json")
            );
            Approve("ledger", waits["proposal"]!.AsNumberText());
        }
        string open = string.Join(
            ", ",
            Ctl.Must("pending", "ledger", "--json").Lines.Select(line => JsonOf(line)["id"] ?? JsonOf(line)["proposal"])
        );
        Assert.NotEqual("", open);
        Assert.Contains($"would end undecided with it: {open}", Ctl.Must(Roll).Text, StringComparison.Ordinal);
        CtlResult done = Ctl.Must([.. Roll, "--key", "alice.key", "--key", "bob.key"]);
        Assert.Contains($"ended undecided with it: {open}", done.Text, StringComparison.Ordinal);
        Assert.Contains("'case-17', which has no end, is proposed", done.Text, StringComparison.Ordinal);
        Assert.Contains("'case-18', which has no end, waits until another", done.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("'short'", done.Text, StringComparison.Ordinal);
        Approve("next", "1");
        JsonValue again = Json(Ctl.Must([.. Roll, "--json"]));
        Assert.Equal("""{"case-18":"proposed"}""", again["holds"]!.ToString());
        Approve("next", "5");
        string held = Ctl.Must("hold", "list", "next").Text;
        Assert.Contains("case-17  0 and all after it", held, StringComparison.Ordinal);
        Assert.Contains("case-18  0 and all after it", held, StringComparison.Ordinal);
        Assert.Equal("{}", Json(Ctl.Must([.. Roll, "--json"]))["holds"]!.ToString());
        Ctl.Must("verify", "next");
    }

    [Fact]
    public void Nothing_that_others_still_decide_about_ends_unasked()
    {
        string before = Ctl.Must("log", "ledger", "--json").Text;
        string[] unasked = Roll[..^1];
        CtlResult refused = Ctl.Run([.. unasked, "--key", "alice.key", "--key", "bob.key"]);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Text));
        Assert.StartsWith(
            "error TSX1012: with the ledger would end undecided: proposal 6 (",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("--yes", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, Ctl.Must("log", "ledger", "--json").Text);
        string id = Json(Ctl.Must([.. Roll, "--json"]))["proposal"]!.AsNumberText();
        Assert.Contains(
            "it ends proposal 6 undecided",
            Ctl.Must("approve", "ledger", id, "--key", "alice.key").Error,
            StringComparison.Ordinal
        );
        // It is closed then, whoever asks: the successor is made without being told again.
        Ctl.Must("approve", "ledger", id, "--key", "bob.key");
        Ctl.Must(unasked);
    }

    private static JsonValue JsonOf(string line) => JsonValue.Parse(Encoding.UTF8.GetBytes(line));

    private void Approve(string ledger, string proposal)
    {
        foreach (string key in (string[])["alice.key", "bob.key"])
            Ctl.Must("approve", ledger, proposal, "--key", key);
    }

    [Fact]
    public void One_command_with_the_keys_does_it_all_and_a_moved_predecessor_is_found_by_name()
    {
        JsonValue done = Json(
            Ctl.Must([.. Roll, "--origin", "example.com/test-b3", "--key", "alice.key", "--key", "carol.key", "--json"])
        );
        Assert.Equal("example.com/test-b3", done["origin"]!.AsString());
        Assert.Equal("blake3", done["hash"]!.AsString());
        Directory.Move(Ctl.PathOf("ledger"), Ctl.PathOf("moved"));
        CtlResult alone = Ctl.Must("verify", "next");
        Assert.Contains("predecessor  not checked", alone.Text, StringComparison.Ordinal);
        Assert.Contains(
            "not excluded: that the ledger before this one, example.com/test ",
            alone.Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "predecessor  yes",
            Ctl.Must("verify", "next", "--predecessor", "moved").Text,
            StringComparison.Ordinal
        );
        // One byte of the old ledger, and the new one's verdict falls.
        string segment = Ctl.PathOf("moved", "segments", "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("CVE-2"u8)] ^= 1;
        File.WriteAllBytes(segment, bytes);
        CtlResult refuted = Ctl.Run("verify", "next", "--predecessor", "moved");
        Assert.Equal(1, refuted.ExitCode);
        Assert.Contains("TSX5022", refuted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_without_approvers_rolls_over_from_blake3_to_sha256_at_once()
    {
        Assert.Equal(
            "blake3",
            Json(Ctl.Must("init", "b3", "--origin", "example.com/b3", "--hash", "blake3", "--json"))["hash"]!.AsString()
        );
        Ctl.Must("ingest", "b3", "claims.jsonl");
        JsonValue point = Json(Ctl.Must("checkpoint", "b3", "--json"));
        Assert.StartsWith("blake3:", point["root"]!.AsString(), StringComparison.Ordinal);
        Ctl.Must("verify", "b3");
        Assert.Equal(
            "done",
            Json(Ctl.Must("rollover", "b3", "sha", "--hash", "sha256", "--yes", "--json"))["status"]!.AsString()
        );
        Ctl.Must("verify", "sha");
        Ctl.Must("verify", "b3");
    }

    [Fact]
    public void Refuses_what_makes_no_sense_before_anything_is_made()
    {
        home.MustRefuse(2, "TSX1012", "rollover", "ledger", "next", "--hash", "md5");
        home.MustRefuse(2, "TSX1009", "rollover", "ledger", "next", "--hash", "blake3", "--origin", LedgerHome.Origin);
        home.MustRefuse(2, "TSX3010", "rollover", "ledger", ".", "--hash", "blake3");
        home.MustRefuse(3, "TSX3001", "rollover", "nowhere", "next", "--hash", "blake3");
        home.MustRefuse(3, "TSX3012", "rollover", "ledger", "next", "--hash", "blake3", "--key", "nobody.key");
        Assert.False(Directory.Exists(Ctl.PathOf("next")));
        Ctl.Must("prove", "ledger", "1", "-o", "one.tessrax.json");
        home.MustRefuse(2, "TSX1012", "verify", "one.tessrax.json", "--predecessor", "ledger");
        Ctl.Must("merkle", "history", "ledger", "--export", "log.history.json");
        home.MustRefuse(2, "TSX1012", "merkle", "history", "log.history.json", "--at", "1", "--key", "any");
    }

    [Fact]
    public void A_rollover_that_is_killed_at_any_moment_is_finished_by_the_same_command()
    {
        string[] roll = [.. Roll, "--key", "alice.key", "--key", "bob.key"];
        TimeSpan whole;
        using (var undisturbed = new LedgerHome())
        {
            long start = Stopwatch.GetTimestamp();
            undisturbed.Ctl.Must(roll);
            whole = Stopwatch.GetElapsedTime(start);
        }
        var random = new Random(KillRun.Seed);
        for (int round = 1; round <= 6; round++)
        {
            using var other = new LedgerHome();
            TimeSpan delay = whole * (0.3 + (0.7 * random.NextDouble()));
            string what = $"seed {KillRun.Seed}, killed after {delay} of {whole}: ";
            KillRun.Ctl(other.Ctl, delay, roll);
            CtlResult again = other.Ctl.Run(roll);
            Assert.True(again.ExitCode == 0, what + again.Error);
            other.Ctl.Must("verify", "next");
            other.Ctl.Must("verify", "ledger");
        }
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);

    private static JsonValue Stage(JsonValue verdict) =>
        verdict["stages"]!.Items.ToArray().Single(s => s["name"]!.AsString() == "predecessor");
}
