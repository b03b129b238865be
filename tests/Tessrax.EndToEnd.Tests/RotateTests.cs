using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>rotate</c> opens an epoch; <c>log</c>, <c>debug</c>, <c>prove</c> and <c>verify</c> know of it.</summary>
public sealed class RotateTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void Opens_an_epoch_that_the_other_verbs_show()
    {
        JsonValue before = JsonValue.Parse(Ctl.Must("debug", "ledger", "--json").Bytes)["tree"]!;
        JsonValue opened = JsonValue.Parse(Ctl.Must("rotate", "ledger", "--json").Bytes);
        Assert.Equal(before["size"], opened["index"]);
        Assert.Equal(before["root"], opened["epoch"]!["root"]);
        Assert.Equal("1", opened["epoch"]!["epoch"]!.AsNumberText());
        Assert.Contains("no approval was needed", Ctl.Must("rotate", "ledger").Text, StringComparison.Ordinal);

        string log = Ctl.Must("log", "ledger").Text;
        Assert.Contains("── epoch 1 ──", log, StringComparison.Ordinal);
        Assert.Contains("── epoch 2 ──", log, StringComparison.Ordinal);
        Assert.Contains($"epoch 1 begins after {opened["index"]} entries", log, StringComparison.Ordinal);
        string rows = Ctl.Must("log", "ledger", "--event", "EPOCH_OPENED", "--json").Text;
        Assert.Equal(2, rows.Split("\"event\":\"EPOCH_OPENED\"").Length - 1);

        JsonValue told = JsonValue.Parse(Ctl.Must("debug", "ledger", "--json").Bytes);
        JsonValue epoch = told["epoch"]!;
        Assert.Equal("2", epoch["number"]!.AsNumberText());
        Assert.NotEqual("0", told["caches"]!["state_parts"]!.AsNumberText());

        Ctl.Must("verify", "ledger");
        Ctl.Must("prove", "ledger", "3", "-o", "three.tessrax.json");
        Ctl.Must("verify", "three.tessrax.json");
    }
}
