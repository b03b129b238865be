using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>A workload that fails at every single step, in every way; then everything acknowledged is there, nothing else
/// appeared, and the ledger goes on.</summary>
public sealed class CrashTests
{
    private const int PerSegment = 5;

    // Two rolls, one record in several sectors, one that makes the file longer itself, and one after it that needs more zeros.
    private static readonly (int Count, int Payload)[] Workload =
    [
        (1, 40),
        (2, 1500),
        (2, 900),
        (1, 300_000),
        (4, 700),
        (3, 900),
    ];

    private static List<Batch> Batches { get; } = Store.Batches(Workload);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Keeps_what_was_acknowledged_whichever_step_fails(int how)
    {
        int step = 1;
        while (true)
        {
            for (int seed = 1; seed <= 3; seed++)
            {
                var disk = new FaultyDisk(seed);
                disk.FailAt(step, (Fault)how);
                int acknowledged = Run(disk, out bool created);
                if (!disk.Fired)
                {
                    Assert.True(step > 30, "the workload has become too short to prove much");
                    return;
                }
                CheckAfter(disk.AfterKill(), acknowledged, created, step, seed);
                CheckAfter(disk.AfterPowerLoss(seed), acknowledged, created, step, seed);
            }
            step++;
        }
    }

    [Fact]
    public void Survives_a_second_crash_at_every_step_of_recovery()
    {
        int torn = 0;
        for (int step = 12; ; step++)
        {
            var disk = new FaultyDisk(step);
            disk.FailAt(step, Fault.Crash);
            int acknowledged = Run(disk, out _);
            if (!disk.Fired)
            {
                Assert.True(torn > 5, $"{torn}: hardly any recovery met a torn tail");
                return;
            }
            for (int second = 1, fired = 1; fired == 1; second++)
            {
                FaultyDisk after = disk.AfterPowerLoss(second);
                after.FailAt(second, Fault.Crash);
                int found = acknowledged;
                try
                {
                    using SegmentWriter writer = Store.Open(after, out List<Batch> batches, out ScanEnd end);
                    found = batches.Count;
                    torn += end.TornBytes > 0 ? 1 : 0;
                    if (found < Batches.Count)
                    {
                        writer.Append(Batches[found]);
                        found++;
                    }
                }
                catch (SimulatedCrash) { }
                fired = after.Fired ? 1 : 0;
                CheckAfter(after.AfterPowerLoss(step), found, created: true, step, second);
            }
        }
    }

