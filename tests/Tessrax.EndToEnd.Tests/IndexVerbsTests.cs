using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>index</c> as a user meets it.</summary>
public sealed class IndexVerbsTests : IDisposable
{
    private readonly LedgerHome home = new();

    public IndexVerbsTests()
    {
        // As init leaves it.
        Directory.CreateDirectory(Path.Combine(home.Path, "index"));
        home.Ctl.Must(["ingest", "ledger", LedgerHome.Sample("cve-cvss3.jsonl")]);
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_new_ledger_has_an_index_unless_it_wants_none()
    {
        home.Ctl.Must("init", "new", "--origin", "example.com/new");
        Assert.Equal(JsonKind.Null, Json("index", "status", "new", "--json")["file"]!.Kind);
        home.Ctl.Must("append", "new", "--event", "x-a", "--payload", home.Ctl.Write("a.json", "{}"));
        JsonValue status = Json("index", "status", "new", "--json");
        Assert.Equal("2", status["size"]!.AsNumberText());
        Assert.Equal("sqlite", status["backend"]!.AsString());
        Assert.Equal("0", status["behind"]!.AsNumberText());
        Assert.Equal("g1.db", status["file"]!.AsString());
        home.Ctl.Must("init", "bare", "--origin", "example.com/bare", "--no-index");
        Assert.False(Directory.Exists(home.Ctl.PathOf("bare", "index")));
        home.Ctl.Must("init", "none", "--origin", "example.com/none", "--index", "none");
        Assert.False(Directory.Exists(home.Ctl.PathOf("none", "index")));
        CtlResult none = home.Ctl.Run("index", "status", "bare");
        Assert.Equal(3, none.ExitCode);
        Assert.StartsWith("error TSX3040: ", none.Error, StringComparison.Ordinal);
        CtlResult unknown = home.Ctl.Run("init", "odd", "--origin", "example.com/odd", "--index", "cards");
        Assert.Equal(2, unknown.ExitCode);
        Assert.False(Directory.Exists(home.Ctl.PathOf("odd")));
        Assert.Contains(
            "cards",
            home.Ctl.Run("index", "rebuild", "bare", "--index", "cards").Error,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(home.Ctl.PathOf("bare", "index")));
    }

    [Fact]
    public void It_is_tidied_switched_and_made_anew()
    {
        JsonValue tidied = Json("index", "vacuum", "ledger", "--json");
        Assert.Equal("0", tidied["free_pages_after"]!.AsNumberText());
        Assert.Contains(
            "before",
            home.Ctl.Must("index", "vacuum", "ledger", "--incremental").Text,
            StringComparison.Ordinal
        );
        Assert.Equal("the index is immutable now", home.Ctl.Must("index", "mode", "ledger", "immutable").Lines[0]);
        Assert.Equal("the index was immutable already", home.Ctl.Must("index", "mode", "ledger", "immutable").Lines[0]);
        CtlResult refused = home.Ctl.Run("index", "vacuum", "ledger", "--incremental");
        Assert.StartsWith("error TSX3038: ", refused.Error, StringComparison.Ordinal);
        JsonValue made = Json("index", "rebuild", "ledger", "--threads", "2", "--json");
        Assert.Equal(JsonKind.Null, made["resumed_from"]!.Kind);
        Assert.Equal("wal", Json("index", "status", "ledger", "--json")["mode"]!.AsString());
        Assert.Equal(2, home.Ctl.Run("index", "rebuild", "ledger", "--threads", "0").ExitCode);
        Assert.Equal(2, home.Ctl.Run("index", "rebuild", "ledger", "--text", "--no-text").ExitCode);
        JsonValue checkedAll = Json("index", "check", "ledger", "--all", "--text", "--json");
        Assert.Equal(JsonKind.True, checkedAll["agree"]!.Kind);
        Assert.NotEqual(JsonKind.Null, checkedAll["index"]!["places"]!.Kind);
    }

    [Fact]
    public void A_backup_says_that_the_index_is_damaged_and_does_not_stop()
    {
        Assert.Null(Json("backup", "ledger", "-o", "whole", "--json")["index_fault"]);
        string file = Path.Combine(home.Path, "index", "g1.db");
        byte[] bytes = File.ReadAllBytes(file);
        bytes.AsSpan(bytes.Length / 2, bytes.Length / 4).Fill(0x5A);
        File.WriteAllBytes(file, bytes);
        CtlResult made = home.Ctl.Must("backup", "ledger", "-o", "damaged");
        Assert.Contains("TSX3036", made.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(home.Ctl.PathOf("whole")), File.ReadAllBytes(home.Ctl.PathOf("damaged")));
    }

    [Fact]
    public void On_a_medium_that_nobody_can_write_an_immutable_index_is_read_and_another_one_says_how()
    {
        string mounted = home.Ctl.PathOf("mounted");
        Directory.CreateDirectory(mounted);
        // In a name space of its own, on a mount that is read only.
        string mount = $"mount --bind '{home.Path}' '{mounted}' && mount -o remount,bind,ro '{mounted}' && exec \"$@\"";
        using var ctl = new Ctl { Prefix = ["unshare", "-rm", "sh", "-c", mount, "sh"] };
        if (!OperatingSystem.IsLinux() || ctl.Run("--version").ExitCode != 0)
            Assert.Skip("mounting is not allowed here");
        // A writer that ends early may have left the index to the next one.
        home.Ctl.Must("index", "rebuild", "ledger");
        string before = LedgerTree.Of(home.Path);
        CtlResult status = ctl.Must("index", "status", mounted);
        Assert.Contains("TSX3038", status.Text, StringComparison.Ordinal);
        Assert.Contains("index mode", status.Text, StringComparison.Ordinal);
        Assert.NotEqual(0, ctl.Run("index", "rebuild", mounted).ExitCode);
        Assert.NotEqual(0, ctl.Run("index", "mode", mounted, "immutable").ExitCode);
        ctl.Must("search", mounted, "CVE");
        Assert.Equal(before, LedgerTree.Of(home.Path));

        home.Ctl.Must("index", "mode", "ledger", "immutable");
        before = LedgerTree.Of(home.Path);
        Assert.DoesNotContain("TSX30", ctl.Must("index", "status", mounted).Text, StringComparison.Ordinal);
        Assert.Contains(
            "they agree",
            ctl.Must("index", "check", mounted, "--all", "--text").Text,
            StringComparison.Ordinal
        );
        Assert.Equal(
            home.Ctl.Must("search", "ledger", "CVE", "--json").Text,
            ctl.Must("search", mounted, "CVE", "--json").Text
        );
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(Encoding.UTF8.GetBytes(home.Ctl.Must(args).Text));
}
