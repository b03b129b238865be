using System.Diagnostics;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Sets of shards by the real binary: made, written to, read across, verified, and refused where one ledger is meant.</summary>
public sealed class ShardsVerbsTests : IDisposable
{
    private const int Of = 3;
    private const string Name = "example.com/decisions";
    private static readonly string[] Files = [LedgerHome.Sample("cve-cvss3.jsonl"), LedgerHome.Sample("cve-cwe.jsonl")];

    private readonly Ctl ctl = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Real_claims_over_three_shards_give_what_one_ledger_gives()
    {
        JsonValue made = JsonValue.Parse(Init("--json").Bytes);
        Assert.Equal(Of, made["shards"]!.Items.Length);
        Assert.Single(
            made["shards"]!.Items.ToArray().Select(shard => shard["vkey"]!.AsString().Split('+')[^1]).Distinct()
        );
        ctl.Must("init", "one", "--origin", "example.com/one", "--no-index");
        JsonValue one = JsonValue.Parse(ctl.Must(["ingest", "one", .. Files, "--json"]).Bytes);
        JsonValue all = JsonValue.Parse(ctl.Must(["ingest", "set", .. Files, "--json"]).Bytes);
        foreach (string count in (string[])["claims", "subjects", "contradictions", "decisions", "proposed", "pending"])
            Assert.Equal(one[count]!.AsNumberText(), all[count]!.AsNumberText());
        Assert.All(all["shards"]!.Items.ToArray(), part => Assert.NotEqual("0", part["claims"]!.AsNumberText()));

        Assert.Equal(Contradictions("one", of: 1), Contradictions("set", Of));
        Assert.Equal(Lines("decisions", "one").Length, Lines("decisions", "set").Length);
        Assert.Equal(Lines("pending", "one").Length, Lines("pending", "set").Length);
        JsonValue[] status = Lines("shards", "status", "set");
        Assert.Equal(
            one["subjects"]!.AsNumberText(),
            $"{status.Sum(shard => long.Parse(shard["subjects"]!.AsNumberText()))}"
        );
        Assert.Equal(
            status.Select(shard => shard["root"]!.AsString()),
            all["shards"]!.Items.ToArray().Select(shard => shard["root"]!.AsString())
        );
        // Done again, nothing is new.
        Assert.Equal(
            "0",
            JsonValue.Parse(ctl.Must(["ingest", "set", .. Files, "--json"]).Bytes)["claims"]!.AsNumberText()
        );

        string told = ctl.Must("shards", "verify", "set").Text;
        Assert.Equal(Of, told.Split("holds: the ledger").Length - 1);
        Assert.EndsWith(
            $"one set: {Name}, 3 shards under one policy and the same keys\n",
            told,
            StringComparison.Ordinal
        );
        JsonValue[] verdicts = Lines("verify", "set");
        Assert.All(verdicts, verdict => Assert.Equal("true", verdict["holds"]!.ToString()));
        Assert.Equal(Name, verdicts[^1]["set"]!.AsString());
    }

    [Fact]
    public void A_subject_is_asked_for_where_it_is_and_a_bundle_of_its_shard_verifies_offline()
    {
        Init();
        ctl.Must(["ingest", "set", .. Files]);
        ctl.Variables["TESSRAX_LEDGER"] = "set";
        string[] subjects = [.. Lines("contradictions").Select(SubjectOf).Distinct().Take(12)];
        Assert.Equal(12, subjects.Length);
        foreach (string subject in subjects)
        {
            int index = Shard.Route(subject, Of);
            JsonValue routed = JsonValue.Parse(ctl.Must("shards", "route", subject, "--json").Bytes);
            Assert.Equal(new Shard(Name, index, Of).ToJson(), routed["shard"]);
            CtlResult across = ctl.Run("standing", subject, "--json");
            CtlResult there = ctl.Run("standing", routed["directory"]!.AsString(), subject, "--json");
            Assert.Equal(there.ExitCode, across.ExitCode);
            Assert.Equal(JsonValue.Parse(there.Bytes).With("shard", routed["shard"]!), JsonValue.Parse(across.Bytes));
            Assert.Contains(subject, across.Text, StringComparison.Ordinal);
        }
        ctl.Must("search", $"subject:{subjects[0]}");
        ctl.Must("prove", "set/1", "1", "-o", "one.tessrax.json");
        JsonValue verdict = JsonValue.Parse(ctl.Must("verify", "one.tessrax.json", "--json").Bytes);
        Assert.Equal(new Shard(Name, 1, Of).ToJson(), verdict["shard"]);
    }

