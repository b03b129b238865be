using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>diff</c> on entries, bundles, policies, receipts and snapshots, and what it refuses.</summary>
public sealed class DiffVerbTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void Two_entries_differ_in_what_they_say_and_not_in_their_nonces()
    {
        Assert.True(Same(Diff(0, home.Path, "3", "3")));
        JsonValue found = Diff(1, home.Path, "1", "4");
        string[] paths = [.. found["differences"]!.Items.ToArray().Select(one => one["path"]!.AsString())];
        Assert.Contains("$.payload.claims[claim_id=a1]", paths);
        Assert.DoesNotContain(paths, path => path.Contains("nonce", StringComparison.Ordinal));
        Assert.Equal(found, Diff(1, $"{home.Path}@1", $"{home.Path}@4"));
        var byVariable = new InProcess { Variables = { ["TESSRAX_LEDGER"] = home.Path } };
        Assert.Equal(1, byVariable.Run("diff", "1", "4", "--json").ExitCode);
        Assert.Equal(found.ToString() + "\n", Encoding.UTF8.GetString(byVariable.Output.ToArray()));
    }

    [Fact]
    public void A_receipt_in_a_file_is_the_entry_that_it_was()
    {
        string file = Ctl.Write("receipt.json", new InProcess().Run("show", home.Path, "3", "--json").Text);
        Assert.True(Same(Diff(0, file, $"{home.Path}@3")));
        Assert.False(Same(Diff(1, file, $"{home.Path}@6")));
    }

    [Fact]
    public void Bundles_are_compared_entry_by_entry()
    {
        string before = Bundle("before.json", 3);
        Append("more");
        string after = Bundle("after.json", 3);
        Assert.NotEqual(File.ReadAllText(before), File.ReadAllText(after));
        Assert.True(Same(Diff(0, before, after)));
        JsonValue found = Diff(1, before, Bundle("other.json", 6));
        Assert.Contains(
            found["differences"]!.Items.ToArray(),
            one => one["path"]!.AsString().StartsWith("$.entries[index=", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Policies_are_compared_by_what_they_ask()
    {
        string sample = File.ReadAllText(LedgerHome.SamplePolicy);
        string same = Ctl.Write("same.json", JsonValue.Parse(Encoding.UTF8.GetBytes(sample)).ToString());
        Assert.True(Same(Diff(0, LedgerHome.SamplePolicy, same)));
        string looser = Ctl.Write(
            "looser.json",
            sample.Replace("\"tolerance\": 0,", "\"tolerance\": 0.1,", StringComparison.Ordinal)
        );
        string shown = new InProcess().Run("diff", LedgerHome.SamplePolicy, looser).Text;
        Assert.Contains("(looser)", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_are_compared_entry_by_entry()
    {
        string before = Export("before.snap");
        Assert.True(Same(Diff(0, before, Export("again.snap"))));
        Append("more");
        JsonValue found = Diff(1, before, Export("after.snap"));
        Assert.Equal(("8", "9", "0"), (Text(found, "size_a"), Text(found, "size_b"), Text(found, "differing")));
        using var other = new LedgerHome();
        string stranger = other.Ctl.PathOf("stranger.snap");
        other.Ctl.Must("snapshot", "export", "ledger", "-o", "stranger.snap");
        Assert.Contains("two ledgers", new InProcess().Run("diff", before, stranger).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_may_be_larger_than_what_is_read_whole()
    {
        string evidence = Ctl.PathOf("large.bin");
        using (FileStream file = File.Create(evidence))
            file.SetLength((64 << 20) + 1);
        string before = Backup("before.backup");
        Ctl.Must("evidence", "add", "ledger", evidence);
        string large = Backup("large.backup");
        Assert.InRange(new FileInfo(large).Length, 64 << 20, 65 << 20);
        Assert.True(Same(Diff(0, large, large)));
        JsonValue found = Diff(1, before, large);
        Assert.Equal(("8", "9", "0"), (Text(found, "size_a"), Text(found, "size_b"), Text(found, "differing")));
        Assert.Contains(
            found["files"]!.Items.ToArray(),
            name => name.AsString().StartsWith("evidence/", StringComparison.Ordinal)
        );
        string text = Ctl.PathOf("large.json");
        using (FileStream file = File.Create(text))
            file.SetLength((64 << 20) + 1);
        Assert.Contains("TSX1006", new InProcess().Run("diff", before, text).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_snapshot_that_does_not_end_where_it_should_is_refused(bool isCut)
    {
        string whole = Export("whole.snap");
        byte[] bytes = File.ReadAllBytes(whole);
        string other = Ctl.Write("other.snap", "");
        File.WriteAllBytes(other, isCut ? bytes[..^1] : [.. bytes, 0]);
        CtlResult refused = new InProcess().Run("diff", whole, other);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.StartsWith("error TSX3028: ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_document_vouches_for_its_own_units()
    {
        const string Rules = "\"rules\":{\"length\":{\"unit\":\"mm\",\"units\":{\"cm\":10}}}";
        string a = Ctl.Write("a.json", "{" + Rules + ",\"is\":{\"metric\":\"length\",\"value\":9.8,\"unit\":\"cm\"}}");
        string b = Ctl.Write("b.json", "{" + Rules + ",\"is\":{\"metric\":\"length\",\"value\":98,\"unit\":\"mm\"}}");
        Assert.Equal(1, new InProcess().Run("diff", a, b).ExitCode);
    }

    [Theory]
    [InlineData("""{"approved":true}""", """{"rejected":true}""", "renamed")]
    [InlineData("""{"admin":["alice"],"guest":[]}""", """{"admin":[],"guest":["alice"]}""", "moved")]
    [InlineData("[10,20]", "[20,10]", "reordered")]
    [InlineData("\"1\"", "1", "text")]
    public void Opposites_never_mean_the_same(string a, string b, string kind)
    {
        JsonValue found = Diff(1, Ctl.Write("a.json", a), Ctl.Write("b.json", b));
        Assert.Equal(JsonKind.False, found["equivalent"]!.Kind);
        Assert.Contains(found["differences"]!.Items.ToArray(), one => one["kind"]!.AsString() == kind);
    }

    [Fact]
    public void What_a_receipt_does_not_hold_is_not_compared()
    {
        string first = Raw("1");
        string other = Raw("4");
        Assert.True(Same(Diff(0, first, Raw("1"))));
        // The nonce and all that differs between any two is left out; what is said lies in the payload, which is not there.
        Refused("TSX1022", first, other);
        Refused("TSX1022", first, $"{home.Path}@4");
        CtlResult same = new InProcess().Run("diff", first, $"{home.Path}@1");
        Assert.Contains("is not here: its payload is missing", same.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("erased", same.Error, StringComparison.Ordinal);
        string shown = Shown("1").Without("payload").Without("salt").ToString();
        Refused("TSX1022", Ctl.Write("withheld.json", shown), $"{home.Path}@4");
    }

    [Fact]
    public void A_forged_receipt_is_told_by_what_does_not_hold()
    {
        JsonValue real = Shown("1");
        string forged = real.ToString().Replace("\"a1\"", "\"zz\"", StringComparison.Ordinal);
        Assert.NotEqual(real.ToString(), forged);
        CtlResult payload = new InProcess().Run("diff", Ctl.Write("forged.json", forged), $"{home.Path}@1");
        Assert.Equal(2, payload.ExitCode);
        Assert.Contains("the payload is not the one that entry 1 commits to", payload.Error, StringComparison.Ordinal);
        string moved = real.With("leaf_hash", Shown("2")["leaf_hash"]!).ToString();
        CtlResult leaf = new InProcess().Run("diff", Ctl.Write("moved.json", moved), $"{home.Path}@1");
        Assert.Equal(2, leaf.ExitCode);
        Assert.Contains("its leaf_hash is not that of its entry", leaf.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_vouches_for_an_entry_is_part_of_what_it_says()
    {
        using LedgerView view = home.View();
        Receipt receipt = view.Receipt(1);
        Assert.Equal("author", DiffSubject.Says(receipt)["by"]!["kind"]!.AsString());
    }

    [Fact]
    public void A_name_that_names_nothing_and_a_snapshot_in_a_pipe_are_refused_clearly()
    {
        Refused("TSX1012", Ctl.Write("a.json", "{}"), "");
        string snapshot = Export("h.snap");
        (string program, string[] first) = Ctl.Program();
        CtlResult piped = Ctl.Shell(
            "-c",
            $"'{program}' {string.Join(' ', first)} diff <(cat '{snapshot}') '{snapshot}'"
        );
        Assert.Equal(2, piped.ExitCode);
        Assert.StartsWith("error TSX1022: the snapshot in /dev/fd/", piped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_told()
    {
        string policy = LedgerHome.SamplePolicy;
        string json = Ctl.Write("any.json", "{}");
        Refused("TSX1022", policy, json);
        Refused("TSX1022", home.Path, json);
        Refused("TSX1022", Ctl.Write("no.json", "{"), json);
        Refused("TSX1022", Ctl.Write("half.json", """{"bundle":"tessrax/bundle/v1"}"""), json);
        Refused("TSX1022", Ctl.Write("salt.json", """{"entry":{},"leaf_hash":"","payload":{},"salt":"!"}"""), json);
        Refused("TSX3012", Ctl.PathOf("nowhere"), json);
        Refused("TSX3011", $"{home.Path}@99", $"{home.Path}@1");
    }

    private static void Refused(string code, string a, string b)
    {
        CtlResult result = new InProcess().Run("diff", a, b);
        Assert.InRange(result.ExitCode, 2, 3);
        Assert.StartsWith($"error {code}: ", result.Error, StringComparison.Ordinal);
    }

    private static JsonValue Diff(int exitCode, params string[] sides)
    {
        CtlResult result = new InProcess().Run(["diff", .. sides, "--json"]);
        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode}: {result.Text}{result.Error}");
        return JsonValue.Parse(result.Bytes);
    }

    private JsonValue Shown(string index) =>
        JsonValue.Parse(new InProcess().Run("show", home.Path, index, "--json").Bytes);

    private string Raw(string index)
    {
        string file = Ctl.PathOf($"raw-{index}-{Directory.GetFiles(Ctl.Folder).Length}.json");
        File.WriteAllBytes(file, new InProcess().Run("show", home.Path, index, "--raw").Bytes);
        return file;
    }

    private static bool Same(JsonValue found) => found["same"]!.Kind == JsonKind.True;

    private static string Text(JsonValue found, string name) => found[name]!.AsNumberText();

    private string Bundle(string name, long index)
    {
        using LedgerView view = home.View();
        string file = Ctl.PathOf(name);
        File.WriteAllBytes(file, BundleMaker.Make(view, index).ToBytes());
        return file;
    }

    private string Export(string name)
    {
        string file = Ctl.PathOf(name);
        Ctl.Must("snapshot", "export", "ledger", "-o", name);
        return file;
    }

    private string Backup(string name)
    {
        Ctl.Must("backup", "ledger", "-o", name);
        return Ctl.PathOf(name);
    }

    private void Append(string text)
    {
        using LedgerWriter writer = home.Open();
        writer.Append([
            new Draft
            {
                Event = "x-note",
                Payload = FrozenPayload.From(new OwnEvent(JsonValue.Object(("text", text)), null).ToJson()),
            },
        ]);
    }
}
