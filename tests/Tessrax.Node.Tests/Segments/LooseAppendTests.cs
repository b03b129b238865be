using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>What is appended loosely survives the process at once, and the machine once it was synced.</summary>
public sealed class LooseAppendTests
{
    private const int PerSegment = 5;

    // Two rolls, one record in several sectors, and a large one.
    private static readonly (int Count, int Payload)[] Workload =
    [
        (1, 40),
        (2, 1500),
        (2, 900),
        (1, 300_000),
        (4, 700),
        (1, 900),
        (1, 40),
    ];

    private static List<Batch> Batches { get; } = Store.Batches(Workload);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_was_appended_is_there_after_the_process_died(bool built)
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk, PerSegment);
        for (int i = 0; i < Batches.Count; i++)
        {
            Append(writer, Batches[i], built);
            Same(i + 1, Store.ReadAll(disk.AfterKill(), out _));
        }
        using SegmentWriter again = Store.Open(disk.AfterKill(), out List<Batch> found, out ScanEnd end);
        Assert.Equal((Batches.Count, 0), (found.Count, end.TornBytes));
    }

    [Fact]
    public void After_a_sync_it_is_there_when_the_machine_died_too()
    {
        for (int synced = 1; synced <= Batches.Count; synced++)
        {
            var disk = new FaultyDisk(synced);
            using SegmentWriter writer = Store.Create(disk, PerSegment);
            for (int i = 0; i < Batches.Count; i++)
            {
                Append(writer, Batches[i], built: false);
                if (i + 1 == synced)
                    writer.Sync();
            }
            for (int seed = 1; seed <= 20; seed++)
                Assert.True(FoundAfter(disk.AfterPowerLoss(seed)) >= synced);
        }
    }

    [Fact]
    public void Without_a_sync_every_segment_but_the_last_is_whole_when_the_machine_died()
    {
        int lost = 0;
        for (int count = 1; count <= Batches.Count; count++)
        {
            var disk = new FaultyDisk(count);
            using SegmentWriter writer = Store.Create(disk, PerSegment);
            foreach (Batch batch in Batches.Take(count))
                Append(writer, batch, built: false);
            long full = Math.Max(0, writer.Size - 1) / PerSegment * PerSegment;
            for (int seed = 1; seed <= 20; seed++)
            {
                int found = FoundAfter(disk.AfterPowerLoss(seed));
                lost += found < count ? 1 : 0;
                Assert.True(found > 0 || full == 0);
                Assert.True(found == 0 || Batches[found - 1].NextIndex >= full);
            }
        }
        Assert.True(lost > 20, $"{lost}: nothing was at stake");
    }

    [Fact]
    public void After_a_sync_that_failed_nothing_more_is_appended()
    {
        foreach (Fault how in (Fault[])[Fault.Lost, Fault.Landed])
        {
            var disk = new FaultyDisk();
            using SegmentWriter writer = Store.Create(disk, PerSegment);
            Append(writer, Batches[0], built: false);
            disk.FailAt(disk.Steps + 1, how);
            TessraxException told = Assert.Throws<TessraxException>(writer.Sync);
            Assert.True(disk.Fired);
            Assert.Equal(
                told.Code,
                Assert.Throws<TessraxException>(() => Append(writer, Batches[1], built: false)).Code
            );
            Same(1, Store.ReadAll(disk.AfterKill(), out _));
        }
    }

    [Fact]
    public void What_a_sync_lost_that_nobody_waited_for_is_durable_once_the_segments_were_opened_again()
    {
        int lost = 0;
        for (int count = 2; count <= 4; count++)
        {
            for (int seed = 1; seed <= 20; seed++)
            {
                Assert.Equal(count, FoundAfter(Reopened(count, SegmentWriter.MostUnsure).AfterPowerLoss(seed)));
                lost += FoundAfter(Reopened(count, 0).AfterPowerLoss(seed)) < count ? 1 : 0;
            }
        }
        Assert.True(lost > 20, $"{lost}: nothing was at stake");
    }

    // Records whose sync failed, read from the cache by whoever opens them next.
    private static FaultyDisk Reopened(int count, long unsure)
    {
        var disk = new FaultyDisk();
        using (SegmentWriter writer = Store.Create(disk))
        {
            foreach (Batch batch in Batches.Take(count))
                Append(writer, batch, built: false);
            disk.FailAt(disk.Steps + 1, Fault.Lost);
            Assert.Throws<TessraxException>(writer.Sync);
        }
        FaultyDisk cached = disk.AfterKill();
        var folder = new SegmentFolder(Store.Ledger, cached);
        SegmentWriter.OpenFrom(folder, Store.IsSigned, Store.Drawn(8), 0, unsure, out _).Dispose();
        return cached;
    }

    [Fact]
    public void Closing_syncs()
    {
        var disk = new FaultyDisk();
        using (SegmentWriter writer = Store.Create(disk, PerSegment))
            Append(writer, Batches[0], built: false);
        for (int seed = 1; seed <= 20; seed++)
            Assert.Equal(1, FoundAfter(disk.AfterPowerLoss(seed)));
    }

    [Fact]
    public async Task A_sync_beside_appends_keeps_what_came_before_it()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = Store.Create(disk, PerSegment);
        using var end = new CancellationTokenSource();
        Task syncing = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                    writer.Sync();
            },
            TestContext.Current.CancellationToken
        );
        for (int i = 0; i < 400; i++)
            writer.AppendLoosely(Store.Batch(writer.Size, 1));
        await end.CancelAsync();
        await syncing;
        writer.Sync();
        Assert.Equal(400, Store.ReadAll(disk.AfterPowerLoss(1), out ScanEnd found).Count);
        Assert.Equal(400, found.Size);
    }

    private static void Append(SegmentWriter writer, Batch batch, bool built)
    {
        if (!built)
        {
            writer.AppendLoosely(batch);
            return;
        }
        var record = new RecordBuilder();
        record.Begin(batch.FirstIndex);
        foreach (StoredEntry entry in batch.Entries)
            record.Add(entry.Entry.Span, entry.Payload.Span, entry.Salt.Span);
        writer.AppendLoosely(record, batch.Checkpoint.Span);
    }

    // How many batches are whole and in order; what is behind them may be in any disorder.
    private static int FoundAfter(FaultyDisk disk)
    {
        var found = new List<Batch>();
        using var reader = new SegmentReader(Store.Ledger, disk, Store.IsSigned);
        try
        {
            foreach (Batch batch in reader.ReadAll())
                found.Add(batch);
        }
        catch (TessraxException e)
        {
            Assert.Equal(ErrorCodes.Damaged, e.Code);
        }
        Store.AssertPrefix(found, Batches);
        return found.Count;
    }

    private static void Same(int count, List<Batch> found)
    {
        Assert.Equal(count, found.Count);
        Store.AssertPrefix(found, Batches);
    }
}
