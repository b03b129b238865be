using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>doctor</c> with what it may mend, and what is around a ledger.</summary>
public sealed class DoctorVerbTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void What_is_safe_is_marked_and_mended_on_request()
    {
        File.Delete(Path.Combine(home.Path, "checkpoint"));
        File.WriteAllText(Path.Combine(home.Path, "segments", ".0000000009.seg.tmp"), "");

        CtlResult found = Run(1, "doctor", "ledger");
        Assert.Contains("do: tessraxctl repair ledger (safe)", found.Text, StringComparison.Ordinal);
        Assert.Contains("marked safe: --fix sees to them", found.Text, StringComparison.Ordinal);
        Assert.True(
            found.Text.IndexOf("derived missing", StringComparison.Ordinal)
                < found.Text.IndexOf("note torn-write", StringComparison.Ordinal)
        );

        CtlResult mended = Run(0, "doctor", "ledger", "--fix");
        Assert.Contains("fixed: made checkpoint again", mended.Text, StringComparison.Ordinal);
        Assert.Contains("fixed: removed segments/.0000000009.seg.tmp", mended.Text, StringComparison.Ordinal);
        Assert.Contains("healthy: 8 entries", mended.Text, StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(Run(0, "doctor", "ledger", "--fix", "--json").Bytes);
        Assert.Equal(0, json["fixed"]!.Items.Length);
        Assert.Equal(JsonKind.True, json["healthy"]!.Kind);
    }

    [Fact]
    public void What_is_left_after_mending_is_an_error_with_a_code()
    {
        string segment = Path.Combine(home.Path, "segments", "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[3000] ^= 16;
        File.WriteAllBytes(segment, bytes);

        CtlResult left = Run(1, "doctor", "ledger", "--fix");

        Assert.StartsWith("error TSX5039: 1 finding left", left.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(segment));
    }

    [Fact]
    public void One_area_is_shown_alone_and_a_misspelt_one_is_guessed()
    {
        File.Delete(Path.Combine(home.Path, "keys", "author.key"));
        Assert.Contains("keys/author.key", Run(1, "doctor", "ledger", "--only", "keys").Text, StringComparison.Ordinal);
        // What is not shown counts all the same.
        CtlResult other = Run(1, "doctor", "ledger", "--only", "disk");
        Assert.DoesNotContain("author.key", other.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nhealthy", "\n" + other.Text, StringComparison.Ordinal);
        Assert.Contains("1 finding of other areas not shown", other.Text, StringComparison.Ordinal);
        JsonValue json = JsonValue.Parse(Run(1, "doctor", "ledger", "--only", "disk", "--json").Bytes);
        Assert.Equal(JsonKind.False, json["healthy"]!.Kind);
        Assert.Equal((0, "1"), (json["faults"]!.Items.Length, json["not_shown"]!.ToString()));
        CtlResult wrong = Run(2, "doctor", "ledger", "--only", "kyes");
        Assert.Contains("did you mean keys?", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_variable_and_a_missing_trust_root_are_notes()
    {
        home.Ctl.Variables["TESSRAX_LEGDER"] = "x";
        Directory.Delete(Path.Combine(home.Ctl.Folder, ".config"), recursive: true);
        CtlResult found = Run(0, "doctor", "ledger");
        Assert.Contains("note unknown: TESSRAX_LEGDER", found.Text, StringComparison.Ordinal);
        Assert.Contains("TESSRAX_LEDGER is read", found.Text, StringComparison.Ordinal);
        Assert.Contains("none is pinned on this machine", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_index_is_told_alike_by_all_and_made_again_on_request()
    {
        Run(0, "index", "rebuild", "ledger");
        string file = Directory.GetFiles(Path.Combine(home.Path, "index"), "g*.db")[0];
        File.WriteAllText(file, "this is no database, and was one before");

        CtlResult check = Run(1, "index", "check", "ledger");
        Assert.Contains("cannot be read", check.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("there is none", check.Text, StringComparison.Ordinal);
        CtlResult status = Run(5, "index", "status", "ledger");
        Assert.StartsWith("error TSX3036", status.Error, StringComparison.Ordinal);
        Assert.Contains("(safe)", Run(1, "doctor", "ledger").Text, StringComparison.Ordinal);
        CtlResult mended = Run(0, "doctor", "ledger", "--fix");
        Assert.Contains("fixed: made the index again", mended.Text, StringComparison.Ordinal);
        Run(0, "index", "status", "ledger");
        Run(0, "index", "check", "ledger", "--all");

        File.WriteAllText(Path.Combine(home.Path, "index", "index.json"), "{");
        Run(5, "index", "status", "ledger");
        Run(0, "doctor", "ledger", "--fix");
        Run(0, "index", "status", "ledger");
    }

    [Fact]
    public void Without_its_keys_a_ledger_says_what_is_missing_and_where_it_comes_from()
    {
        Directory.Delete(Path.Combine(home.Path, "keys"), recursive: true);
        Directory.Delete(Path.Combine(home.Path, "tiles"), recursive: true);
        CtlResult found = Run(0, "doctor", "ledger");
        Assert.Contains("there are no keys", found.Text, StringComparison.Ordinal);
        Assert.Contains("there are no tiles", found.Text, StringComparison.Ordinal);
        Run(0, "doctor", "ledger", "--fix");
        Run(0, "merkle", "check", "ledger");
        CtlResult refused = Run(3, "rotate", "ledger");
        Assert.Contains("the log's key of this ledger is not here", refused.Error, StringComparison.Ordinal);
        Assert.Contains("from a backup", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_pinned_trust_root_is_named_with_its_file()
    {
        string pin = Directory.GetFiles(home.Ctl.PathOf(".config", "tessrax", "trust"))[0];
        File.WriteAllText(pin, "{}");
        JsonValue json = JsonValue.Parse(Run(1, "doctor", "ledger", "--json").Bytes);
        string remedy = json["faults"]!.Items[0]["remedy"]!.AsString();
        Assert.StartsWith($"rm {pin}, then tessraxctl trust pin", remedy, StringComparison.Ordinal);
    }

    private CtlResult Run(int code, params string[] args)
    {
        CtlResult result = home.Ctl.Run(args);
        Assert.True(result.ExitCode == code, $"{result.ExitCode}: {result.Text}{result.Error}");
        return result;
    }
}
