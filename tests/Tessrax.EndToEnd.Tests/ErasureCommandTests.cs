using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Holds, erasure and compaction by the real binary: with approvals, refused, and seen by show, decisions, prove and verify.</summary>
public sealed class ErasureCommandTests : IDisposable
{
    private const string Secret = "4111-1111-1111-1111";

    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_payload_goes_with_approvals_and_stays_under_a_hold()
    {
        string index = Append($"{{\"card\":\"{Secret}\"}}");
        Append("{\"other\":1}");
        Ctl.Must("prove", "ledger", index, "-o", "before.tessrax.json");

        Approve(
            Json("hold", "place", "ledger", "--entries", $"{index},90-", "--name", "case-17", "--reason", "order 17")
        );
        Assert.Contains(
            $"case-17  {index}, 90 and all after it  ",
            Ctl.Must("hold", "list", "ledger").Text,
            StringComparison.Ordinal
        );
        home.MustRefuse(4, "TSX4020", "erase", "ledger", index, "--reason", "request 88");
        Assert.True(IsThere());
        Approve(Json("hold", "release", "ledger", "--name", "case-17", "--reason", "case closed"));
        Assert.Contains("no hold is in force", Ctl.Must("hold", "list", "ledger").Text, StringComparison.Ordinal);

        JsonValue waits = Json("erase", "ledger", index, "--reason", "request 88");
        Assert.Equal("pending", waits["status"]!.AsString());
        Assert.True(IsThere());
        home.MustRefuse(4, "TSX4023", "erase", "ledger", "0", "--reason", "genesis");
        Ctl.Must("approve", "ledger", waits["proposal"]!.AsNumberText(), "--key", "alice.key");
        Assert.True(IsThere());
        CtlResult last = Ctl.Must("approve", "ledger", waits["proposal"]!.AsNumberText(), "--key", "bob.key");
        Assert.Contains("1 payload taken off the disk; 1 segment, of ", last.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"erase for ever the payload of entry {index}: request 88",
            last.Error,
            StringComparison.Ordinal
        );
        Assert.False(IsThere());

        string shown = Ctl.Must("show", "ledger", index).Text;
        Assert.Contains("(PAYLOAD_ERASED) by author, approved by alice (", shown, StringComparison.Ordinal);
        JsonValue erased = Json("show", "ledger", index)["erased"]!;
        Assert.Equal("request 88", erased["reason"]!.AsString());
        Assert.Equal(2, erased["approved_by"]!.Items.Length);
        Assert.Contains("erased at", Ctl.Must("verify", "ledger").Text, StringComparison.Ordinal);
        Ctl.Must("verify", "before.tessrax.json");
        Ctl.Must("prove", "ledger", index, "-o", "after.tessrax.json");
        Assert.Contains("TSX5028", Ctl.Must("verify", "after.tessrax.json").Text, StringComparison.Ordinal);
        // Asked once more, there is nothing left to do.
        Assert.Equal("done", Json("erase", "ledger", index, "--reason", "request 88")["status"]!.AsString());
    }

    [Fact]
    public void An_index_that_lies_elsewhere_keeps_an_erasure_from_being_claimed_and_nothing_else()
    {
        string index = Append($"{{\"card\":\"{Secret}\"}}");
        string victim = Directory.CreateDirectory(Ctl.PathOf("victim")).FullName;
        File.WriteAllText(Path.Combine(victim, "g1.db"), "somebody else's");
        Directory.CreateSymbolicLink(Path.Combine(home.Path, "index"), victim);
        string proposal = Json("erase", "ledger", index, "--reason", "request 88")["proposal"]!.AsNumberText();
        Ctl.Must("approve", "ledger", proposal, "--key", "alice.key");
        CtlResult left = Ctl.Run("approve", "ledger", proposal, "--key", "bob.key");
        Assert.NotEqual(0, left.ExitCode);
        Assert.Contains(
            "error TSX3036: the segments hold the erased payloads no more",
            left.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "hint: remove it by hand, and erase again what was erased: rm -r ledger/index",
            left.Error,
            StringComparison.Ordinal
        );
        Assert.False(IsThere());
        Assert.DoesNotContain(Secret, Ctl.Must("show", "ledger", index).Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(victim, "g1.db")));
        home.MustRefuse(left.ExitCode, "TSX3036", "erase", "ledger", index, "--reason", "request 88");
        File.Delete(Path.Combine(home.Path, "index"));
        Ctl.Must("erase", "ledger", index, "--reason", "request 88");
        Assert.True(File.Exists(Path.Combine(victim, "g1.db")));
    }

    [Fact]
    public void Old_epochs_are_compacted_but_for_what_counts()
    {
        Append($"{{\"card\":\"{Secret}\"}}");
        Ctl.Write(
            "claims.jsonl",
            """
            {"claim_id":"a","subject":"s","metric":"m","value":1,"timestamp":"2026-01-01T00:00:00Z","source":"x"}
            """
        );
        Ctl.Must("ingest", "ledger", "claims.jsonl");
        Assert.Equal("nothing", Json("compact", "ledger", "--keep-epochs", "0", "--dry-run")["status"]!.AsString());
        Ctl.Must("rotate", "ledger");
        Assert.Equal("nothing", Json("compact", "ledger", "--keep-epochs", "1", "--dry-run")["status"]!.AsString());
        JsonValue plan = Json("compact", "ledger", "--keep-epochs", "0", "--dry-run");
        Assert.Equal("1", plan["payloads"]!.AsNumberText());
        Assert.Equal("1", plan["kept"]!["counting"]!.AsNumberText());
        Assert.True(IsThere());

        Approve(Json("compact", "ledger", "--keep-epochs", "0", "--reason", "a year is over"));
        Assert.False(IsThere());
        Assert.Contains("compacted at", Ctl.Must("verify", "ledger").Text, StringComparison.Ordinal);
        home.MustRefuse(2, "TSX1012", "compact", "ledger", "--keep-epochs", "-1");
        home.MustRefuse(2, "TSX1012", "hold", "place", "ledger", "--entries", "7-3", "--name", "h", "--reason", "r");
    }

    private string Append(string data)
    {
        string payload = Ctl.Write("payload.json", data);
        return Json("append", "ledger", "--event", "x-note", "--payload", payload)["index"]!.AsNumberText();
    }

    private void Approve(JsonValue waiting)
    {
        string id = waiting["proposal"]!.AsNumberText();
        Ctl.Must("approve", "ledger", id, "--key", "alice.key");
        Ctl.Must("approve", "ledger", id, "--key", "bob.key");
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(Ctl.Must([.. args, "--json"]).Bytes);

    private bool IsThere() =>
        Directory
            .EnumerateFiles(home.Path, "*", SearchOption.AllDirectories)
            .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Secret)) >= 0);
}
