using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Segments;

/// <summary>Segments share several directories, perhaps on several disks.</summary>
public sealed class SegmentDirectoryTests
{
    private static readonly string[] Named = ["near", "/far/away", "third"];

    [Fact]
    public void Segment_n_lies_in_directory_n_modulo_their_number()
    {
        FaultyDisk disk = Filled();
        for (long number = 0; number < 5; number++)
        {
            string folder = Path.Combine(Store.Ledger, Named[number % 3]);
            Assert.True(disk.Exists(Path.Combine(folder, SegmentFormat.FileName(number))), $"segment {number}");
        }
        using SegmentWriter writer = Open(disk);
        Assert.Equal(22, writer.Size);
        Assert.Equal(22, Read(disk));
        Assert.Equal(Store.Entry(13).Entry.ToArray(), writer.Reader.Read(13).Entry.ToArray());
        writer.Append(Store.Batch(22, 3));
        writer.Append(Store.Batch(25, 1));
        Assert.True(disk.Exists($"/far/away/{SegmentFormat.FileName(4)}"));
        Assert.True(disk.Exists($"{Store.Ledger}/third/{SegmentFormat.FileName(5)}"));
    }

    [Fact]
    public void A_segment_that_was_moved_to_another_of_the_directories_is_found()
    {
        FaultyDisk disk = Filled();
        disk.Rename(
            $"/far/away/{SegmentFormat.FileName(1)}",
            $"{Store.Ledger}/near/{SegmentFormat.FileName(1)}",
            false
        );
        Assert.Equal(22, Read(disk));
    }

    [Fact]
    public void A_directory_that_is_away_is_named_and_a_file_that_is_missing_is_damage()
    {
        FaultyDisk disk = Filled();
        disk.Remove($"/far/away/{SegmentFormat.FileName(1)}");
        TessraxException error = Assert.Throws<TessraxException>(() => Read(disk));
        Assert.Equal(ErrorCodes.Damaged, error.Code);
        Assert.Contains("/far/away/0000000001.seg", error.Message, StringComparison.Ordinal);
        disk.Unmount("/far/away");
        error = Assert.Throws<TessraxException>(() => Read(disk));
        Assert.Equal(ErrorCodes.SegmentsAway, error.Code);
        Assert.Contains("/far/away", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_remembers_its_directories_and_is_whole_with_them()
    {
        using var elsewhere = new TemporaryFolder();
        using var ledger = new TestLedger(layout: new LedgerLayout(false, ["a", elsewhere.Path]));
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("one")]);
        Assert.True(File.Exists(Path.Combine(ledger.DirectoryPath, "a", SegmentFormat.FileName(0))));
        Assert.False(Directory.Exists(Path.Combine(ledger.DirectoryPath, "segments")));
        using (LedgerView view = ledger.View())
            Assert.Equal(2, view.Size);
        Assert.True(ledger.Verify().Holds);
        LedgerDirectory directory = LedgerDirectory.Open(ledger.DirectoryPath, ledger.Environment.Disk);
        Assert.Equal(["a", elsewhere.Path], directory.Layout.SegmentDirectories);
        Directory.Delete(elsewhere.Path, recursive: true);
        Assert.Equal(ErrorCodes.SegmentsAway, Assert.Throws<TessraxException>(() => ledger.View()).Code);
        Directory.CreateDirectory(elsewhere.Path);
    }

    [Fact]
    public void A_directory_that_holds_another_ledgers_segments_is_refused()
    {
        using var elsewhere = new TemporaryFolder();
        var layout = new LedgerLayout(false, [elsewhere.Path]);
        using var first = new TestLedger(layout: layout);
        TessraxException error = Assert.Throws<TessraxException>(() => new TestLedger(layout: layout));
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.True(first.Verify().Holds);
    }

    [Fact]
    public void A_directory_that_is_empty_and_another_ledgers_is_refused_and_given_back_if_no_ledger_was_made()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        // The first segment lies in the first directory, so the second one is empty for long.
        using var first = new TestLedger(layout: new LedgerLayout(false, [one.Path, two.Path]));
        Assert.Empty(Directory.GetFiles(two.Path, "*.seg"));
        using var three = new TemporaryFolder();
        TessraxException error = Assert.Throws<TessraxException>(() =>
            new TestLedger(layout: new LedgerLayout(false, [three.Path, two.Path]))
        );
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.Contains(two.Path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(three.Path));
        using var second = new TestLedger(layout: new LedgerLayout(false, [three.Path]));
        Assert.Equal($"{second.Id}\n", File.ReadAllText(Path.Combine(three.Path, SegmentClaims.FileName)));
        Assert.True(first.Verify().Holds && second.Verify().Holds);
    }

    [Theory]
    [InlineData("""{"segment_dirs":"a"}""")]
    [InlineData("""{"segment_dirs":[1]}""")]
    [InlineData("""{"segment_dirs":[""]}""")]
    [InlineData("""{"entry_bundles":1}""")]
    [InlineData("""{"segments_dirs":[]}""")]
    public void Facts_that_are_not_understood_are_damage(string more)
    {
        using var ledger = new TestLedger();
        string file = Path.Combine(ledger.DirectoryPath, LedgerDirectory.FactsFile);
        string facts = File.ReadAllText(file);
        File.WriteAllText(file, facts[..^1] + "," + more[1..]);
        Assert.True(JsonValue.Parse(File.ReadAllBytes(file)).Kind == JsonKind.Object);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => ledger.View()).Code);
    }

    private static long Read(FaultyDisk disk)
    {
        var folder = new SegmentFolder(Store.Ledger, disk, Named);
        using var reader = new SegmentReader(folder, Store.IsSigned);
        return reader.ReadAll().Sum(batch => (long)batch.Entries.Count);
    }

    private static SegmentWriter Open(FaultyDisk disk) =>
        SegmentWriter.OpenFrom(
            new SegmentFolder(Store.Ledger, disk, Named),
            Store.IsSigned,
            Store.Drawn(8),
            0,
            0,
            out _
        );

    private static FaultyDisk Filled()
    {
        var disk = new FaultyDisk();
        using SegmentWriter writer = SegmentWriter.Create(Store.Ledger, disk, Store.IsSigned, Store.Drawn(7), 5, Named);
        while (writer.Size < 22)
            writer.Append(Store.Batch(writer.Size, 1));
        return disk;
    }
}
