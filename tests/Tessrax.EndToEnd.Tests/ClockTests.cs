using Tessrax.Canonical;
using Tessrax.EndToEnd.Tests.Harness;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The real program under a clock that lies (Debian's faketime): a step is refused, recorded with approvals, and then followed.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_clock_that_stepped_ahead_is_refused_until_that_is_recorded_with_approvals()
    {
        Assert.SkipUnless(Clocks.CanLie, "faketime is not installed");
        Assert.SkipUnless(File.Exists("/proc/uptime"), "there is no /proc/uptime");
        Append(0);

        foreach ((string name, string value) in Clocks.OffBy(3 * 24 * 60 * 60))
            Ctl.Variables[name] = value;
        Assert.Contains("TSX4010", Append(4), StringComparison.Ordinal);
        string size = Json("debug", "ledger")["tree"]!["size"]!.AsNumberText();

        JsonValue proposed = Json(
            "clock",
            "adjust",
            "ledger",
            "--to",
            "now",
            "--reason",
            "the machine had been frozen"
        );
        Assert.Equal("pending", proposed["status"]!.AsString());
        Assert.Equal(size, proposed["index"]!.AsNumberText());
        string id = proposed["index"]!.AsNumberText();
        Assert.Contains("adjust the log's clock", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        Ctl.Must("approve", "ledger", id, "--key", "alice.key");
        Assert.Contains("TSX4010", Append(4), StringComparison.Ordinal);
        Assert.Contains(
            "recorded",
            Ctl.Must("approve", "ledger", id, "--key", "bob.key").Text,
            StringComparison.Ordinal
        );
        Append(0);

        Ctl.Variables.Remove("LD_PRELOAD");
        string[] lines = Ctl.Must("log", "ledger", "--json").Lines;
        JsonValue[] rows = [.. lines.Select(line => JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(line)))];
        Assert.Contains(rows, row => row["event"]!.AsString() == "CLOCK_ADJUSTED");
        Assert.True(TimeOf(rows[^1]) - TimeOf(rows[0]) > TimeSpan.FromDays(2.9));
        Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void Adjusting_needs_a_time_and_a_reason()
    {
        Assert.Equal(2, Ctl.Run("clock", "adjust", "ledger", "--to", "yesterday", "--reason", "x").ExitCode);
        Assert.Equal(2, Ctl.Run("clock", "adjust", "ledger", "--to", "now", "--reason", "").ExitCode);
        Assert.Equal(2, Ctl.Run("clock", "adjust", "ledger", "--to", "now").ExitCode);
    }

    private static UtcTime TimeOf(JsonValue row)
    {
        Assert.True(UtcTime.TryParse(row["recorded_at"]!.AsString(), out UtcTime time));
        return time;
    }

    private string Append(int exitCode)
    {
        Ctl.Write("payload.json", """{"a":1}""");
        CtlResult result = Ctl.Run("append", "ledger", "--event", "x-a", "--payload", "payload.json");
        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode} {result.Error}");
        return result.Error;
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(Ctl.Must([.. args, "--json"]).Bytes);
}
