using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Receipts in two phases, by the real binary.</summary>
public sealed class TransactionCommandTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_receipt_is_prepared_listed_committed_and_shown()
    {
        string payload = Ctl.Write("paid.json", """{"amount":"12.50"}""");
        string token = Ctl.Must("tx", "prepare", "ledger", "--event", "x-paid", "--payload", payload).Lines[0];
        Assert.Matches("^[0-9a-f]{32}$", token);
        Assert.DoesNotContain("x-paid", Ctl.Must("log", "ledger").Text, StringComparison.Ordinal);
        JsonValue listed = Json(Ctl.Must("tx", "list", "ledger", "--json"));
        Assert.Equal(("prepared", "x-paid"), (listed["state"]!.AsString(), listed["event"]!.AsString()));
        Assert.Contains(token, Ctl.Must("tx", "list", "ledger").Text, StringComparison.Ordinal);

        string index = Ctl.Must("tx", "commit", "ledger", token).Lines[0];
        JsonValue again = Json(Ctl.Must("tx", "commit", "ledger", token, "--json"));
        Assert.Equal(("committed", index), (again["state"]!.AsString(), again["index"]!.AsNumberText()));
        Assert.Equal(
            "x-paid",
            Json(Ctl.Must("show", "ledger", index, "--json"))["entry"]!["body"]!["event"]!.AsString()
        );
        Assert.StartsWith(
            $"committed as entry {index}\n",
            Ctl.Must("tx", "show", "ledger", token).Text,
            StringComparison.Ordinal
        );
        Assert.Equal("nothing waits for its decision\n", Ctl.Must("tx", "list", "ledger").Text);
        Fails(4, "TSX4029", "tx", "abort", "ledger", token);
        Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void What_is_aborted_or_unknown_is_not_committed()
    {
        string payload = Ctl.Write("paid.json", "{}");
        JsonValue prepared = Json(
            Ctl.Must("tx", "prepare", "ledger", "--event", "x-paid", "--payload", payload, "--expires", "P1D", "--json")
        );
        string token = prepared["token"]!.AsString();
        Assert.Equal("aborted: it never takes an index\n", Ctl.Must("tx", "abort", "ledger", token).Text);
        Assert.Equal("aborted", Json(Ctl.Must("tx", "abort", "ledger", token, "--json"))["state"]!.AsString());
        Fails(4, "TSX4028", "tx", "commit", "ledger", token);
        string unknown = new('0', 32);
        foreach (string verb in (string[])["commit", "abort", "show"])
            Fails(3, "TSX4027", "tx", verb, "ledger", unknown);
        Fails(2, "TSX1012", "tx", "show", "ledger", "no-token");
        Fails(2, "TSX1012", "tx", "prepare", "ledger", "--event", "x-paid", "--payload", payload, "--expires", "soon");
        Fails(2, "TSX1017", "tx", "prepare", "ledger", "--event", "DECISION_RECORDED", "--payload", payload);
    }

    [Fact]
    public void A_receipt_that_waits_when_the_ledger_is_closed_is_named_and_its_end_is_told()
    {
        string payload = Ctl.Write("paid.json", "{}");
        string token = Ctl.Must("tx", "prepare", "ledger", "--event", "x-paid", "--payload", payload).Lines[0];
        string[] roll = ["rollover", "ledger", "next", "--hash", "blake3", "--yes"];
        string waits = $"1 prepared receipt would end undecided with it: {token}\n";
        Assert.Contains(waits, Ctl.Must(roll).Text, StringComparison.Ordinal);
        Assert.Equal($"[\"{token}\"]", Json(Ctl.Must([.. roll, "--json"]))["dropped_receipts"]!.ToString());
        CtlResult done = Ctl.Must([.. roll, "--key", "alice.key", "--key", "bob.key"]);
        Assert.Contains($"1 prepared receipt ended undecided with it: {token}\n", done.Text, StringComparison.Ordinal);
        Assert.Equal($"[\"{token}\"]", Json(Ctl.Must([.. roll, "--json"]))["dropped_receipts"]!.ToString());
        foreach (
            string[] ask in (string[][])
                [
                    ["list", "ledger"],
                    ["show", "ledger", token],
                ]
        )
        {
            Assert.Contains("the ledger is closed", Ctl.Must(["tx", .. ask]).Text, StringComparison.Ordinal);
            JsonValue said = Json(Ctl.Must(["tx", .. ask, "--json"]));
            Assert.Equal("example.com/test/2", said["closed"]!["origin"]!.AsString());
        }
        CtlResult late = Ctl.Run("tx", "commit", "ledger", token);
        Assert.Equal(4, late.ExitCode);
        Assert.Contains("error TSX4014", late.Error, StringComparison.Ordinal);
        Assert.Contains("closed", late.Error, StringComparison.Ordinal);
        Assert.Equal("aborted: it never takes an index\n", Ctl.Must("tx", "abort", "ledger", token).Text);
        Assert.DoesNotContain("dropped_receipts\":[\"", Ctl.Must([.. roll, "--json"]).Text, StringComparison.Ordinal);
    }

    private void Fails(int exit, string code, params string[] args)
    {
        CtlResult result = Ctl.Run(args);
        Assert.Equal(exit, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);
}