    [Fact]
    public void Shows_a_reader_nothing_that_a_power_loss_takes_back()
    {
        for (int step = 1; ; step++)
        {
            var disk = new FaultyDisk(step);
            disk.FailAt(step, Fault.Crash);
            Run(disk, out bool created);
            if (!disk.Fired)
            {
                return;
            }
            FaultyDisk killed = disk.AfterKill();
            if (!created || !killed.Exists(Store.PathOf(0)))
            {
                continue;
            }
            List<Batch> shown = Store.ReadAll(killed, out _);
            List<Batch> later = Store.ReadAll(killed.AfterPowerLoss(step), out _);
            Assert.True(later.Count >= shown.Count, $"step {step}: shown {shown.Count}, then {later.Count}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Goes_on_after_a_full_disk_without_opening_again(int how)
    {
        int retried = 0;
        for (int step = 1; ; step++)
        {
            var disk = new FaultyDisk();
            using SegmentWriter writer = Store.Create(disk, PerSegment);
            disk.FailAt(disk.Steps + step, (Fault)how);
            foreach (Batch batch in Batches)
            {
                TessraxException? error = Try(() => writer.Append(batch));
                if (error is null)
                {
                    continue;
                }
                if (error.Code != ErrorCodes.DiskFull)
                {
                    AssertStopped(writer, batch);
                    break;
                }
                retried++;
                writer.Append(batch);
            }
            if (!disk.Fired)
            {
                Assert.True(retried > 10, "hardly any step met a full disk");
                return;
            }
        }
    }

    [Fact]
    public void Leaves_only_zeros_after_a_write_that_met_a_full_disk()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk);
        disk.FailAt(disk.Steps + 1, Fault.ShortWrite);
        TessraxException error = Assert.Throws<TessraxException>(() => writer.Append(Store.Batch(0, 3, 900)));
        Assert.Equal(ErrorCodes.DiskFull, error.Code);
        Assert.Equal(-1, disk[Store.PathOf(0)].AsSpan(SegmentHeader.Length).IndexOfAnyExcept((byte)0));
        Store.ReadAll(disk.AfterPowerLoss(1), out ScanEnd end);
        Assert.Equal(0, end.TornBytes);
        writer.Append(Store.Batch(0, 1));
        Assert.Single(Store.ReadAll(disk, out end));
        Assert.Equal(0, end.TornBytes);
    }

    [Fact]
    public void Never_believes_a_record_whose_sync_failed()
    {
        var disk = new FaultyDisk();
        SegmentWriter writer = Store.Create(disk);
        writer.Append(Batches[0]);
        disk.FailAt(disk.Steps + 2, Fault.Lost);
        TessraxException error = Assert.Throws<TessraxException>(() => writer.Append(Batches[1]));
        Assert.Equal(ErrorCodes.OutcomeUnknown, error.Code);
        AssertStopped(writer, Batches[1]);
        Assert.Equal(1, writer.Size);

        // The cache shows the record and the disk does not have it; opening writes it again before anyone relies on it.
        FaultyDisk killed = disk.AfterKill();
        Assert.Equal(2, Store.ReadAll(killed.AfterKill(), out _).Count);
        Assert.Single(Store.ReadAll(killed.AfterPowerLoss(1), out _));
        using SegmentWriter again = Store.Open(killed, out List<Batch> batches, out _);
        Assert.Equal(2, batches.Count);
        Assert.Equal(2, Store.ReadAll(killed.AfterPowerLoss(1), out _).Count);
    }

    private static void CheckAfter(FaultyDisk disk, int acknowledged, bool created, int step, int seed)
    {
        if (!created)
        {
            // The ledger was not there yet: it opens empty, or there is none.
            TessraxException? none = Try(() => Store.Open(disk, out _, out _).Dispose());
            Assert.True(none is null || none.Code == ErrorCodes.NotALedger || none.Code == ErrorCodes.Damaged);
            return;
        }
        using (SegmentWriter writer = Store.Open(disk, out List<Batch> batches, out ScanEnd end))
        {
            string where = $"step {step}, seed {seed}: {acknowledged} acknowledged, {batches.Count} found";
            Assert.True(batches.Count == acknowledged || batches.Count == acknowledged + 1, where);
            Store.AssertPrefix(batches, Batches);
            Assert.Equal(end.Size, writer.Size);
            AssertKept(disk, batches.Count, seed, where);
            foreach (Batch batch in Batches.Skip(batches.Count))
            {
                writer.Append(batch);
            }
            AssertKept(disk, Batches.Count, seed, where);
            Assert.Equal(0, writer.TornBytes);
        }
        Store.AssertPrefix(Store.ReadAll(disk, out ScanEnd last), Batches);
        Assert.Equal(Batches[^1].NextIndex, last.Size);
        Assert.Equal(0, last.TornBytes);
    }

    private static void AssertKept(FaultyDisk disk, int count, int seed, string where)
    {
        List<Batch> kept = Store.ReadAll(disk.AfterPowerLoss(seed), out _);
        Assert.True(kept.Count == count, $"{where}; after a power loss {kept.Count}, not {count}");
        Store.AssertPrefix(kept, Batches);
    }

    private static void AssertStopped(SegmentWriter writer, Batch batch)
    {
        Assert.Equal(ErrorCodes.OutcomeUnknown, Assert.Throws<TessraxException>(() => writer.Append(batch)).Code);
        Assert.Equal(ErrorCodes.OutcomeUnknown, Assert.Throws<TessraxException>(writer.DropTornTail).Code);
        Assert.Equal(ErrorCodes.OutcomeUnknown, Assert.Throws<TessraxException>(() => writer.Reader).Code);
    }

    private static int Run(FaultyDisk disk, out bool created)
    {
        int acknowledged = 0;
        created = false;
        try
        {
            using SegmentWriter writer = Store.Create(disk, PerSegment);
            created = true;
            foreach (Batch batch in Batches)
            {
                writer.Append(batch);
                acknowledged++;
            }
        }
        catch (TessraxException) { }
        catch (SimulatedCrash) { }
        return acknowledged;
    }

    private static TessraxException? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }
}
