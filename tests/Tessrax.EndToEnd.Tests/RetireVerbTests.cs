using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A ledger is retired by the real binary: with the approvals that it takes, and for good.</summary>
public sealed class RetireVerbTests : IDisposable
{
    private static readonly string[] Retire =
    [
        "retire",
        "ledger",
        "--confirm",
        LedgerHome.Origin,
        "--reason",
        "discontinued",
    ];

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void It_waits_for_approvals_then_takes_nothing_and_is_read_and_verified_on()
    {
        home.MustRefuse(2, "TSX1012", "retire", "ledger", "--confirm", "example.com/other", "--reason", "discontinued");
        // What waits would end undecided.
        home.MustRefuse(2, "TSX1012", Retire);
        JsonValue waiting = Json(Ctl.Must([.. Retire, "--yes", "--json"]));
        Assert.Equal("pending", waiting["status"]!.AsString());
        string id = waiting["proposal"]!.AsNumberText();
        CtlResult first = Ctl.Must("approve", "ledger", id, "--key", "alice.key");
        Assert.Contains("retire this ledger for ever", first.Error, StringComparison.Ordinal);
        Assert.Contains("ends proposal", first.Error, StringComparison.Ordinal);
        CtlResult last = Ctl.Must("approve", "ledger", id, "--key", "bob.key");
        Assert.Contains("the ledger is retired", last.Text, StringComparison.Ordinal);

        string payload = Ctl.Write("payload.json", "{}");
        home.MustRefuse(4, "TSX4053", "append", "ledger", "--event", "x-late", "--payload", payload);
        home.MustRefuse(4, "TSX4053", [.. Retire, "--yes"]);
        home.MustRefuse(4, "TSX4053", "rollover", "ledger", "next", "--hash", "blake3");
        Assert.False(Directory.Exists(Ctl.PathOf("next")));
        Assert.Contains("retired by entry", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains(
            "retire this ledger for ever",
            Ctl.Must("log", "ledger", "--event", "LEDGER_RETIRED").Text,
            StringComparison.Ordinal
        );
        Assert.Contains(": discontinued", Ctl.Must("verify", "ledger").Text, StringComparison.Ordinal);
        JsonValue verdict = Json(Ctl.Must("verify", "ledger", "--json"));
        Assert.Equal("discontinued", verdict["retired"]!["reason"]!.AsString());
        // A copy of it is no other ledger.
        Ctl.Must("backup", "ledger", "-o", "backup.tessrax");
        Ctl.Must("restore", "backup.tessrax", "again");
        Ctl.Must("verify", "again");
        Ctl.Must("prove", "ledger", "1", "-o", "one.tessrax.json");
        Ctl.Must("verify", "one.tessrax.json");
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(Encoding.UTF8.GetBytes(result.Lines[^1]));
}
