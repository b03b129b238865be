using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>merkle history|evidence|svg|diff|check</c> on a ledger and its copies.</summary>
public sealed partial class MerkleVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("history", "merkle history ledger")]
    [InlineData("history-at", "merkle history ledger --at 3")]
    [InlineData("diff", "merkle diff ledger@3 ledger@3")]
    [InlineData("check", "merkle check ledger")]
    public void Prints_this_for_people(string snapshot, string line) =>
        Snapshot.Check("merkle-" + snapshot, Mask(Ctl.Must(line.Split(' ')).Text), Ctl.Folder);

    [Fact]
    public void The_history_lists_every_checkpoint_and_can_be_checked_elsewhere()
    {
        JsonValue history = Json(Ctl.Must("merkle", "history", "ledger", "--json"));
        Assert.Equal(JsonKind.True, history["holds"]!.Kind);
        Assert.Equal("1", history["checkpoints"]!.Items[0]["size"]!.AsNumberText());
        Assert.Equal("8", history["checkpoints"]!.Items[^1]["size"]!.AsNumberText());
        Assert.Equal(history["count"], history["signatures"]);
        Assert.Single(
            Json(Ctl.Must("merkle", "history", "ledger", "--limit", "1", "--json"))["checkpoints"]!.Items.ToArray()
        );

        Ctl.Must("merkle", "history", "ledger", "--export", "log.history.json");
        using var stranger = new Ctl();
        string file = Ctl.PathOf("log.history.json");
        stranger.Must("merkle", "history", file, "--key", home.LogKey.ToString());
        Assert.Equal(1, stranger.Run("merkle", "history", file, "--key", AnotherKey()).ExitCode);
        CtlResult keyless = stranger.Run("merkle", "history", file);
        Assert.Equal(2, keyless.ExitCode);
        Assert.StartsWith("error TSX1012: ", keyless.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_at_a_time_or_a_size_comes_with_its_proof()
    {
        JsonValue first = Json(Ctl.Must("merkle", "history", "ledger", "--json"))["checkpoints"]!.Items[0];
        JsonValue then = Json(Ctl.Must("merkle", "history", "ledger", "--at", first["time"]!.AsString(), "--json"));
        Assert.Equal(first["root"], then["root"]);
        JsonValue between = Json(Ctl.Must("merkle", "history", "ledger", "--at", "3", "--json"));
        Assert.Equal(JsonKind.False, between["signed"]!.Kind);
        using Node.Reading.LedgerView view = home.View();
        Checkpoint next = Checkpoint.ParseBody(
            SignedNote.Parse(Encoding.UTF8.GetBytes(between["checkpoint"]!["note"]!.AsString())).Text
        );
        Hashing.Digest[] proof =
        [
            .. between["proof"]!
                .Items.ToArray()
                .Select(h => new Hashing.Digest(Convert.FromBase64String(h.AsString()))),
        ];
        Assert.True(ConsistencyProof.Verify(proof, new TreeHead(3, view.Tree.RootAt(3)), next.Head, TreeHasher.Sha256));
    }

    [Fact]
    public void A_fork_is_shown_as_evidence_that_a_stranger_can_check()
    {
        string fork = Fork();
        CtlResult found = Ctl.Run(
            "merkle",
            "history",
            "ledger",
            "--against",
            fork,
            "--evidence",
            "fork.equivocation.json"
        );
        Assert.Equal(1, found.ExitCode);
        Assert.Contains("TSX5021", found.Text, StringComparison.Ordinal);
        using var stranger = new Ctl();
        string file = Ctl.PathOf("fork.equivocation.json");
        CtlResult proven = stranger.Must("merkle", "evidence", file, "--key", home.LogKey.ToString());
        Assert.Contains("proven: ", proven.Text, StringComparison.Ordinal);
        Assert.Equal(
            JsonKind.True,
            Json(stranger.Must("merkle", "evidence", file, "--key", home.LogKey.ToString(), "--json"))["proves"]!.Kind
        );
        Assert.Equal(1, stranger.Run("merkle", "evidence", file, "--key", AnotherKey()).ExitCode);

        // The checkpoint alone is of a larger tree, which shows nothing; a smaller one contradicts ours by itself.
        string larger = System.IO.Path.Combine(fork, "checkpoint");
        CtlResult alone = Ctl.Run("merkle", "history", "ledger", "--against", larger);
        Assert.Equal(1, alone.ExitCode);
        Assert.StartsWith("not shown: ", alone.Text, StringComparison.Ordinal);
        CtlResult otherSide = Ctl.Run(
            "merkle",
            "history",
            fork,
            "--against",
            System.IO.Path.Combine(home.Path, "checkpoint")
        );
        Assert.Contains("TSX5021", otherSide.Text, StringComparison.Ordinal);

        JsonValue differ = Json(Expect(1, "merkle", "diff", "ledger", fork, "--json"));
        Assert.Equal("8", differ["differing"]!.Items[0]["from"]!.AsNumberText());
        Assert.Equal("9", differ["differing"]!.Items[0]["to"]!.AsNumberText());
        Assert.Equal("10", differ["surplus"]!["to"]!.AsNumberText());
    }

    [Fact]
    public void One_history_is_told_from_two()
    {
        LedgerTree.Copy(home.Path, Ctl.PathOf("copy"));
        Assert.StartsWith(
            "the same: ",
            Ctl.Must("merkle", "history", "ledger", "--against", "copy").Text,
            StringComparison.Ordinal
        );
        Append(home, "x-later");
        Assert.StartsWith(
            "one history: ours",
            Ctl.Must("merkle", "history", "ledger", "--against", "copy").Text,
            StringComparison.Ordinal
        );
        Ctl.Variables["XDG_STATE_HOME"] = Ctl.PathOf("nowhere");
        CtlResult behind = Ctl.Must("merkle", "history", "copy", "--against", "ledger", "--evidence", "none.json");
        Assert.Contains("one history: theirs", behind.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Ctl.PathOf("none.json")));
        CtlResult grown = Ctl.Run("merkle", "diff", "copy", "ledger");
        Assert.Equal(1, grown.ExitCode);
        Assert.Contains("only B has [8, 9)", grown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_is_drawn_of_a_ledger()
    {
        Ctl.Must("merkle", "svg", "ledger", "-o", "tree.svg");
        Ctl.Must("merkle", "svg", "ledger", "--size", "5", "--prove", "4", "--theme", "dark", "-o", "proof.svg");
        string proof = File.ReadAllText(Ctl.PathOf("proof.svg"));
        Assert.Contains("leaf 4 is in the tree of 5 leaves: a proof of 1 hash", proof, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Ctl.PathOf("tree.svg")), Ctl.Must("merkle", "svg", "ledger", "-o", "-").Text);
    }

    [Theory]
    [InlineData(3, "TSX3011", "merkle history ledger --at 0")]
    [InlineData(3, "TSX3011", "merkle history ledger --at 9")]
    [InlineData(3, "TSX3011", "merkle history ledger --at 2001-01-01T00:00:00Z")]
    [InlineData(2, "TSX1012", "merkle history ledger --at yesterday")]
    [InlineData(2, "TSX1012", "merkle history ledger --limit -1")]
    [InlineData(3, "TSX3012", "merkle history ledger --against nowhere")]
    [InlineData(2, "TSX5003", "merkle history ledger --against claims.jsonl")]
    [InlineData(2, "TSX1012", "merkle evidence claims.jsonl")]
    [InlineData(2, "TSX2002", "merkle evidence claims.jsonl --key a+b")]
    [InlineData(
        3,
        "TSX3012",
        "merkle evidence nowhere --key example.com/log+9be5d3c6+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    )]
    [InlineData(3, "TSX3011", "merkle svg ledger --size 9 -o x.svg")]
    [InlineData(3, "TSX3011", "merkle svg ledger --prove 8 -o x.svg")]
    [InlineData(3, "TSX3011", "merkle svg ledger --size 3 --prove 3 -o x.svg")]
    [InlineData(2, "TSX1012", "merkle svg ledger --theme pink -o x.svg")]
    [InlineData(2, "TSX1012", "merkle svg ledger")]
    [InlineData(3, "TSX3017", "merkle svg nowhere -o x.svg")]
    [InlineData(3, "TSX3011", "merkle diff ledger@9 ledger")]
    [InlineData(3, "TSX3017", "merkle diff ledger nowhere")]
    [InlineData(3, "TSX3017", "merkle check nowhere")]
    [InlineData(1, "TSX5013", "merkle check http://127.0.0.1:9/log")]
    [InlineData(3, "TSX3001", "debug nowhere")]
    public void Bad_input_has_its_code(int exitCode, string code, string line) =>
        home.MustRefuse(exitCode, code, line.Split(' '));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[[[[")]
    [InlineData("""{"equivocation":"tessrax/equivocation/v1","first":"a","hash":"sha256","second":"a"}""")]
    public void What_is_no_evidence_proves_nothing(string text)
    {
        CtlResult result = Ctl.Run("merkle", "evidence", Ctl.Write("bad.json", text), "--key", home.LogKey.ToString());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("proves nothing: ", result.Text, StringComparison.Ordinal);
        Assert.Equal(1, Ctl.Run("merkle", "history", "bad.json", "--key", home.LogKey.ToString()).ExitCode);
    }

    [Fact]
    public void Tiles_that_are_not_the_ledgers_are_told_from_them()
    {
        Ctl.Must("merkle", "check", "ledger");
        Ctl.Must("merkle", "check", "ledger", "--key", home.LogKey.ToString());
        Assert.Equal(1, Ctl.Run("merkle", "check", "ledger", "--key", AnotherKey()).ExitCode);
        string tile = System.IO.Path.Combine(home.Path, "tiles", "tile", "0", "000.p", "8");
        byte[] bytes = File.ReadAllBytes(tile);
        bytes[40] ^= 1;
        File.WriteAllBytes(tile, bytes);
        JsonValue report = Json(Expect(1, "merkle", "check", "ledger", "--json"));
        Assert.Equal(JsonKind.False, report["holds"]!.Kind);
        Assert.NotEqual(0, report["findings"]!.Items.Length);
        Assert.Equal(JsonKind.False, report["ledger"]!["same"]!.Kind);
    }

    [Fact]
    public void Debug_tells_the_machine_the_switches_and_the_ledger_but_no_secret()
    {
        CtlResult all = Ctl.Must("debug", "ledger");
        Assert.DoesNotContain("secret", all.Text, StringComparison.Ordinal);
        JsonValue json = Json(Ctl.Must("debug", "ledger", "--json"));
        Assert.Equal("8", json["tree"]!["size"]!.AsNumberText());
        Assert.Equal(home.Id.ToString(), json["ledger"]!["id"]!.AsString());
        Assert.NotEmpty(json["hashing"]!["sha256_pairs"]!.AsString());
        JsonValue without = Json(Ctl.Must("debug", "--json"));
        Assert.Null(without["ledger"]);
        Assert.Equal("none: the ledger wants no index", json["index"]!["kind"]!.AsString());
        Assert.Equal("off", json["log"]!["level"]!.AsString());
        Assert.Equal("4000", json["log"]!["events"]!["index"]!.AsNumberText());
        Assert.Equal("1048576", json["limits"]!["payload_bytes"]!.AsNumberText());
        Assert.NotEqual("0", json["caches"]!["tiles_bytes"]!.AsNumberText());
        Assert.Contains("less", json["switches"]!["TESSRAX_PAGER"]!.AsString(), StringComparison.Ordinal);
        Ctl.Variables["TESSRAX_LOG"] = "warn";
        JsonValue told = Json(Ctl.Must("debug", "--json"));
        Assert.Equal("""["warn","error","critical"]""", told["log"]!["levels"]!.ToString());
        Assert.StartsWith("warn: ", told["switches"]!["TESSRAX_LOG"]!.AsString(), StringComparison.Ordinal);
        Ctl.Variables.Remove("TESSRAX_LOG");
        Ctl.Variables["TESSRAX_HASH"] = "managed";
        Assert.Equal(json["tree"], Json(Ctl.Must("debug", "ledger", "--json"))["tree"]);
        Ctl.Must("verify", "ledger");
        Ctl.Variables["TESSRAX_HASH"] = "magic";
        Assert.StartsWith("error TSX1012: ", Expect(2, "verify", "ledger").Error, StringComparison.Ordinal);
        Expect(2, "debug");
    }

    [Theory]
    [InlineData("sqlite", "SQLite ")]
    [InlineData("rocksdb", "RocksDB ")]
    public void Debug_tells_of_the_index_what_it_is_and_how_far_it_is_behind(string kind, string library)
    {
        Ctl.Must("index", "rebuild", "ledger", "--index", kind);
        JsonValue index = Json(Ctl.Must("debug", "ledger", "--json"))["index"]!;
        Assert.Equal((kind, "wal"), (index["kind"]!.AsString(), index["mode"]!.AsString()));
        Assert.StartsWith(library, index["library"]!.AsString(), StringComparison.Ordinal);
        Assert.Equal("8", index["complete_up_to"]!.AsNumberText());
        Assert.Equal("0", index["behind"]!.AsNumberText());
        Assert.Equal(JsonKind.Null, index["fault"]!.Kind);
        Assert.Contains($"library         {library}", Ctl.Must("debug", "ledger").Text, StringComparison.Ordinal);
        File.WriteAllText(System.IO.Path.Combine(home.Path, "index", "index.json"), "{}");
        Assert.StartsWith(
            "TSX3036 ",
            Json(Ctl.Must("debug", "ledger", "--json"))["index"]!["fault"]!.AsString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Debug_tells_what_it_can_of_a_damaged_ledger()
    {
        string segment = System.IO.Path.Combine(home.Path, "segments", "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[200] ^= 1;
        File.WriteAllBytes(segment, bytes);
        CtlResult result = Expect(5, "debug", "ledger");
        Assert.Contains("Segments", result.Text, StringComparison.Ordinal);
        Assert.StartsWith("error TSX3003: ", result.Error, StringComparison.Ordinal);
    }

    private CtlResult Expect(int exitCode, params string[] args)
    {
        CtlResult result = Ctl.Run(args);
        Assert.True(
            result.ExitCode == exitCode,
            $"{string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}"
        );
        return result;
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);

    private static string AnotherKey()
    {
        using var key = PrivateKey.FromSeed(new byte[32]);
        return VerifierKey.Create(LedgerHome.Origin, key.PublicKey).ToString();
    }

    private static void Append(LedgerHome home, string name)
    {
        using LedgerWriter writer = home.Open();
        Append(writer, name);
    }

    private static void Append(LedgerWriter writer, string name) =>
        writer.Append([
            new Draft
            {
                Event = name,
                Payload = FrozenPayload.From(new Governance.OwnEvent(JsonValue.Object(("text", name)), null).ToJson()),
            },
        ]);

    // A copy that goes on by itself for two entries, while the ledger takes one of its own.
    private string Fork()
    {
        string copy = Ctl.PathOf("fork");
        LedgerTree.Copy(home.Path, copy);
        Append(home, "x-here");
        var keys = new LedgerKeys(
            PrivateKey.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray()),
            PrivateKey.FromSeed(Enumerable.Repeat((byte)2, 32).ToArray())
        );
        using LedgerWriter writer = LedgerWriter.Open(copy, keys, home.Environment with { StateDirectory = null });
        Append(writer, "x-there");
        Append(writer, "x-further");
        return copy;
    }

    // Columns are as wide as the machine's folder.
    private static string Mask(string text) => Spaces().Replace(text, "  ");

    [GeneratedRegex(" {3,}")]
    private static partial Regex Spaces();
}
