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
        Run(1, "doctor", "ledger", "--only", "keys");
        Run(0, "doctor", "ledger", "--only", "disk");
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

    private CtlResult Run(int code, params string[] args)
    {
        CtlResult result = home.Ctl.Run(args);
        Assert.True(result.ExitCode == code, $"{result.ExitCode}: {result.Text}{result.Error}");
        return result;
    }
}
