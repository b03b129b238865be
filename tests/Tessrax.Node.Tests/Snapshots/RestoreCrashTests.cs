using Tessrax.Hashing;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>Whatever step of a restore fails, in whatever way: the directory is there whole, or not at all.</summary>
public sealed class RestoreCrashTests
{
    private const string Place = "/folder/ledger";
    private const string Temporary = "/folder/.ledger.1.1.tmp";

    private static readonly byte[] Backup = SnapshotSamples.Text(3, SnapshotKind.Backup);

    // A key that is made anew is whole when the directory is there, as all that comes from the backup.
    private static readonly NewKeyFile NewKey = new("new.key", Store.Bytes(300, 7));

    [Theory]
    [InlineData("Crash")]
    [InlineData("Lost")]
    [InlineData("Landed")]
    [InlineData("NoSpace")]
    [InlineData("ShortWrite")]
    public void A_restore_that_fails_anywhere_leaves_all_or_nothing(string how)
    {
        Fault fault = Enum.Parse<Fault>(how);
        int step = 1;
        for (bool fired = true; fired; step++)
        {
            FaultyDisk disk = SnapshotSamples.With(Backup);
            disk.FailAt(disk.Steps + step, fault);
            TessraxException? failed = TryRestore(disk, out bool crashed);
            fired = disk.Fired;
            Assert.True(fired || (failed is null && !crashed));
            if (fault is Fault.NoSpace or Fault.ShortWrite && failed is not null)
                Assert.Contains(failed.Code.Number, (int[])[3005, 3009]);
            foreach (FaultyDisk after in (FaultyDisk[])[disk.AfterKill(), disk.AfterPowerLoss(step)])
            {
                AllOrNothing(after, mustBeThere: failed is null && !crashed);
                after[SnapshotSamples.File] = Backup;
                // The next attempt, under another name, is not disturbed by what was left.
                if (!after.Exists(Place + "/ledger.json"))
                {
                    Assert.Null(TryRestore(after, out _, "/folder/.ledger.2.1.tmp"));
                    AllOrNothing(after, mustBeThere: true);
                }
            }
            // What failed without a crash has cleaned up, unless the cleaning failed itself.
            if (failed is not null && !crashed && !disk.Exists(Place + "/ledger.json"))
                Assert.False(disk.Exists(Temporary + "/ledger.json"));
        }
        Assert.True(step > 20, $"only {step} steps");
    }

    [Fact]
    public void Nothing_waits_for_the_disk_before_the_end()
    {
        FaultyDisk disk = SnapshotSamples.With(SnapshotSamples.Text(200, SnapshotKind.Backup));
        int before = disk.Steps;
        Assert.Null(TryRestore(disk, out _));
        // 200 records are 200 writes; a sync each would double that.
        Assert.InRange(disk.Steps - before, 200, 260);
    }

    [Fact]
    public void A_ledger_of_several_segments_is_restored_into_as_many()
    {
        List<Batch> batches = SnapshotSamples.Batches(34, payload: 8, entriesEach: 2048);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file"], SnapshotSamples.Text(batches, SnapshotKind.Backup));
        using (SnapshotReader reader = SnapshotReader.Open(SystemDisk.Instance, folder["file"]))
        {
            using var made = new RestoredDirectory(SystemDisk.Instance, folder["ledger"], folder[".ledger.1.1.tmp"]);
            made.Fill(reader, long.MaxValue, null, isWhole: true, Store.Drawn(3), null, CancellationToken.None);
            made.Publish(reader.Facts);
        }
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder["ledger"], "segments"), "*.seg").Length);
        using var segments = new SegmentReader(folder["ledger"], SystemDisk.Instance, static (_, _) => true);
        List<Batch> found = [.. segments.ReadAll()];
        Assert.Equal(batches.Count, found.Count);
        Store.AssertPrefix(found, batches);
    }

    [Fact]
    public void A_batch_that_lies_in_two_segments_is_refused()
    {
        byte[] file = SnapshotSamples.Text(SnapshotSamples.Batches(66, payload: 8, entriesEach: 1000));
        Assert.Contains("within one segment", SnapshotSamples.Refused(file).Message, StringComparison.Ordinal);
    }

    private static TessraxException? TryRestore(FaultyDisk disk, out bool crashed, string temporary = Temporary)
    {
        crashed = false;
        try
        {
            using SnapshotReader reader = SnapshotReader.Open(disk, SnapshotSamples.File);
            using var made = new RestoredDirectory(disk, Place, temporary) { Keys = [NewKey] };
            made.Fill(
                reader,
                reader.Head.Size + long.MaxValue / 2,
                null,
                isWhole: true,
                Store.Drawn(3),
                null,
                CancellationToken.None
            );
            reader.Finish();
            made.Publish(reader.Facts);
            return null;
        }
        catch (SimulatedCrash)
        {
            crashed = true;
            return null;
        }
        catch (TessraxException e)
        {
            return e;
        }
    }

    private static void AllOrNothing(FaultyDisk disk, bool mustBeThere)
    {
        if (!disk.Exists(Place + "/ledger.json"))
        {
            Assert.False(mustBeThere);
            Assert.False(disk.Exists(Place + "/segments/0000000000.seg"));
            Assert.False(disk.Exists(Place + "/checkpoint"));
            Assert.False(disk.Exists($"{Place}/keys/{NewKey.Name}"));
            return;
        }
        List<Batch> expected = SnapshotSamples.Batches(3);
        using var segments = new SegmentReader(Place, disk, static (_, _) => true);
        List<Batch> found = [.. segments.ReadAll()];
        Assert.Equal(expected.Count, found.Count);
        Store.AssertPrefix(found, expected);
        Assert.Equal(expected[^1].Checkpoint.ToArray(), disk[Place + "/checkpoint"]);
        Assert.Equal(NewKey.Content.ToArray(), disk[$"{Place}/keys/{NewKey.Name}"]);
        byte[] evidence = Store.Bytes(100, 5);
        Assert.Equal(evidence, disk[$"{Place}/evidence/{HashEngine.Sha256.Hash(evidence).ToHex()}"]);
    }
}
