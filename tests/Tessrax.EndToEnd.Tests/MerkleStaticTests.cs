using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The Merkle verbs on static logs that another implementation wrote.</summary>
public sealed class MerkleStaticTests : IDisposable
{
    private readonly Ctl ctl = new();
    private readonly string key;

    public MerkleStaticTests()
    {
        Assert.SkipUnless(StaticLog.CanMake, "there is no node on PATH: static logs cannot be made");
        key = StaticLog.Make(ctl.PathOf("log"), 5_000);
    }

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Is_checked_compared_and_drawn()
    {
        CtlResult check = ctl.Must("merkle", "check", "log", "--key", key);
        Assert.StartsWith(
            "holds: example.com/log, 5000 leaves, 21 tiles and 20 bundles",
            check.Text,
            StringComparison.Ordinal
        );

        StaticLog.Make(
            ctl.PathOf("other"),
            5_000,
            "--change",
            "5",
            "--change",
            "300",
            "--change",
            "301",
            "--change",
            "4999"
        );
        JsonValue diff = Differ("log", "other");
        Assert.Equal(
            ["5-6", "300-302", "4999-5000"],
            diff["differing"]!.Items.ToArray().Select(r => $"{r["from"]!.AsNumberText()}-{r["to"]!.AsNumberText()}")
        );
        Assert.Equal("\"entry 300, changed\"", diff["entries"]!.Items[1]["b"]!.AsString());
        Assert.InRange(int.Parse(diff["a"]!["tiles_read"]!.AsNumberText(), null), 3, 12);
        ctl.Must("merkle", "diff", "log@4999", "log@4999");
        ctl.Must("merkle", "diff", "log@5", "other@5");
        ctl.Must("merkle", "svg", "other", "--size", "4999", "--prove", "1234", "-o", "x.svg");
    }

    [Fact]
    public void A_copy_that_hides_or_cuts_a_part_is_named_with_its_leaves()
    {
        string tile = ctl.PathOf("log", "tile", "0", "010");
        string kept = ctl.PathOf("kept");
        File.Move(tile, kept);
        CtlResult missing = ctl.Run("merkle", "check", "log", "--key", key);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("[2560, 2816)", missing.Text, StringComparison.Ordinal);
        CtlResult diff = ctl.Run("merkle", "diff", "log@3000", "log@3000");
        Assert.True(diff.ExitCode is 0 or 1, diff.Error);

        // The neighbour's tile in its place is valid in itself.
        File.Copy(ctl.PathOf("log", "tile", "0", "011"), tile);
        CtlResult swapped = ctl.Run("merkle", "check", "log", "--key", key);
        Assert.Equal(1, swapped.ExitCode);
        Assert.Contains("tile/0/010", swapped.Text, StringComparison.Ordinal);
        File.Move(kept, tile, overwrite: true);
        ctl.Must("merkle", "check", "log", "--key", key);
    }

    [Theory]
    [InlineData(512, 768)]
    [InlineData(700, 701)]
    [InlineData(0, 1000)]
    public void A_replica_rebuilt_without_a_run_of_leaves_is_told_by_that_run(int from, int to)
    {
        StaticLog.Make(ctl.PathOf("cut"), 5_000, "--cut", $"{from}", $"{to}");
        // In itself it is a log like any other.
        ctl.Must("merkle", "check", "cut", "--key", key);
        JsonValue cut = Differ("log", "cut")["cut"]!;
        Assert.Equal((from, to), (Number(cut["from"]!), Number(cut["to"]!)));
        Assert.Equal(cut, Differ("cut", "log")["cut"]);
        CtlResult told = ctl.Run("merkle", "diff", "cut", "log");
        Assert.Equal(1, told.ExitCode);
        Assert.Contains($"A is B without [{from}, {to}): ", told.Text, StringComparison.Ordinal);

        StaticLog.Make(ctl.PathOf("more"), 5_000, "--cut", $"{from}", $"{to}", "--change", "4000");
        Assert.Equal(JsonValue.Null, Differ("log", "more")["cut"]);
        StaticLog.Make(ctl.PathOf("shorter"), 4_000);
        Assert.Equal(JsonValue.Null, Differ("log", "shorter")["cut"]);
    }

    [Fact]
    public void Extension_lines_of_a_checkpoint_are_let_be_by_every_verb()
    {
        StaticLog.Make(ctl.PathOf("extended"), 5_000, "--extension", "opaque");
        ctl.Must("merkle", "check", "extended", "--key", key);
        ctl.Must("plumbing", "tile-check", "extended", "--key", key);
        ctl.Must("merkle", "diff", "log", "extended", "--key", key);
        ctl.Must("merkle", "svg", "extended", "--key", key, "-o", "x.svg");
    }

    [Fact]
    public void A_picture_of_a_checkpoint_that_nobody_checked_says_so()
    {
        CtlResult unread = ctl.Must("merkle", "svg", "log", "-o", "x.svg");
        Assert.Contains("was not checked", unread.Error, StringComparison.Ordinal);
        Assert.Empty(ctl.Must("merkle", "svg", "log", "--key", key, "-o", "y.svg").Error);
        Assert.Equal(File.ReadAllBytes(ctl.PathOf("x.svg")), File.ReadAllBytes(ctl.PathOf("y.svg")));
        string stranger = key.Replace("example.com/log+", "example.com/other+", StringComparison.Ordinal);
        Assert.NotEqual(0, ctl.Run("merkle", "svg", "log", "--key", stranger, "-o", "z.svg").ExitCode);
        Assert.False(File.Exists(ctl.PathOf("z.svg")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData(
        "example.com/log\n9223372036854775807\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u2014 example.com/log m+XTxgAA\n"
    )]
    [InlineData(
        "example.com/log\n5001\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u2014 example.com/log m+XTxgAA\n"
    )]
    public void A_broken_checkpoint_is_refused_by_every_verb(string note)
    {
        ctl.Write(Path.Combine("log", "checkpoint"), note);
        Assert.Equal(1, ctl.Run("merkle", "check", "log", "--key", key).ExitCode);
        foreach (
            string line in (string[])
                ["merkle diff log log", "merkle svg log -o x.svg", "merkle svg log --prove 7 -o x.svg"]
        )
        {
            CtlResult result = ctl.Run(line.Split(' '));
            Assert.True(result.ExitCode is 1 or 2, $"{line}: {result.ExitCode} {result.Text}{result.Error}");
            Assert.StartsWith("error TSX5", result.Error, StringComparison.Ordinal);
        }
    }

    private JsonValue Differ(string a, string b)
    {
        CtlResult result = ctl.Run("merkle", "diff", a, b, "--key", key, "--json");
        Assert.True(result.ExitCode == 1, result.Error);
        return JsonValue.Parse(result.Bytes);
    }

    private static int Number(JsonValue value) => int.Parse(value.AsNumberText(), null);
}
