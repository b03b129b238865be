using Tessrax.Canonical;
using Tessrax.Node;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A ledger whose files were cut or lost: verify says so, readers and writers refuse, and nobody mends it unasked.</summary>
public sealed class BadInputDamageTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private string Segment => Directory.GetFiles(LedgerDirectory.SegmentsOf(home.Path), "*.seg").Single();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(0.0, "framing")]
    [InlineData(0.01, "entries")]
    [InlineData(0.3, "framing")]
    [InlineData(0.6, "framing")]
    [InlineData(0.95, "framing")]
    [InlineData(0.999, "framing")]
    public void A_segment_that_was_cut(double kept, string stage)
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        int used = bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        File.WriteAllBytes(Segment, bytes[..(int)(used * kept)]);
        RefusedByAll(stage);
    }

    [Fact]
    public void A_segment_that_lost_only_the_zeros_at_its_end()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        // Records are padded to 8 bytes, so a few zeros belong to the last.
        int used = (bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1 + 15) / 8 * 8;
        File.WriteAllBytes(Segment, bytes[..used]);
        home.Ctl.Must("verify", "ledger");
        home.Ctl.Must("append", "ledger", "--event", "x-own", "--payload", home.Ctl.Write("p.json", "1"));
        home.MustHold();
    }

    [Fact]
    public void A_segment_that_is_gone()
    {
        File.Delete(Segment);
        RefusedByAll("framing");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(100)]
    public void Facts_that_were_cut(int kept)
    {
        string file = Path.Combine(home.Path, LedgerDirectory.FactsFile);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..kept]);
        RefusedByAll("framing");
    }

    [Fact]
    public void A_published_checkpoint_that_was_cut_is_found_by_verify_and_written_anew_by_the_next_append()
    {
        string file = Path.Combine(home.Path, "checkpoint");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..30]);
        Refuted("checkpoints");
        home.Ctl.Must("log", "ledger");
        home.Ctl.Must("append", "ledger", "--event", "x-own", "--payload", home.Ctl.Write("p.json", "1"));
        home.Ctl.Must("verify", "ledger");
    }

    [Theory]
    [InlineData("log.key")]
    [InlineData("author.key")]
    public void A_key_file_that_was_cut_or_is_gone(string name)
    {
        string file = Path.Combine(LedgerDirectory.KeysOf(home.Path), name);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..40]);
        Assert.Contains(
            name,
            home.MustRefuse(2, "TSX2002", "ingest", "ledger", "claims.jsonl").Error,
            StringComparison.Ordinal
        );
        File.Delete(file);
        Assert.Contains(
            name,
            home.MustRefuse(3, "TSX3012", "ingest", "ledger", "claims.jsonl").Error,
            StringComparison.Ordinal
        );
        home.Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void Key_files_of_another_ledger()
    {
        using var other = new LedgerHome();
        string keys = LedgerDirectory.KeysOf(home.Path);
        home.Ctl.Must("keys", "new", "author", "--purpose", "author", "-o", "author.key");
        File.Copy(home.Ctl.PathOf("author.key"), Path.Combine(keys, "author.key"), overwrite: true);
        home.Ctl.Must("keys", "new", LedgerHome.Origin, "--purpose", "log", "-o", "log.key");
        File.Copy(home.Ctl.PathOf("log.key"), Path.Combine(keys, "log.key"), overwrite: true);
        home.MustRefuse(4, "TSX2005", "ingest", "ledger", "claims.jsonl");
    }

    private void RefusedByAll(string stage)
    {
        string before = LedgerTree.Of(home.Path);
        Refuted(stage);
        foreach (string line in (string[])["log ledger", "ingest ledger claims.jsonl", "prove ledger 3"])
        {
            CtlResult result = home.Ctl.Run(line.Split(' '));
            Assert.True(result.ExitCode == 5, $"{line}: {result.ExitCode}\n{result.Error}");
            Assert.Matches("^error TSX300[34]: ", result.Error);
        }
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    private void Refuted(string stage)
    {
        CtlResult result = home.Ctl.Run("verify", "ledger", "--json", "--trust", home.LogKey.ToString());
        Assert.True(result.ExitCode == 1, result.Text + result.Error);
        JsonValue found = Assert.Single(
            JsonValue.Parse(result.Bytes)["stages"]!.Items.ToArray(),
            s => s["name"]!.AsString() == stage
        );
        Assert.True(found["holds"]!.Kind == JsonKind.False, result.Text);
        Assert.NotEqual(0, found["findings"]!.Items.Length);
        Assert.Equal(1, home.Ctl.Run("verify", "ledger").ExitCode);
    }
}
