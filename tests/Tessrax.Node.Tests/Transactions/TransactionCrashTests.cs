using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Every step of preparing, committing and aborting fails in every way. What was acknowledged stays true, what was not is one thing or the other,
/// and no receipt has two indexes.</summary>
public sealed class TransactionCrashTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly FaultyDisk empty = new();
    private readonly TestLedger ledger;

    public TransactionCrashTests() => ledger = new TestLedger(clock: clock, disk: empty);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void After_an_error_at_any_step_a_coordinator_that_asks_again_finishes()
    {
        foreach (Fault fault in new[] { Fault.Lost, Fault.Landed, Fault.NoSpace, Fault.ShortWrite })
        {
            foreach (int step in Steps(fault is Fault.Lost or Fault.Landed ? 2 : 7))
            {
                FaultyDisk disk = empty.AfterKill();
                disk.FailAt(step, fault);
                var told = new Coordinator();
                Try(() => Run(disk, told));
                Assert.True(disk.Fired);
                CheckAndFinish(disk.AfterKill(), told, $"{fault} at step {step}");
                CheckAndFinish(disk.AfterPowerLoss(step), told, $"{fault} at step {step}, then power loss");
            }
        }
    }

    [Fact]
    public void After_a_kill_or_a_power_loss_at_any_step_a_coordinator_that_asks_again_finishes()
    {
        foreach (int step in Steps(1))
        {
            FaultyDisk disk = empty.AfterKill();
            disk.FailAt(step, Fault.Crash);
            var told = new Coordinator();
            Assert.Throws<SimulatedCrash>(() => Run(disk, told));
            CheckAndFinish(disk.AfterKill(), told, $"kill at step {step}");
            CheckAndFinish(disk.AfterPowerLoss(step), told, $"power loss at step {step}");
        }
    }

    [Fact]
    public void A_crash_while_a_crash_is_recovered_from_changes_nothing()
    {
        // The crash comes after the first receipt is in the log, and before that is written down.
        FaultyDisk disk = empty.AfterKill();
        var told = new Coordinator();
        using (LedgerWriter writer = Open(disk))
        {
            var desk = new TransactionDesk(writer);
            desk.Prepare(told.DraftOf(Coordinator.First));
            told.Prepared.Add(Coordinator.First);
            disk = disk.AfterKill();
        }
        using (LedgerWriter writer = Open(disk))
        {
            var desk = new TransactionDesk(writer);
            byte[] waiting = disk[FileOf(told)];
            told.Committed[Coordinator.First] = desk.Commit(told.TokenOf(Coordinator.First));
            disk.Remove(FileOf(told).Replace(".prepared", ".committed", StringComparison.Ordinal));
            disk[FileOf(told)] = waiting;
            disk = disk.AfterKill();
        }
        for (int step = 1; ; step++)
        {
            FaultyDisk again = disk.AfterKill();
            again.FailAt(step, Fault.Crash);
            Try(() =>
            {
                using LedgerWriter writer = Open(again);
                _ = new TransactionDesk(writer);
            });
            if (!again.Fired)
                break;
            CheckAndFinish(again.AfterKill(), told, $"second kill at step {step}");
            CheckAndFinish(again.AfterPowerLoss(step), told, $"power loss at step {step} of recovery");
        }
    }

    private void Run(FaultyDisk disk, Coordinator told)
    {
        using LedgerWriter writer = Open(disk);
        told.Run(writer);
    }

    private void CheckAndFinish(FaultyDisk disk, Coordinator told, string what)
    {
        TransactionState?[] answers = Answers(disk, told, what);
        // Whatever was answered, a power loss right after the answer takes nothing back.
        Assert.Equal(answers, Answers(disk.AfterPowerLoss(what.Length), told, $"{what}, power loss after the answer"));
        using (LedgerWriter writer = Open(disk))
        {
            told.Finish(writer, what);
            Assert.DoesNotContain(disk.List(FolderPath), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        }
        // Once more, from the disk alone.
        using LedgerWriter last = Open(disk.AfterKill());
        told.MustBeAll(last, 1);
    }

    private TransactionState?[] Answers(FaultyDisk disk, Coordinator told, string what)
    {
        using LedgerWriter writer = Open(disk);
        return told.Answers(writer, what);
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is TessraxException or SimulatedCrash) { }
    }

    private string FolderPath => Path.Combine(ledger.DirectoryPath, "prepared");

    private string FileOf(Coordinator told) => Path.Combine(FolderPath, $"{told.TokenOf(Coordinator.First)}.prepared");

    private NodeEnvironment On(FaultyDisk disk) => ledger.Environment with { Disk = disk };

    private LedgerWriter Open(FaultyDisk disk) => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), On(disk));

    private IEnumerable<int> Steps(int stride)
    {
        FaultyDisk disk = empty.AfterKill();
        var told = new Coordinator();
        Run(disk, told);
        Assert.Equal((4, 2, 1), (told.Prepared.Count, told.Committed.Count, told.Aborted.Count));
        CheckAndFinish(disk.AfterKill(), told, "no fault");
        return Enumerable.Range(0, ((disk.Steps - 1) / stride) + 1).Select(i => 1 + (i * stride));
    }
}
