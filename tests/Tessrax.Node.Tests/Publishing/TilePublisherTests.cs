using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Publishing;

public sealed class TilePublisherTests
{
    private static readonly LedgerLayout WithBundles = new(true, []);

    [Fact]
    public async Task Without_bundles_the_entries_lie_on_the_disk_once_and_readers_take_them_from_the_segments()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 599).Select(i => TestLedger.Own($"{i}")));
        Assert.DoesNotContain(Files(ledger), file => file.Contains("entries", StringComparison.Ordinal));
        TileReport report = Check(ledger);
        Assert.Empty(report.Findings);
        using LedgerView view = ledger.View();
        foreach (string place in new[] { ledger.DirectoryPath, Path.Combine(ledger.DirectoryPath, "tiles") })
        {
            ITileSource source = TileSource.Open(place, ledger.Environment);
            var reader = new TileReader(source, report.Checkpoint!.Head, TreeHasher.Sha256);
            foreach (int index in new[] { 0, 255, 256, 511, 599 })
                Assert.Equal(
                    view.Receipt(index).Leaf.ToArray(),
                    (await reader.ReadEntryAsync(index, TestContext.Current.CancellationToken)).ToArray()
                );
        }
        // Elsewhere, such as on a web server, the tiles alone are no whole log.
        string copy = ledger.Beside("copy");
        Directory.Move(Path.Combine(ledger.DirectoryPath, "tiles"), copy);
        TileReport elsewhere = await new TileCheck(
            TileSource.Open(copy, ledger.Environment),
            PublishedLog.Key
        ).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCodes.TileMissing, Assert.Single(elsewhere.Findings).Code);
    }

    [Fact]
    public void A_damaged_segment_gives_no_bundle_that_passes()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 300).Select(i => TestLedger.Own($"{i}")));
        string file = Directory.EnumerateFiles(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), "*.seg").Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().LastIndexOf("\"200\""u8)] ^= 1;
        File.WriteAllBytes(file, bytes);
        TileReport report = Check(ledger);
        Assert.False(report.Holds);
        Assert.All(
            report.Findings,
            finding => Assert.StartsWith("tile/entries", finding.Path, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_ledger_that_has_bundles_goes_on_with_them()
    {
        // As ledgers made before bundles were a choice: ledger.json says nothing of them.
        using var ledger = new TestLedger();
        Directory.CreateDirectory(Path.Combine(ledger.DirectoryPath, "tiles", "tile", "entries"));
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 300).Select(i => TestLedger.Own($"{i}")));
        Assert.Contains("tile/entries/000", Files(ledger));
        Assert.True(Check(ledger).Holds);
    }

    [Fact]
    public async Task A_ledger_is_a_static_log_as_well()
    {
        using var ledger = new TestLedger(layout: WithBundles);
        Assert.Equal(1, Check(ledger).Checkpoint!.Head.Size);
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 599).Select(i => TestLedger.Own($"{i}")));
        TileReport report = Check(ledger);
        Assert.Empty(report.Findings);
        Assert.True(report.Holds);
        using LedgerView view = ledger.View();
        Assert.Equal(new TreeHead(600, view.Tree.Root()), report.Checkpoint!.Head);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint")),
            File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "tiles", "checkpoint"))
        );
        var reader = new TileReader(Source(ledger), report.Checkpoint.Head, TreeHasher.Sha256);
        foreach (int index in new[] { 0, 255, 256, 511, 599 })
            Assert.Equal(
                view.Receipt(index).Leaf.ToArray(),
                (await reader.ReadEntryAsync(index, TestContext.Current.CancellationToken)).ToArray()
            );
        // Nothing but the files of a static log.
        Assert.Equal(
            [
                "checkpoint",
                "tile/0/000",
                "tile/0/001",
                "tile/0/002.p/88",
                "tile/1/000.p/2",
                "tile/entries/000",
                "tile/entries/001",
                "tile/entries/002.p/88",
            ],
            Files(ledger).Where(f => f is not "tile/1/000.p/1") // when the batch of genesis was offered there was none
        );
    }

    [Fact]
    public void Is_offered_at_most_once_a_second_and_always_at_the_end()
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock, layout: WithBundles);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            Assert.Equal(2, Check(ledger).Checkpoint!.Head.Size);
            clock.Pass(TimeSpan.FromMilliseconds(999));
            writer.Append([TestLedger.Own("two")]);
            Assert.Equal(2, Check(ledger).Checkpoint!.Head.Size);
            clock.Pass(TimeSpan.FromMilliseconds(1));
            writer.Append([TestLedger.Own("three")]);
            Assert.Equal(4, Check(ledger).Checkpoint!.Head.Size);
            // A tile that is full is written at once; the checkpoint waits.
            writer.Append(Enumerable.Range(0, 300).Select(i => TestLedger.Own($"{i}")));
            Assert.Contains("tile/entries/000", Files(ledger));
            Assert.Equal(4, Check(ledger).Checkpoint!.Head.Size);
            Assert.True(Check(ledger).Holds);
        }
        Assert.Equal(304, Check(ledger).Checkpoint!.Head.Size);
        Assert.True(Check(ledger).Holds);
    }

    [Fact]
    public void Partial_tiles_stay_until_the_full_one_is_there()
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock);
        using (LedgerWriter writer = ledger.Open())
        {
            foreach (int count in new[] { 9, 90, 100 })
            {
                clock.Pass(TimeSpan.FromSeconds(1));
                writer.Append(Enumerable.Range(0, count).Select(i => TestLedger.Own($"{i}")));
            }
            Assert.Equal(
                ["tile/0/000.p/1", "tile/0/000.p/10", "tile/0/000.p/100", "tile/0/000.p/200"],
                Files(ledger).Where(f => f.StartsWith("tile/0", StringComparison.Ordinal))
            );
            clock.Pass(TimeSpan.FromSeconds(1));
            writer.Append(Enumerable.Range(0, 57).Select(i => TestLedger.Own($"{i}")));
            Assert.Equal(
                ["tile/0/000", "tile/0/001.p/1"],
                Files(ledger).Where(f => f.StartsWith("tile/0", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public void What_is_lost_or_damaged_is_there_again_after_the_next_session()
    {
        var disk = new FaultyDisk();
        var log = new PublishedLog();
        log.Append(log.Open(disk), 600);
        foreach (
            string path in new[]
            {
                "checkpoint",
                "tile/0/000",
                "tile/0/001",
                "tile/0/002.p/88",
                "tile/1/000.p/2",
                "tile/entries/000",
                "tile/entries/001",
                "tile/entries/002.p/88",
            }
        )
        {
            string file = $"{PublishedLog.Folder}/tiles/{path}";
            byte[] right = [.. disk[file]];
            byte[] flipped = [.. right];
            flipped[right.Length / 2] ^= 4;
            foreach (byte[]? damage in new[] { null, [], right[..^1], [.. right, 0], flipped, new byte[right.Length] })
            {
                if (damage is null)
                    disk.Remove(file);
                else
                    disk[file] = [.. damage];
                Assert.False(PublishedLog.Check(disk).Holds, path);
                log.Open(disk).Flush();
                Assert.True(PublishedLog.Check(disk).Holds, path);
                Assert.Equal(right, disk[file]);
            }
        }
    }

    [Fact]
    public void A_ledger_mends_its_tiles_whenever_it_is_opened_to_write()
    {
        using var ledger = new TestLedger(layout: WithBundles);
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 299).Select(i => TestLedger.Own($"{i}")));
        File.Delete(Path.Combine(ledger.DirectoryPath, "tiles", "tile", "entries", "000"));
        File.Delete(Path.Combine(ledger.DirectoryPath, "tiles", "checkpoint"));
        Assert.False(Check(ledger).Holds);
        using (ledger.Open()) { }
        Assert.True(Check(ledger).Holds);
    }

    [Fact]
    public void A_ledger_that_never_offered_tiles_gets_them()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
            writer.Append(Enumerable.Range(0, 599).Select(i => TestLedger.Own($"{i}")));
        Directory.Delete(Path.Combine(ledger.DirectoryPath, "tiles"), recursive: true);
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("last")]);
        Assert.True(Check(ledger).Holds);
        Assert.Equal(601, Check(ledger).Checkpoint!.Head.Size);
    }

    [Fact]
    public void A_session_that_changes_nothing_writes_nothing()
    {
        using var ledger = new TestLedger();
        string file = Path.Combine(ledger.DirectoryPath, "tiles", "checkpoint");
        DateTime written = File.GetLastWriteTimeUtc(file);
        using (ledger.Open()) { }
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void What_cannot_be_offered_is_a_warning_and_the_append_holds()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        disk.Fails = (_, path) => path.Contains("tiles", StringComparison.Ordinal);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            Assert.Equal(ErrorCodes.NoPermission, writer.Warning!.Code);
            writer.Append([TestLedger.Own("two")]);
        }
        Assert.True(ledger.Verify().Holds);
        Assert.Equal(1, Check(ledger).Checkpoint!.Head.Size);
        disk.Fails = (_, _) => false;
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Close();
            Assert.Null(writer.Warning);
        }
        Assert.True(Check(ledger).Holds);
        Assert.Equal(3, Check(ledger).Checkpoint!.Head.Size);
    }

    [Fact]
    public void What_was_appended_in_vain_is_not_offered()
    {
        var disk = new BrokenDisk();
        using var ledger = new TestLedger(disk: disk);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            disk.Fails = (operation, path) => operation == "sync" && path.EndsWith(".seg", StringComparison.Ordinal);
            Assert.Throws<TessraxException>(() => writer.Append([TestLedger.Own("two")]));
            Assert.Equal(3, writer.Tree.Size);
        }
        Assert.Equal(2, Check(ledger).Checkpoint!.Head.Size);
        Assert.True(Check(ledger).Holds);
    }

    [Fact]
    public void Publishing_on_reads_back_no_more_than_the_last_bundle()
    {
        var disk = new FaultyDisk();
        var log = new PublishedLog();
        log.Append(log.Open(disk), 1000);
        TilePublisher next = log.Open(disk);
        log.Append(next, 10);
        next.Flush();
        Assert.Equal(1000 - 768, log.ReadBack);
        Assert.Equal(1010, PublishedLog.Check(disk).Checkpoint!.Head.Size);
        Assert.True(PublishedLog.Check(disk).Holds);
    }

    private static ITileSource Source(TestLedger ledger) => TileSource.Open(ledger.DirectoryPath, ledger.Environment);

    private static TileReport Check(TestLedger ledger) =>
        new TileCheck(Source(ledger), PublishedLog.Key).RunAsync().AsTask().GetAwaiter().GetResult();

    private static string[] Files(TestLedger ledger)
    {
        string folder = Path.Combine(ledger.DirectoryPath, "tiles");
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f))
                .Order(StringComparer.Ordinal),
        ];
    }
}
