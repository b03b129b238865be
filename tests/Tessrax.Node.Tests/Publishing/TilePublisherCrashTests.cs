using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Publishing;

/// <summary>Every step of publishing fails in every way. What is offered always holds, and the next session offers everything.</summary>
public sealed class TilePublisherCrashTests
{
    private const int Batches = 9;
    private const int PerBatch = 67;

    [Fact]
    public void After_an_error_at_any_step_the_offer_still_holds_and_is_complete_at_the_end()
    {
        foreach (Fault fault in new[] { Fault.Lost, Fault.Landed, Fault.NoSpace, Fault.ShortWrite })
        {
            foreach (int step in Steps(17))
            {
                var disk = new FaultyDisk(step);
                disk.FailAt(step, fault);
                var log = new PublishedLog();
                Run(log, disk);
                Assert.True(disk.Fired);
                AssertHolds(disk, log.Tree.Size, $"{fault} at step {step}");
            }
        }
    }

    [Fact]
    public void After_a_kill_at_any_step_what_is_offered_holds_and_the_next_session_completes_it()
    {
        foreach (int step in Steps(5))
        {
            var disk = new FaultyDisk(step);
            disk.FailAt(step, Fault.Crash);
            var log = new PublishedLog();
            Assert.Throws<SimulatedCrash>(() => Run(log, disk));
            FaultyDisk next = disk.AfterKill();
            if (next.Exists($"{PublishedLog.Folder}/tiles/checkpoint"))
                AssertHolds(next, null, $"kill at step {step}");
            Continue(log, next, $"kill at step {step}, next session");
        }
    }

    [Fact]
    public void After_a_power_loss_at_any_step_the_next_session_makes_everything_right()
    {
        // Nothing is synced: files may be empty, torn, or gone, in any choice.
        foreach (int step in Steps(5))
        {
            var disk = new FaultyDisk(step);
            disk.FailAt(step, Fault.Crash);
            var log = new PublishedLog();
            Assert.Throws<SimulatedCrash>(() => Run(log, disk));
            for (int seed = 0; seed < 2; seed++)
                Continue(log, disk.AfterPowerLoss(1000 * step + seed), $"power loss at step {step}, seed {seed}");
        }
    }

    private static void Run(PublishedLog log, FaultyDisk disk)
    {
        TilePublisher publisher = log.Open(disk);
        for (int i = 0; i < Batches; i++)
        {
            Try(() => log.Append(publisher, PerBatch));
            log.Clock.Pass(TimeSpan.FromSeconds(1));
        }
        // The last failure may be of this one; then the next session is due.
        if (!Try(publisher.Flush))
            log.Open(disk).Flush();
    }

    private static void Continue(PublishedLog log, FaultyDisk disk, string what)
    {
        log.Open(disk).Flush();
        AssertHolds(disk, log.Tree.Size, what);
        Assert.DoesNotContain(
            disk.List($"{PublishedLog.Folder}/tiles"),
            name => name.EndsWith(".tmp", StringComparison.Ordinal)
        );
    }

    private static bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    private static void AssertHolds(FaultyDisk disk, long? size, string what)
    {
        TileReport report = PublishedLog.Check(disk);
        Assert.True(report.Holds, $"{what}: {report.ToJson()}");
        if (size is { } expected)
            Assert.True(report.Checkpoint!.Head.Size == expected, $"{what}: size {report.Checkpoint.Head.Size}");
    }

    // Some of all the steps that a run without faults takes.
    private static IEnumerable<int> Steps(int stride)
    {
        var disk = new FaultyDisk();
        var log = new PublishedLog();
        Run(log, disk);
        AssertHolds(disk, Batches * PerBatch, "no fault");
        for (int step = 1; step <= disk.Steps; step += stride)
            yield return step;
    }
}
