using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>doctor</c>, <c>repair</c> and <c>index</c> as people and scripts meet them.</summary>
public sealed class RepairVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private string Segment => Path.Combine(home.Path, "segments", "0000000000.seg");

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_broken_ledger_is_diagnosed_mended_and_told_of()
    {
        Assert.StartsWith("healthy: 8 entries", Run(0, "doctor", "ledger").Text, StringComparison.Ordinal);
        byte[] bytes = File.ReadAllBytes(Segment);
        bytes[3000] ^= 16;
        File.WriteAllBytes(Segment, bytes);

        CtlResult diagnosis = Run(1, "doctor", "ledger");
        Assert.Contains(
            "damage bit-rot: segments/0000000000.seg, bytes [3000, 3001)",
            diagnosis.Text,
            StringComparison.Ordinal
        );
        Assert.Contains("do: tessraxctl repair ledger", diagnosis.Text, StringComparison.Ordinal);
        JsonValue json = Json(Run(1, "doctor", "ledger", "--json"));
        Assert.Equal(JsonKind.False, json["healthy"]!.Kind);
        Assert.Equal("bit-rot", json["faults"]!.Items[0]["cause"]!.AsString());

        Assert.Contains("nothing was changed", Run(0, "repair", "ledger", "--dry-run").Text, StringComparison.Ordinal);
        Run(1, "doctor", "ledger");
        CtlResult repaired = Run(0, "repair", "ledger");
        Assert.Contains("receipt: entry 8", repaired.Text, StringComparison.Ordinal);
        Assert.Contains("LEDGER_REPAIRED", Run(0, "show", "ledger", "8").Text, StringComparison.Ordinal);
        Run(0, "verify", "ledger");
        Run(0, "doctor", "ledger");
    }

    [Fact]
    public void Without_the_keys_the_receipt_is_owed_and_comes_later()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        bytes[3000] ^= 16;
        File.WriteAllBytes(Segment, bytes);
        home.Ctl.Variables.Remove("TESSRAX_PASSPHRASE");

        Assert.Contains("is owed", Run(0, "repair", "ledger").Error, StringComparison.Ordinal);
        Assert.Contains("no LEDGER_REPAIRED", Run(0, "doctor", "ledger").Text, StringComparison.Ordinal);
        home.Ctl.Variables["TESSRAX_PASSPHRASE"] = "secret";
        Assert.Contains("receipt: entry 8", Run(0, "repair", "ledger").Text, StringComparison.Ordinal);
        Assert.DoesNotContain("no LEDGER_REPAIRED", Run(0, "doctor", "ledger").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_has_is_an_error_that_names_it()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        bytes.AsSpan(5000, 700).Fill((byte)'?');
        File.WriteAllBytes(Segment, bytes);

        CtlResult refused = Run(5, "repair", "ledger");

        Assert.Contains("error TSX3035: entr", refused.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", refused.Error, StringComparison.Ordinal);
        Run(1, "verify", "ledger");
        Assert.Equal(3, home.Ctl.Run("doctor", "nowhere").ExitCode);
        Assert.Equal(3, home.Ctl.Run("repair", "ledger", "--from", "nowhere").ExitCode);
    }

    [Fact]
    public void A_lost_payload_is_named_and_keeps_nobody_from_anything_else()
    {
        string payload = home.Ctl.Write("own.json", $"{{\"a\":\"{new string('z', 300)}\"}}");
        Run(0, "append", "ledger", "--event", "x-more", "--payload", payload);
        byte[] bytes = File.ReadAllBytes(Segment);
        bytes.AsSpan(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(new string('z', 300))), 9).Fill((byte)'y');
        File.WriteAllBytes(Segment, bytes);

        Run(5, "repair", "ledger");
        Run(5, "repair", "ledger");

        Assert.Contains(
            "the payload of entry 8 is lost since the repair that entry 9 tells of",
            Run(1, "doctor", "ledger").Text,
            StringComparison.Ordinal
        );
        Assert.Contains("\"size\":10", Run(0, "checkpoint", "ledger", "--json").Text, StringComparison.Ordinal);
        Assert.Contains("entry 8 is lost", Run(5, "prove", "ledger", "8").Error, StringComparison.Ordinal);
        Assert.Contains("of entry 8", Run(0, "backup", "ledger", "-o", "backup").Error, StringComparison.Ordinal);
        Run(0, "snapshot", "export", "ledger", "-o", "snapshot");
        Assert.Contains("of entry 8", Run(0, "restore", "backup", "again").Text, StringComparison.Ordinal);
        Run(0, "rotate", "ledger");
        Assert.Contains("the payload of entry 8 is missing", Run(1, "verify", "ledger").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_claim_is_named_by_who_reads_and_can_be_given_up()
    {
        byte[] bytes = File.ReadAllBytes(Segment);
        bytes.AsSpan(bytes.AsSpan().IndexOf("claim_id"u8), 8).Fill((byte)'y');
        File.WriteAllBytes(Segment, bytes);

        CtlResult repaired = Run(5, "repair", "ledger");
        Assert.Contains("receipt: entry 8", repaired.Text, StringComparison.Ordinal);
        Assert.Contains("the repair that entry 8 tells of", repaired.Text, StringComparison.Ordinal);

        Assert.Contains("its payload was lost", Run(0, "log", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("its payload was lost", Run(0, "show", "ledger", "1").Text, StringComparison.Ordinal);
        Run(0, "show", "ledger", "2");
        Run(0, "decisions", "ledger");
        Run(0, "snapshot", "export", "ledger", "-o", "snapshot");
        Assert.Contains("of entry 1", Run(0, "backup", "ledger", "-o", "backup").Error, StringComparison.Ordinal);
        Assert.Contains(
            "the payload of entry 1 is lost",
            Run(2, "ingest", "ledger", "claims.jsonl").Error,
            StringComparison.Ordinal
        );
        Assert.Contains("the payload of entry 1 is missing", Run(1, "verify", "ledger").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_is_made_checked_and_explained()
    {
        Assert.StartsWith("8 entries", Run(0, "index", "rebuild", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("they agree", Run(0, "index", "check", "ledger").Text, StringComparison.Ordinal);
        string shown = $"index/{Json(Run(0, "index", "status", "ledger", "--json"))["file"]!.AsString()}";
        string database = Path.Combine(home.Path, shown);
        File.WriteAllText(database, "nothing of the kind");
        CtlResult found = Run(1, "index", "check", "ledger");
        Assert.Contains($"derived foreign-file: {shown}", found.Text, StringComparison.Ordinal);
        Assert.Contains("do: tessraxctl index rebuild ledger", found.Text, StringComparison.Ordinal);
        // Whatever becomes of the index, nothing else notices.
        File.Delete(database);
        Directory.CreateDirectory(database);
        string payload = home.Ctl.Write("own.json", "{\"a\":1}");
        Run(0, "append", "ledger", "--event", "x-more", "--payload", payload);
        Run(0, "verify", "ledger");
    }

    private CtlResult Run(int exitCode, params string[] args)
    {
        CtlResult result = home.Ctl.Run(args);
        Assert.True(
            result.ExitCode == exitCode,
            $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}"
        );
        return result;
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(Encoding.UTF8.GetBytes(result.Text));
}
