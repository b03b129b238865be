using System.Text.Json;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>A ledger is replayed, measured and drawn, and what is broken in it is said.</summary>
public sealed class LedgerProfilerTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public LedgerProfilerTests()
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 20; i++)
            writer.Append([.. Enumerable.Range(0, 5).Select(n => TestLedger.Own($"{i} {n}"))]);
    }

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Counts_every_entry_and_draws_every_step(int threads)
    {
        var profiler = new LedgerProfiler(ledger.Environment)
        {
            Threads = threads,
            Most = 4,
            IsTraced = true,
        };
        ReplayProfile profile = profiler.Run(ledger.DirectoryPath);
        Assert.False(profile.IsRefuted);
        Assert.Equal(101, profile.Verdict.Size);
        Assert.Equal(101, profile.Timing.Entries);
        Assert.Equal(4, profile.Slowest.Count);
        Assert.True(profile.MedianCost > 0);
        Assert.Equal(threads, profile.Threads);
        using JsonDocument trace = JsonDocument.Parse(profiler.Trace("a ledger"));
        JsonElement[] events = [.. trace.RootElement.GetProperty("traceEvents").EnumerateArray()];
        JsonElement[] steps = [.. events.Where(e => e.GetProperty("ph").GetString() == "X")];
        Assert.Equal(21, steps.Count(s => s.GetProperty("name").GetString() == "fold"));
        Assert.Equal(
            101,
            steps.Where(s => IsNamed(s, "fold")).Sum(s => s.GetProperty("args").GetProperty("entries").GetInt32())
        );
        Assert.All(
            steps,
            s => Assert.True(s.GetProperty("ts").GetDouble() >= 0 && s.GetProperty("dur").GetDouble() >= 0)
        );
        HashSet<int> named =
        [
            .. events.Where(e => IsNamed(e, "thread_name")).Select(e => e.GetProperty("tid").GetInt32()),
        ];
        Assert.Superset(steps.Select(s => s.GetProperty("tid").GetInt32()).ToHashSet(), named);
        Assert.NotEmpty(profile.ToJson().ToCanonicalBytes());
    }

    [Fact]
    public void Says_that_a_ledger_is_broken()
    {
        string segment = Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("x-test"u8)] ^= 1;
        File.WriteAllBytes(segment, bytes);
        Assert.True(new LedgerProfiler(ledger.Environment).Run(ledger.DirectoryPath).IsRefuted);
    }

    [Fact]
    public void A_trace_stays_small_and_keeps_the_longest_steps()
    {
        var trace = new ChromeTrace(ledger.Clock);
        for (int i = 0; i < 300_000; i++)
            trace.Add("step", 1, 0, i % 1000, i, 1);
        trace.Add("longest", 1, 0, 1_000_000, 0, 1);
        byte[] bytes = trace.ToBytes("many");
        Assert.InRange(bytes.Length, 1, 64 << 20);
        using JsonDocument document = JsonDocument.Parse(bytes);
        Assert.Contains(
            "longest",
            document.RootElement.GetProperty("traceEvents").EnumerateArray().Last().GetProperty("name").GetString()
        );
        Assert.NotEqual("0", document.RootElement.GetProperty("otherData").GetProperty("events_left_out").GetString());
    }

    private static bool IsNamed(JsonElement step, string name) => step.GetProperty("name").GetString() == name;
}
