using System.Diagnostics;
using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What <c>log</c> and <c>show</c> can be asked for, and what they refuse.</summary>
public sealed class ViewerVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("0 1 2 3 4 5 6 7", "")]
    [InlineData("7 6 5 4 3 2 1 0", "--reverse")]
    [InlineData("6 7", "--limit 2")]
    [InlineData("7 6", "--limit 2 --reverse")]
    [InlineData("1 4 7", "--event CLAIMS_RECORDED")]
    [InlineData("1 4 7", "--event claims_recorded")]
    [InlineData("3 4 7", "--event CLAIMS_RECORDED --event DECISION_RECORDED --limit 3")]
    [InlineData("0 1 2 3 4 5 6 7", "--since 1d")]
    [InlineData("5 6 7", "--since 2000-01-01 --limit 3")]
    [InlineData("", "--since 2999-01-01T00:00:00Z")]
    [InlineData("", "--event x-none")]
    public void The_log_shows_the_entries_that_are_asked_for(string indexes, string options)
    {
        string[] args = ["log", home.Path, "--json", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Assert.Equal(indexes, string.Join(' ', Must(args).Lines.Select(line => JsonOf(line)["index"]!.AsNumberText())));
        CtlResult shown = Must([.. args.Where(arg => arg != "--json"), "--oneline"]);
        Assert.Equal(indexes, string.Join(' ', shown.Lines.Select(line => line.Split(' ')[0])));
    }

    [Fact]
    public void Where_there_is_nothing_to_list_that_is_said() =>
        Assert.Equal("there are none of these\n", Must("log", home.Path, "--since", "2999-01-01").Text);

    [Theory]
    [InlineData("--limit must be at least 1, not 0", "log", "--limit", "0")]
    [InlineData("--limit must be from 0 to", "log", "--limit", "-1")]
    [InlineData("--order cannot be 'foo': it is one of newest, oldest, rank", "search", "--order", "foo")]
    [InlineData("--times cannot be 'foo': it is one of absolute, both, relative", "log", "--times", "foo")]
    [InlineData("--state cannot be 'foo'", "contradictions", "--state", "foo")]
    [InlineData("--prove goes without --limit", "search", "--prove", "--limit", "2")]
    [InlineData("--prove goes without --order, --fields", "search", "--prove", "--order", "oldest", "--fields")]
    [InlineData("--count goes without --cursor", "search", "--count", "--cursor", "abc")]
    public void What_cannot_be_meant_is_refused_by_the_options_name(string says, params string[] args)
    {
        CtlResult refused = home.Ctl.Run([args[0], home.Path, .. args[1..]]);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Text));
        Assert.StartsWith($"error TSX1012: {says}", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_follows_sees_the_heads_of_the_columns_once()
    {
        home.Ctl.Must("append", home.Path, "--event", "x-seen", "--payload", home.Ctl.Write("one.json", "{}"));
        using Process following = home.Ctl.Start("log", home.Path, "--follow", "--event", "x-seen");
        try
        {
            Assert.StartsWith("INDEX  TIME", following.StandardOutput.ReadLine(), StringComparison.Ordinal);
            string first = following.StandardOutput.ReadLine()!;
            home.Ctl.Must("append", home.Path, "--event", "x-other", "--payload", "one.json");
            home.Ctl.Must("append", home.Path, "--event", "x-seen", "--payload", "one.json");
            string second = following.StandardOutput.ReadLine()!;
            Assert.StartsWith("8 ", first, StringComparison.Ordinal);
            Assert.StartsWith("10 ", second, StringComparison.Ordinal);
            Assert.Equal(
                first.IndexOf("x-seen", StringComparison.Ordinal),
                second.IndexOf("x-seen", StringComparison.Ordinal)
            );
        }
        finally
        {
            following.Kill();
        }
    }

    [Fact]
    public void An_entry_is_found_by_its_leaf_hash()
    {
        CtlResult byIndex = home.Ctl.Must("show", "ledger", "1", "--json");
        string leaf = JsonValue.Parse(byIndex.Bytes)["leaf_hash"]!.AsString();
        Assert.Equal(byIndex.Text, home.Ctl.Must("show", "ledger", leaf, "--json").Text);
        CtlResult none = home.Ctl.Run("show", "ledger", $"sha256:{new string('0', 64)}");
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("no entry has the leaf hash", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leaf_is_printed_as_it_is()
    {
        JsonValue shown = JsonValue.Parse(Must("show", home.Path, "3", "--json").Bytes);
        byte[] leaf = Must("show", home.Path, "3", "--raw").Bytes;
        Assert.Equal(
            shown["leaf_hash"]!.AsString(),
            "sha256:" + Convert.ToHexStringLower(SHA256.HashData([0, .. leaf]))
        );
        Assert.Equal(3, Entry.Parse(leaf).Index);
        string proof = Must("show", home.Path, "3", "--proof").Text;
        foreach (JsonValue hash in shown["proof"]!.Items)
            Assert.Contains(
                Convert.ToHexStringLower(Convert.FromBase64String(hash.AsString())),
                proof,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void What_a_stolen_key_signed_is_marked_if_asked()
    {
        Assert.All(
            Must("log", home.Path, "--suspects", "--json").Lines,
            line => Assert.Equal(JsonKind.Null, JsonOf(line)["suspect"]!.Kind)
        );
        Assert.Null(JsonOf(Must("log", home.Path, "--json").Lines[0])["suspect"]);
    }

    [Fact]
    public void A_decision_tells_how_far_apart_its_claims_are_and_how_it_came_about()
    {
        JsonValue decided = JsonValue.Parse(Must("decisions", home.Path, "3", "--json").Bytes);
        Assert.Equal("0.0533333", decided["apart"]!["gap"]!.AsString());
        Assert.Equal("0", decided["apart"]!["tolerance"]!.AsString());
        Assert.Equal(
            ["0.0533333", "0"],
            decided["apart"]!["claims"]!.Items.ToArray().Select(claim => claim["from_outcome"]!.AsString())
        );
        JsonValue[] steps = decided["timeline"]!.Items.ToArray();
        Assert.Equal(["1", "2", "3"], steps.Select(step => step["index"]!.AsNumberText()));
        Assert.Equal("the policy", steps[^1]["who"]!.AsString());
        // What waits has no more to tell than that it waits.
        JsonValue waits = JsonValue.Parse(Must("decisions", home.Path, "6", "--json").Bytes);
        Assert.Equal(["4", "5", "6"], waits["timeline"]!.Items.ToArray().Select(step => step["index"]!.AsNumberText()));
        Assert.Contains(
            $"tessraxctl approve {home.Path} 6",
            Must("decisions", home.Path, "6").Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Decisions_are_listed_in_pages_the_newest_first_with_an_index_and_without_the_same()
    {
        string[] list = ["decisions", home.Path, "--state", "all"];
        string[] looked = Must([.. list, "--no-index"]).Lines;
        Assert.Equal("2 decisions, newest first; 8 entries, each looked at", looked[^1]);
        Assert.Equal(["6", "3"], Indexes(Must([.. list, "--json"])));
        Must("index", "rebuild", home.Path);
        string[] found = Must(list).Lines;
        Assert.Equal(looked[..^1], found[..^1]);
        Assert.Equal("2 decisions, newest first; 8 entries, by the sqlite index", found[^1]);
        Assert.Equal(Must([.. list, "--no-index", "--json"]).Text, Must([.. list, "--json"]).Text);

        string[] first = Must([.. list, "--limit", "1"]).Lines;
        Assert.Equal(found[1], first[1]);
        Assert.Equal(
            [
                "1 decision, and there are more, newest first; 8 entries, by the sqlite index",
                "next page: the same with --before 6",
            ],
            first[2..]
        );
        Assert.Equal(["3"], Indexes(Must([.. list, "--before", "6", "--json"])));
        Assert.Equal(["6"], Indexes(Must("decisions", home.Path, "--state", "proposed", "--json")));

        // The story of one, too.
        foreach (string one in (string[])["3", "6"])
            Assert.Equal(
                Must("decisions", home.Path, one, "--no-index", "--json").Text,
                Must("decisions", home.Path, one, "--json").Text
            );

        File.WriteAllText(Path.Combine(home.Path, "index", "index.json"), "{}");
        CtlResult without = Must(list);
        Assert.Equal(looked, without.Lines);
        Assert.StartsWith("every entry was looked at: ", without.Error, StringComparison.Ordinal);

        static IEnumerable<string> Indexes(CtlResult result) =>
            result.Lines.Select(line => JsonOf(line)["index"]!.AsNumberText());
    }

    [Theory]
    [InlineData("decisions ledger --limit 0", "--limit")]
    [InlineData("decisions ledger --before x", "--before")]
    [InlineData("log ledger --since yesterday", "no time")]
    [InlineData("log ledger --since 99999999999d", "no time")]
    [InlineData("log ledger --times sometimes", "sometimes")]
    [InlineData("log ledger --limit -1", "--limit")]
    [InlineData("show ledger one", "N")]
    public void What_means_nothing_is_refused(string line, string said)
    {
        CtlResult result = new InProcess().Run(line.Replace("ledger", home.Path, StringComparison.Ordinal).Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error TSX1012: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show LEDGER ", "0,1,2,3,4,5,6,7")]
    [InlineData("show LEDGER 3", "3")]
    [InlineData("show LEDGER 9", "")]
    [InlineData("show LEDGER x", "")]
    [InlineData("show nowhere ", "")]
    [InlineData("diff LEDGER 3 ", "0,1,2,3,4,5,6,7")]
    [InlineData("decisions LEDGER 6", "6")]
    [InlineData("log LEDGER --event DECISION_R", "DECISION_RECORDED")]
    [InlineData("search LEDGER sev", "severity:")]
    [InlineData("search LEDGER word event:EPOCH", "event:EPOCH_OPENED")]
    [InlineData("search LEDGER severity:c", "severity:critical")]
    [InlineData("search LEDGER key:a", "key:alice,key:author")]
    [InlineData("decisions LEDGER --lane ", "review,routine,urgent")]
    [InlineData("pending LEDGER --lane ", "review,routine,urgent")]
    [InlineData("decisions nowhere --lane ", "")]
    [InlineData("keys revoke LEDGER bo", "bob")]
    [InlineData("approvers change LEDGER --remove al", "alice")]
    public void Completes_what_the_ledger_holds(string typed, string candidates)
    {
        string[] words = typed.Replace("LEDGER", home.Path, StringComparison.Ordinal).Split(' ');
        string Found() => string.Join(',', Must(["__complete", .. words]).Lines);
        string found = Found();
        // What cannot be had at once is left out, as on a busy machine that has yet to compile it.
        for (int more = 0; candidates.Length > 0 && found.Length == 0 && more < 20; more++)
            found = Found();
        Assert.Equal(candidates, found);
    }

    private static CtlResult Must(params string[] args)
    {
        CtlResult result = new InProcess().Run(args);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static JsonValue JsonOf(string line) => JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(line));
}
