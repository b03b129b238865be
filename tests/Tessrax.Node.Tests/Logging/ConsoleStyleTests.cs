using System.Text;
using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Node.Logging;
using Tessrax.Node.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Logging;

/// <summary>Log messages look one way wherever they are written.</summary>
public sealed class ConsoleStyleTests : IDisposable
{
    private readonly MemoryStream stream = new();

    private string Written => Encoding.UTF8.GetString(stream.ToArray());

    public void Dispose() => stream.Dispose();

    [Fact]
    public void A_line_for_people_has_time_level_number_and_message()
    {
        Style(LogLevel.Debug).TornWrite(12, "decisions");
        Assert.Equal(
            "02:31:07.123Z warn     1001 12 bytes of a write that a crash cut short were dropped from decisions; it was never acknowledged\n",
            Written
        );
    }

    [Fact]
    public void A_line_for_programs_is_one_document()
    {
        Style(LogLevel.Debug, LogFormat.Json)
            .Found("damage", "bit-rot", "a\n\ud800b", "it \"lies\"", ErrorCodes.Damaged);
        JsonValue line = JsonValue.Parse(Encoding.UTF8.GetBytes(Written.TrimEnd('\n')));
        Assert.Equal(1, Written.Count(c => c == '\n'));
        Assert.Equal("2026-11-27T02:31:07.123456Z", line["t"]!.AsString());
        Assert.Equal("warn", line["level"]!.AsString());
        Assert.Equal("recovery", line["area"]!.AsString());
        Assert.Equal("1101", line["id"]!.AsNumberText());
        Assert.Equal("Found", line["name"]!.AsString());
        Assert.Equal("TSX3003", line["values"]!["code"]!.AsString());
        Assert.Equal("a\n\ufffdb", line["values"]!["file"]!.AsString());
        Assert.Equal("damage bit-rot in a\n\ufffdb: it \"lies\" (TSX3003)", line["message"]!.AsString());
    }

    [Fact]
    public void What_is_below_the_level_is_not_written_and_nothing_at_all_when_it_is_off()
    {
        ILogger style = Style(LogLevel.Warning);
        style.Durable(1, 2);
        style.Opened("o", default, "p", 3);
        Assert.Empty(Written);
        style.TornWrite(1, "p");
        Assert.NotEmpty(Written);
        Assert.False(Style(LogLevel.None).IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void What_a_terminal_would_obey_is_escaped()
    {
        Style(LogLevel.Trace).Mended("\u001b[31m");
        Assert.Contains("mended: \\u{001B}[31m\n", Written, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_several_threads_do_not_mix()
    {
        ILogger style = Style(LogLevel.Trace);
        Parallel.For(0, 1000, i => style.Durable(i, 7));
        string[] lines = Written.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1000, lines.Length);
        Assert.All(lines, line => Assert.EndsWith("entries from 7 on are durable", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_stream_that_fails_is_left_alone()
    {
        stream.Dispose();
        ILogger style = Style(LogLevel.Trace);
        style.Durable(1, 2);
        style.Durable(1, 2);
    }

    [Fact]
    public void A_ledger_tells_when_it_is_opened_appended_to_and_closed()
    {
        using var ledger = new TestLedger();
        NodeEnvironment told = ledger.Environment with { Logger = Style(LogLevel.Trace) };
        using (var writer = Tessrax.Node.Appending.LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), told))
        {
            writer.Append([TestLedger.Own("one")]);
            writer.Close();
        }
        Doctor.Examine(ledger.DirectoryPath, told);
        int[] ids =
        [
            .. Written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => int.Parse(l.AsSpan(23, 4), null)),
        ];
        Assert.Equal([1000, 2000, 1003, 1100], ids.Where(id => id < 3000).Distinct());
    }

    private ConsoleStyle Style(LogLevel least, LogFormat format = LogFormat.Text) =>
        new(stream, new Fixed(), least, format);

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            new DateTimeOffset(2026, 11, 27, 2, 31, 7, TimeSpan.Zero).AddTicks(1_234_560);
    }
}
