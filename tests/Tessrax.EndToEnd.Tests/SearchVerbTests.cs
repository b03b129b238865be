using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;

namespace Tessrax.EndToEnd.Tests;

/// <summary>What people and programs see of a search.</summary>
public sealed class SearchVerbTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Hits_are_told_to_people()
    {
        CtlResult found = home.Ctl.Must("search", "ledger", "subject:CVE-2 event:claims_recorded");
        Assert.Equal("INDEX  TIME                  EVENT            ABOUT", found.Lines[0]);
        Assert.Matches("^4      [0-9-]{10}T[0-9:]{8}Z  CLAIMS_RECORDED  2 claims about CVE-2$", found.Lines[1]);
        Assert.Equal("1 hit, newest first; 8 entries, each looked at", found.Lines[2]);
        Assert.Contains("every entry was looked at: there is no index in ", found.Error, StringComparison.Ordinal);
        string words = home.Ctl.Must("search", "ledger", "rubysec pypa", "event:claims_recorded", "--fields").Text;
        Assert.Contains("\n  rubysec\n", words, StringComparison.Ordinal);
        Assert.Contains("\n  subject  CVE-2\n", words, StringComparison.Ordinal);
        Assert.Equal(
            ["0 hits, newest first; 8 entries, each looked at"],
            home.Ctl.Must("search", "ledger", "nothing").Lines
        );
    }

    [Fact]
    public void Hits_are_told_to_programs()
    {
        JsonValue answer = Json("search", "ledger", "severity:critical", "--order", "oldest", "--limit", "1");
        Assert.Equal("severity:critical", answer["query"]!.AsString());
        Assert.Equal(home.Id.ToString(), answer["ledger"]!.AsString());
        Assert.Equal(("8", "2"), (answer["size"]!.AsNumberText(), answer["count"]!.AsNumberText()));
        Assert.Equal(JsonValue.Null, answer["index"]);
        JsonValue hit = answer["hits"]!.Items[0];
        Assert.Equal("5", hit["index"]!.AsNumberText());
        Assert.Equal("CONTRADICTION_DETECTED", hit["event"]!.AsString());
        Assert.Equal("""["CVE-2"]""", hit["fields"]!["subject"]!.ToString());
        Assert.Equal("""["b1","b2"]""", hit["fields"]!["claim"]!.ToString());
        JsonValue next = Json(
            "search",
            "ledger",
            "severity:critical",
            "--order",
            "oldest",
            "--cursor",
            answer["next"]!.AsString()
        );
        Assert.Equal("6", next["hits"]!.Items[0]["index"]!.AsNumberText());
        Assert.Equal(JsonValue.Null, next["next"]);
        JsonValue ranked = Json("search", "ledger", "rubysec", "--order", "rank");
        Assert.True(long.Parse(ranked["hits"]!.Items[0]["score"]!.AsNumberText(), null) > 0);
        Assert.Equal(
            """[{"hit":true,"text":"rubysec"}]""",
            Json("search", "ledger", "event:claims_recorded rubysec")["hits"]!.Items[0]["snippet"]!.ToString()
        );
    }

    [Fact]
    public void Hits_are_counted()
    {
        Assert.Equal(["8"], home.Ctl.Must("search", "ledger", "--count").Lines);
        JsonValue counted = Json("search", "ledger", "rubysec", "--count");
        Assert.Null(counted["hits"]);
        Assert.Equal(JsonValue.False, counted["more"]);
    }

    [Fact]
    public void An_index_that_serves_is_used()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, "index"));
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using (IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk))
        using (shop.Locks.Build())
            new IndexMaker(shop, source).Make(new IndexWish());
        CtlResult found = home.Ctl.Must("search", "ledger", "rubysec");
        Assert.EndsWith("8 entries, by the sqlite index", found.Lines[^1], StringComparison.Ordinal);
        Assert.Equal("", found.Error);
        Assert.Equal("8", Json("search", "ledger", "rubysec")["index"]!["size"]!.AsNumberText());
        Assert.Equal(JsonValue.Null, Json("search", "ledger", "rubysec", "--no-index")["index"]);
    }

    [Fact]
    public void An_error_points_at_its_column()
    {
        CtlResult refused = home.MustRefuse(2, "TSX1018", "search", "ledger", "event:x-a AND )");
        Assert.StartsWith(
            "error TSX1018: column 11: AND has nothing",
            home.MustRefuse(2, "TSX1018", "search", "ledger", "event:x-a AND").Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "error TSX1018: column 15: ')' closes nothing\nhint: ",
            refused.Error,
            StringComparison.Ordinal
        );
        // Columns as a terminal shows them: wide letters take two, what is escaped takes as many as it is long.
        Assert.StartsWith(
            "error TSX1018: column 6: ')'",
            home.MustRefuse(2, "TSX1018", "search", "ledger", "東京 )").Error,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "error TSX1018: column 11: ')'",
            home.MustRefuse(2, "TSX1018", "search", "ledger", "a\u001b )").Error,
            StringComparison.Ordinal
        );
        JsonValue error = JsonValue.Parse(
            Encoding.UTF8.GetBytes(home.Ctl.Run("search", "ledger", "ü )", "--json").Error)
        );
        Assert.Equal("3", error["error"]!["offset"]!.AsNumberText());
    }

    [Fact]
    public void On_a_terminal_a_caret_stands_below_the_error()
    {
        Assert.Contains(
            "  event:x-a AND )\n                ^\n",
            Plain(OnTerminal(80, "event:x-a AND )")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  東京\\u{202E} )\n" + new string(' ', 15) + "^\n",
            Plain(OnTerminal(80, "東京\u202e )")),
            StringComparison.Ordinal
        );
        string[] narrow = Plain(OnTerminal(20, new string('a', 300) + " ) " + new string('b', 300))).Split('\n');
        Assert.All(narrow.Take(2), line => Assert.InRange(line.Length, 1, 20));
        Assert.Equal(
            narrow[1].IndexOf('^', StringComparison.Ordinal),
            narrow[0].IndexOf(')', StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_strangers_wrote_obeys_the_terminal_and_not_the_other_way_round()
    {
        using (LedgerWriter writer = home.Open())
            writer.Append([Own("needle \u001b[31mred\u001b]0;title\u0007 \u202egnp.exe\n\u2066 needle")]);
        foreach (string query in (string[])["needle", "event:x-note"])
        {
            string shown = home.Ctl.Must("search", "ledger", query, "--fields").Text;
            Assert.DoesNotContain(shown, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain('\u202e', shown);
        }
        Assert.Contains("\\u{001B}[31mred", home.Ctl.Must("search", "ledger", "needle").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        home.MustRefuse(2, "TSX1012", "search", "ledger", "a", "--limit", "0");
        home.MustRefuse(2, "TSX1012", "search", "ledger", "a", "--limit", "1001");
        home.MustRefuse(2, "TSX1012", "search", "ledger", "a", "--order", "best");
        home.MustRefuse(2, "TSX1020", "search", "ledger", "a", "--cursor", "x");
        home.MustRefuse(2, "TSX1018", "search", "ledger", "key:nobody");
        home.MustRefuse(2, "TSX1018", "search", "ledger", new string('(', 100_000));
        CtlResult stray = home.MustRefuse(2, "TSX1012", "search", "ledger", "-word");
        Assert.Contains(
            "write NOT for a word that is not wanted, or -- before the query",
            stray.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(["8"], home.Ctl.Must("search", "ledger", "--count", "--", "-word").Lines);
        Assert.Equal(3, home.Ctl.Run("search", "nowhere", "a").ExitCode);
        using var large = new LedgerHome();
        CtlResult result = new InProcess().Run("search", large.Path, new string('a', 1 << 20));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("more than 4,096 bytes", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_found_by_the_names_of_their_holders_and_times_by_how_long_ago_they_were()
    {
        string query = Json("search", "ledger", "key:author")["query"]!.AsString();
        Assert.Matches("^key:([0-9a-f]{64}) OR approver:\\1$", query);
        Assert.Equal(["8"], home.Ctl.Must("search", "ledger", "after:1h", "--count").Lines);
        Assert.Equal(["0"], home.Ctl.Must("search", "ledger", "before:1h", "--count").Lines);
    }

    [Fact]
    public void The_ledger_may_be_named_by_the_variable()
    {
        home.Ctl.Variables["TESSRAX_LEDGER"] = home.Path;
        Assert.Equal(["2"], home.Ctl.Must("search", "severity:critical", "--count").Lines);
        Assert.Equal(["8"], home.Ctl.Must("search", "--count").Lines);
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(home.Ctl.Must([.. args, "--json"]).Bytes);

    private string OnTerminal(int width, string query)
    {
        CtlResult result = new InProcess { IsTerminal = true, Width = width }.Run("search", home.Path, query);
        Assert.Equal(2, result.ExitCode);
        return result.Error;
    }

    private static string Plain(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\u001b\\[[0-9;]*m|\u2068|\u2069", "");

    private static Draft Own(string text) =>
        new()
        {
            Event = "x-note",
            Payload = FrozenPayload.From(new OwnEvent(JsonValue.Object(("text", text)), null).ToJson()),
        };
}
