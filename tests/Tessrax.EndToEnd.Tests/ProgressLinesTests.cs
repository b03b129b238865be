using System.Text;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>On a terminal a bar of progress is gone before the result is written: both end up on the same screen, and a line of the result would stand behind the bar.</summary>
public sealed class ProgressLinesTests : IDisposable
{
    private readonly LedgerHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_slow_ingest_leaves_no_bar_beside_its_result()
    {
        string all = Path.Combine(Spec.Root, "samples", "claims", "cve-cvss3.jsonl");
        string few = home.Ctl.PathOf("few.jsonl");
        File.WriteAllLines(few, File.ReadLines(all).Take(20));
        Judge("recording claims [", "ingest", home.Path, few);
    }

    [Fact]
    public void A_slow_examination_leaves_no_bar_beside_its_result() => Judge("examining entries", "doctor", home.Path);

    private static void Judge(string bar, params string[] args)
    {
        var screen = new MemoryStream();
        var process = new InProcess
        {
            IsTerminal = true,
            Time = new SlowClock(),
            Output = screen,
            Error = screen,
            Variables = { ["TESSRAX_PASSPHRASE"] = "secret", ["TESSRAX_PAGER"] = "cat" },
        };
        CtlResult result = process.Run(args);
        string written = Encoding.UTF8.GetString(screen.ToArray());
        Assert.True(result.ExitCode == 0, written);
        Assert.Contains(bar, written, StringComparison.Ordinal);
        // What a line shows is what was written after the cursor went back to its beginning for the last time.
        Assert.All(
            written.Split('\n').Select(line => line.TrimEnd('\r').Split('\r')[^1]),
            line => Assert.DoesNotContain(bar, line, StringComparison.Ordinal)
        );
    }

    // Two seconds pass between any two looks at it.
    private sealed class SlowClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref ticks, 2 * TimeSpan.TicksPerSecond);
    }
}
