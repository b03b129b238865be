using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Bad input to the real binary: a code, the right exit code, and a ledger left as it was.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    /// <summary>What may stand where a claim should: the line, its code, and what the message must name.</summary>
    public static TheoryData<string, string, string> BadLines =>
        new()
        {
            { "not json", "TSX1001", "line 2" },
            { """{"claim_id":""", "TSX1001", "line 2" },
            { Good(("value", "NaN")), "TSX1001", "line 2" },
            { Good(("value", "1,\"value\":2")), "TSX1002", "value" },
            { Good(("source", "\"\\ud800\"")), "TSX1004", "line 2" },
            { Good(("value", "9007199254740993")), "TSX1003", "9007199254740993" },
            { Good(("context", Nested(65))), "TSX1005", "64" },
            { Good(("context", Nested(100_000))), "TSX1005", "64" },
            { Good(("subject", null)), "TSX1008", "'subject'" },
            { Good(("subject", "\"\"")), "TSX1009", "$.subject" },
            { Good(("timestamp", "\"2026-01-01T00:00:00+02:00\"")), "TSX1010", "$.timestamp" },
            { Good(("timestamp", "\"2026-06-30T23:59:60Z\"")), "TSX1010", "$.timestamp" },
            { Good(("timestamp", "\"yesterday\"")), "TSX1010", "$.timestamp" },
            { "[]", "TSX1009", "line 2" },
        };

    [Theory]
    [MemberData(nameof(BadLines))]
    public void One_bad_line_in_the_second_of_two_files_and_nothing_is_written(string line, string code, string said)
    {
        Ctl.Write("good.jsonl", LedgerHome.Claim("n1", "CVE-9", "1.0", "pypa"));
        Ctl.Write("bad.jsonl", $"{LedgerHome.Claim("n2", "CVE-9", "9.0", "rubysec")}\n{line}\n");
        CtlResult result = home.MustRefuse(2, code, "ingest", "ledger", "good.jsonl", "bad.jsonl");
        string first = result.Error.Split('\n')[0];
        Assert.Contains("bad.jsonl line 2: ", first, StringComparison.Ordinal);
        Assert.Contains(said, first, StringComparison.Ordinal);
        Assert.True(first.Length < 1000, first);
    }

    [Theory]
    [InlineData("[{\"claim_id\":\"a\"}]\n")]
    [InlineData("{\n  \"claim_id\": \"a\"\n}\n")]
    public void Claims_that_are_no_lines_are_told_how_lines_are_made(string text)
    {
        home.Ctl.Write("array.json", text);
        CtlResult result = home.Ctl.Run("ingest", "ledger", "array.json");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("array.json line 1: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("hint: each line is a JSON value by itself", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_behind_the_claims_is_told_to_come_first()
    {
        CtlResult result = home.Ctl.Run("ingest", "good.jsonl", "ledger");
        Assert.Contains("the ledger comes first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_10_MB_is_refused_without_being_read_whole()
    {
        Ctl.Write("long.jsonl", Good(("context", $"\"{new string('x', 10 << 20)}\"")));
        CtlResult result = home.MustRefuse(2, "TSX1006", "ingest", "ledger", "long.jsonl");
        Assert.Contains("long.jsonl line 1: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        byte[] bytes = Encoding.Latin1.GetBytes(LedgerHome.Claim("n1", "Gew\u00fcrz", "1.0", "pypa"));
        File.WriteAllBytes(Ctl.PathOf("latin1.jsonl"), bytes);
        home.MustRefuse(2, "TSX1004", "ingest", "ledger", "latin1.jsonl");
    }

    [Fact]
    public void A_claim_id_that_stands_for_another_claim_is_refused()
    {
        Ctl.Write("reused.jsonl", LedgerHome.Claim("a1", "CVE-1", "1.0", "pypa"));
        CtlResult result = home.MustRefuse(2, "TSX1013", "ingest", "ledger", "reused.jsonl");
        Assert.Contains("reused.jsonl line 1: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_holds_no_claims()
    {
        string before = LedgerTree.Of(home.Path);
        Ctl.Write("empty.jsonl", "\n \n");
        JsonValue result = JsonValue.Parse(Ctl.Must("ingest", "ledger", "empty.jsonl", "--json").Bytes);
        Assert.Equal("0", result["claims"]!.AsNumberText());
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    [Theory]
    [InlineData("\"lane\": \"triage\"", "\"lane\": \"triage\", \"lanes\": 2", "TSX1007", "lanes")]
    [InlineData("\"deadline\": \"P7D\"", "\"deadline\": \"7 days\"", "TSX1009", "deadline")]
    [InlineData("\"strategy\": \"newest\"", "\"strategy\": \"coin-toss\"", "TSX1015", "strategy")]
    public void A_fault_in_a_policy_is_told_by_line_column_and_field(string was, string now, string code, string field)
    {
        string text = File.ReadAllText(LedgerHome.SamplePolicy).Replace(was, now, StringComparison.Ordinal);
        int at = text.IndexOf(now, StringComparison.Ordinal);
        Ctl.Write("policy.json", text);
        CtlResult init = Ctl.Run("init", "new", "--origin", "example.com/new", "--policy", "policy.json");
        Assert.Equal(2, init.ExitCode);
        Assert.StartsWith($"error {code}: policy.json: ", init.Error, StringComparison.Ordinal);
        Assert.Contains($"line {text[..at].Count(c => c == '\n') + 1}, column ", init.Error, StringComparison.Ordinal);
        Assert.Contains(field, init.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Ctl.PathOf("new")));
        Assert.Equal(1, Ctl.Run("policy", "check", "policy.json").ExitCode);
    }

    [Fact]
    public void Standard_input_is_read_once()
    {
        string claim = LedgerHome.Claim("once", "CVE-1", "5.0", "pypa");
        string policy = File.ReadAllText(LedgerHome.SamplePolicy);
        (string Input, string[] Args)[] runs =
        [
            (claim, ["ingest", "ledger", "-", "-"]),
            (policy, ["policy", "diff", "-", "-"]),
            (policy, ["policy", "test", "-", "-"]),
        ];
        foreach ((string input, string[] args) in runs)
        {
            CtlResult result = Ctl.RunWith(input, args);
            Assert.Equal((2, ""), (result.ExitCode, result.Text));
            Assert.StartsWith("error TSX1012: standard input is named twice", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--origin", "with space")]
    [InlineData("--origin", "")]
    [InlineData("--hash", "md5")]
    [InlineData("--approver", "alice")]
    [InlineData("--approver", "alice:security:nokey")]
    [InlineData("--policy", "nowhere.json")]
    public void A_bad_init_makes_nothing(string option, string value)
    {
        string[] origin = option == "--origin" ? [] : ["--origin", "example.com/new"];
        CtlResult result = Ctl.Run(["init", "new", .. origin, option, value]);
        Assert.Equal(option == "--policy" ? 3 : 2, result.ExitCode);
        Assert.StartsWith("error TSX", result.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Ctl.PathOf("new")));
    }

    [Fact]
    public void An_init_that_is_refused_leaves_no_segment_directory_and_says_why()
    {
        Directory.CreateDirectory(Ctl.PathOf("taken"));
        Ctl.Write(Path.Combine("taken", "0000000000.seg"), "another ledger's");
        string[] places = ["new/a/b", "beside", "taken"];
        string[] options = [.. places.SelectMany(place => (string[])["--segment-dir", place])];
        CtlResult result = Ctl.Run(["init", "new", "--origin", "example.com/new", .. options]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error TSX3010: ", result.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Ctl.PathOf("new")));
        Assert.False(Path.Exists(Ctl.PathOf("beside")));
        Assert.Equal("another ledger's", File.ReadAllText(Ctl.PathOf("taken", "0000000000.seg")));
    }

    [Fact]
    public void A_ledger_is_never_made_over_something_else()
    {
        Ctl.Write("file", "");
        Directory.CreateDirectory(Ctl.PathOf("full"));
        Ctl.Write(Path.Combine("full", "mine"), "precious");
        foreach (string place in (string[])["ledger", "full", "file"])
        {
            CtlResult result = Ctl.Run("init", place, "--origin", "example.com/new");
            Assert.Equal(2, result.ExitCode);
            Assert.StartsWith("error TSX3010: ", result.Error, StringComparison.Ordinal);
        }
        Assert.Equal("precious", File.ReadAllText(Ctl.PathOf("full", "mine")));
        home.MustHold();
    }

    [Fact]
    public void A_wrong_passphrase_or_none_is_refused_before_anything_is_written()
    {
        string[] ingest = ["ingest", "ledger", "claims.jsonl"];
        Ctl.Write("empty", "\n");
        Ctl.Write("wrong", "wrong\n");
        home.MustRefuse(4, "TSX2001", [.. ingest, "--passphrase-file", "wrong"]);
        home.MustRefuse(2, "TSX2004", [.. ingest, "--passphrase-file", "empty"]);
        home.MustRefuse(3, "TSX3012", [.. ingest, "--passphrase-file", "nowhere"]);
        Ctl.Variables.Remove("TESSRAX_PASSPHRASE");
        home.MustRefuse(2, "TSX2004", ingest);
        CtlResult init = Ctl.Run("init", "new", "--origin", "example.com/new");
        Assert.Equal(2, init.ExitCode);
        Assert.StartsWith("error TSX2004: ", init.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Ctl.PathOf("new")));
    }

    [Theory]
    [InlineData("TSX3012", "ingest ledger nowhere.jsonl")]
    [InlineData("TSX3012", "append ledger --event x-own --payload nowhere.json")]
    [InlineData("TSX3012", "evidence add ledger nowhere.pdf")]
    [InlineData("TSX3012", "verify nowhere")]
    [InlineData("TSX3012", "verify ledger --trust nowhere.json")]
    [InlineData("TSX3012", "approve ledger --import nowhere.json")]
    [InlineData("TSX3012", "trust pin nowhere.json")]
    [InlineData("TSX3012", "policy check nowhere.json")]
    [InlineData("TSX3011", "show ledger 8")]
    [InlineData("TSX3011", "prove ledger 8")]
    [InlineData("TSX3011", "decisions ledger 1")]
    public void What_is_not_there_is_exit_3(string code, string line) => home.MustRefuse(3, code, line.Split(' '));

    [Theory]
    [InlineData("log")]
    [InlineData("show X 0")]
    [InlineData("pending")]
    [InlineData("decisions")]
    [InlineData("checkpoint")]
    [InlineData("ingest X claims.jsonl")]
    [InlineData("approve X 6 --key alice.key")]
    [InlineData("evidence add X claims.jsonl")]
    [InlineData("policy show")]
    [InlineData("trust export")]
    [InlineData("prove X 0")]
    [InlineData("append X --event x-own --payload own.json")]
    public void Where_there_is_no_ledger_is_exit_3(string line)
    {
        Ctl.Write("own.json", "{}");
        Ctl.Write("file", "");
        Directory.CreateDirectory(Ctl.PathOf("empty"));
        foreach (string place in (string[])["nowhere", "empty", "file"])
        {
            string at = line.Contains(" X", StringComparison.Ordinal)
                ? line.Replace(" X", $" {place}", StringComparison.Ordinal)
                : $"{line} {place}";
            // A file given to approve is taken for a request.
            if (at.StartsWith("approve file", StringComparison.Ordinal))
                continue;
            CtlResult result = Ctl.Run(at.Split(' '));
            Assert.True(result.ExitCode == 3, $"{at}: {result.ExitCode} {result.Error}");
            Assert.StartsWith("error TSX3001: ", result.Error, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(Ctl.PathOf("empty")));
        Assert.False(Path.Exists(Ctl.PathOf("nowhere")));
    }

    [Fact]
    public void Under_json_an_error_is_json_too()
    {
        Ctl.Write("bad.jsonl", Good(("subject", null)));
        CtlResult result = Ctl.Run("ingest", "ledger", "bad.jsonl", "--json");
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Bytes);
        JsonValue error = JsonValue.Parse(Encoding.UTF8.GetBytes(result.Error))["error"]!;
        Assert.Equal("TSX1008", error["code"]!.AsString());
        Assert.Contains("'subject'", error["message"]!.AsString(), StringComparison.Ordinal);
        Assert.Contains("bad.jsonl line 1", error["message"]!.AsString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1,2")]
    [InlineData("")]
    public void What_is_no_bundle_does_not_hold(string text)
    {
        CtlResult result = Ctl.Run("verify", Ctl.Write("bundle.json", text), "--trust", home.LogKey.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("does not hold", result.Text, StringComparison.Ordinal);
    }

    // A claim with some members given as JSON text, or left out.
    private static string Good(params (string Name, string? Value)[] others)
    {
        var members = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["claim_id"] = "\"n3\"",
            ["subject"] = "\"CVE-9\"",
            ["metric"] = "\"cvss_v3_base_score\"",
            ["value"] = "5.0",
            ["timestamp"] = "\"2026-01-01T00:00:00Z\"",
            ["source"] = "\"pypa\"",
        };
        foreach ((string name, string? value) in others)
            members[name] = value;
        return "{"
            + string.Join(',', members.Where(m => m.Value is not null).Select(m => $"\"{m.Key}\":{m.Value}"))
            + "}";
    }

    // Deep, by itself: the claim around it adds one level.
    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