    [Fact]
    public void A_shard_that_does_not_hold_is_no_part_of_a_set()
    {
        Init();
        ctl.Must(["ingest", "set", .. Files]);
        string segment = Assert.Single(Directory.GetFiles(ctl.PathOf("set", "1", "segments"), "*.seg"));
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(segment, bytes);
        CtlResult verified = ctl.Run("verify", "set", "--json");
        Assert.NotEqual(0, verified.ExitCode);
        Assert.Equal("false", Parse(verified.Lines[^1])["holds"]!.ToString());
        Assert.DoesNotContain("one set:", ctl.Run("verify", "set").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Claims_are_recorded_in_all_shards_or_in_none()
    {
        Init();
        string[] subjects = [.. Enumerable.Range(0, Of).Select(SubjectIn)];
        string first = Claims("first", subjects, (i, subject) => LedgerHome.Claim($"a{i}", subject, "5.0", "x"));
        ctl.Must("ingest", "set", first);
        string[] before = Roots();
        // The same id for another claim, in the same shard and in another one, on record and in one file.
        foreach (
            string bad in (string[])
                [
                    LedgerHome.Claim("a2", subjects[2], "9.0", "x"),
                    LedgerHome.Claim("a0", subjects[1], "5.0", "x"),
                    $"{LedgerHome.Claim("new", subjects[0], "5.0", "x")}\n{LedgerHome.Claim("new", subjects[1], "5.0", "x")}",
                ]
        )
        {
            string file = ctl.Write("bad.jsonl", $"{LedgerHome.Claim("b0", subjects[0], "6.0", "y")}\n{bad}");
            MustRefuse(2, "TSX1013", "ingest", "set", file);
            Assert.Equal(before, Roots());
        }
        // A shard that cannot be opened keeps the others from recording their part.
        string later = Claims("later", subjects, (i, subject) => LedgerHome.Claim($"c{i}", subject, "6.0", "y"));
        Directory.Move(ctl.PathOf("set", "2"), ctl.PathOf("away"));
        MustRefuse(3, "TSX3001", "ingest", "set", later);
        CtlResult log = ctl.Run("log", "set", "--json");
        Assert.Equal(3, log.ExitCode);
        Assert.Equal("2", JsonValue.Parse(Encoding.UTF8.GetBytes(log.Error))["shard"]!["index"]!.AsNumberText());
        Assert.Equal(
            ["0", "1"],
            log.Lines.Select(Parse).Select(line => line["shard"]!["index"]!.AsNumberText()).Distinct()
        );
        string told = ctl.Run("checkpoint", "set").Error;
        Assert.Contains("error TSX3001: shard 2: ", told, StringComparison.Ordinal);
        // Of the shard before it, nothing.
        Assert.Contains("hint: make one with tessraxctl init DIR ", told, StringComparison.Ordinal);
        Assert.Equal(1, ctl.Run("verify", "set").ExitCode is 1 or 3 ? 1 : 0);
        Directory.Move(ctl.PathOf("away"), ctl.PathOf("set", "2"));
        Assert.Equal(before, Roots());
        Assert.Equal(
            "3",
            JsonValue.Parse(ctl.Must("ingest", "set", later, "--json").Bytes)["contradictions"]!.AsNumberText()
        );
    }

    [Fact]
    public void Shards_that_differ_are_told_and_take_no_claims_and_rules_change_in_all_of_them_at_once()
    {
        Init();
        string claims = Claims("claims", [SubjectIn(0)], (_, subject) => LedgerHome.Claim("a", subject, "5.0", "x"));
        string[] upgrade = [LedgerHome.SamplePolicy, "--reason", "stricter"];
        ctl.Must(["policy", "upgrade", "set/1", .. upgrade]);
        MustRefuse(4, "TSX4055", "ingest", "set", claims);
        CtlResult refuted = MustRefuse(1, "TSX4055", "shards", "verify", "set");
        Assert.Contains("shard 1 goes by", refuted.Error, StringComparison.Ordinal);
        Assert.Contains(
            "warning: shard 1 goes by",
            ctl.Must("shards", "status", "set").Error,
            StringComparison.Ordinal
        );
        ctl.Must(["policy", "upgrade", "set/0", .. upgrade]);
        ctl.Must(["policy", "upgrade", "set/2", .. upgrade]);
        ctl.Must("ingest", "set", claims);
        Assert.Equal(
            Of,
            ctl.Must(["policy", "upgrade", "set", .. upgrade, "--dry-run"]).Text.Split(", in set/").Length - 1
        );
        // One shard's directory in place of another's is no set.
        Directory.Move(ctl.PathOf("set", "0"), ctl.PathOf("away"));
        Directory.Move(ctl.PathOf("set", "1"), ctl.PathOf("set", "0"));
        Directory.Move(ctl.PathOf("away"), ctl.PathOf("set", "1"));
        MustRefuse(4, "TSX4055", "ingest", "set", claims);
        MustRefuse(4, "TSX4055", "log", "set");
    }

    [Fact]
    public void What_is_about_one_ledger_or_makes_no_set_is_refused_with_a_hint()
    {
        string payload = ctl.Write("payload.json", "{}");
        foreach (string count in (string[])["1", "257", "0", "-1", "three"])
            MustRefuse(2, "TSX1012", "shards", "init", "none", "--shards", count, "--origin", Name);
        MustRefuse(2, "TSX1009", "shards", "init", "none", "--shards", "2", "--origin", "no origin");
        Assert.False(Directory.Exists(ctl.PathOf("none")));
        ctl.Must("init", "one", "--origin", "example.com/one", "--no-index");
        foreach (string verb in (string[])["status", "verify"])
            MustRefuse(3, "TSX3001", "shards", verb, "one");
        Init();
        MustRefuse(2, "TSX3010", "shards", "init", "set", "--shards", "2", "--origin", Name);
        string[][] refused =
        [
            ["prove", "set", "1", "-o", "one.tessrax.json"],
            ["show", "set", "1"],
            ["append", "set", "--event", "x-note", "--payload", payload],
            ["decisions", "set", "1"],
            ["log", "set", "--follow"],
            ["search", "set", "--prove", "-o", "s.search.json", "subject:x"],
            ["pending", "set", "--export", "request.json"],
            ["verify", "set", "--trust", "trust.json"],
            ["policy", "upgrade", "set", "-", "--reason", "r"],
            ["backup", "set", "-o", "b.backup"],
            ["rollover", "set", "next", "--hash", "blake3"],
            ["erase", "set", "1", "--reason", "r"],
            ["retire", "set", "--confirm", Name, "--reason", "r"],
            ["keys", "rotate", "set", "--purpose", "log", "--reason", "r"],
        ];
        string[] before = Roots();
        foreach (string[] line in refused)
        {
            CtlResult result = MustRefuse(2, "TSX1012", line);
            Assert.Contains(line.Contains("-") ? "give a file" : "set/0", result.Error, StringComparison.Ordinal);
        }
        // Where a ledger stands elsewhere on the line, the error says at least what was given.
        CtlResult offered = MustRefuse(3, "TSX3001", "fleet", "record", "set", ".");
        Assert.Contains("set of shards", offered.Error, StringComparison.Ordinal);
        Assert.Equal(before, Roots());
        Assert.False(File.Exists(ctl.PathOf("one.tessrax.json")));
    }

    [Fact]
    public void Of_two_who_make_a_set_in_one_place_at_once_neither_takes_away_what_the_other_made()
    {
        string[] init = ["shards", "init", "set", "--shards", "2", "--origin", Name, "--no-index"];
        Process[] both = [ctl.Start(init), ctl.Start(init)];
        foreach (Process one in both)
        {
            one.StandardInput.Close();
            one.StandardOutput.ReadToEnd();
            one.StandardError.ReadToEnd();
            one.WaitForExit();
        }
        int made = both.Count(one => one.ExitCode == 0);
        Assert.InRange(made, 0, 1);
        if (made == 1)
            ctl.Must("shards", "verify", "set");
        foreach (Process one in both)
            one.Dispose();
    }

    private CtlResult Init(params string[] more) =>
        ctl.Must(["shards", "init", "set", "--shards", $"{Of}", "--origin", Name, "--no-index", .. more]);

    private CtlResult MustRefuse(int exitCode, string code, params string[] args)
    {
        CtlResult result = ctl.Run(args);
        string said = $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}";
        Assert.True(result.ExitCode == exitCode, said);
        Assert.True($"\n{result.Error}".Contains($"\nerror {code}: ", StringComparison.Ordinal), said);
        Assert.Contains("\nhint: ", result.Error, StringComparison.Ordinal);
        return result;
    }

    private string Claims(string name, string[] subjects, Func<int, string, string> claim) =>
        ctl.Write($"{name}.jsonl", string.Join('\n', subjects.Select((subject, i) => claim(i, subject))));

    private static string SubjectIn(int index) =>
        Enumerable.Range(0, 100).Select(i => $"CVE-{i}").First(subject => Shard.Route(subject, Of) == index);

    private string[] Roots() => [.. Lines("shards", "status", "set").Select(shard => shard["root"]!.AsString())];

    private JsonValue[] Lines(params string[] line) => [.. ctl.Must([.. line, "--json"]).Lines.Select(Parse)];

    private static JsonValue Parse(string line) => JsonValue.Parse(Encoding.UTF8.GetBytes(line));

    private static string SubjectOf(JsonValue status) => status["contradiction"]!["key"]!["subject"]!.AsString();

    // Each with its claims, wherever it was told; of a set, each in the shard of its subject.
    private string[] Contradictions(string ledger, int of)
    {
        JsonValue[] all = Lines("contradictions", ledger);
        if (of > 1)
            Assert.All(
                all,
                status =>
                    Assert.Equal($"{Shard.Route(SubjectOf(status), of)}", status["shard"]!["index"]!.AsNumberText())
            );
        return [.. all.Select(status => status["contradiction"]!.ToString()).Order(StringComparer.Ordinal)];
    }
}
