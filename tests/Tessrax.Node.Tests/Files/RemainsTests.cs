using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Files;

/// <summary>What dead processes left unfinished goes, and nothing else does.</summary>
public sealed class RemainsTests
{
    // No process has so high a number: the kernel's limit is 2^22.
    private const int Dead = 2_000_000_000;

    [Fact]
    public void Only_a_directory_with_the_name_of_an_unfinished_one_is_removed()
    {
        using var folder = new TemporaryFolder();
        string[] kept = [".ledger.old.tmp", ".ledger.2026.tmp", ".ledger.a.b.tmp", $".ledger.x.{Dead}.1.tmp"];
        string gone = $".ledger.{Dead}.1.tmp";
        foreach (string name in kept.Append(gone))
        {
            Directory.CreateDirectory(folder[name]);
            File.WriteAllText(Path.Combine(folder[name], "a file"), "of a user");
        }
        Remains.DropDirectories(SystemDisk.Instance, folder.Path, "ledger");
        Assert.All(kept, name => Assert.True(File.Exists(Path.Combine(folder[name], "a file")), name));
        Assert.False(Directory.Exists(folder[gone]));
    }

    [Fact]
    public void A_backup_removes_no_file_beside_it_that_only_begins_like_its_own()
    {
        using var folder = new TemporaryFolder();
        string[] kept =
        [
            ".back.tmp",
            ".backup.tmp",
            $".back.up.{Dead}.1.tmp",
            $".backup.{Dead}.1.tmp",
            ".back.old.tmp",
        ];
        string gone = $".back.{Dead}.1.tmp";
        foreach (string name in kept.Append(gone))
            File.WriteAllText(folder[name], "of a user");
        StreamedFile.Create(SystemDisk.Instance, folder["back"], overwrite: false).Dispose();
        Assert.All(kept, name => Assert.True(File.Exists(folder[name]), name));
        Assert.False(File.Exists(folder[gone]));
    }

    [Fact]
    public void The_number_of_a_segment_is_not_taken_for_that_of_a_living_process()
    {
        Assert.SkipUnless(File.Exists("/proc/1/stat"), "there is no /proc");
        using var folder = new TemporaryFolder();
        string unfinished = folder[$".{SegmentFormat.FileName(1)}.tmp"];
        File.WriteAllText(unfinished, "");
        Remains.Drop(SystemDisk.Instance, folder.Path);
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public void A_writer_removes_what_is_unfinished_beside_its_segments_wherever_they_lie()
    {
        using var elsewhere = new TemporaryFolder();
        using var ledger = new TestLedger(layout: new LedgerLayout(false, ["a", elsewhere.Path]));
        string near = Path.Combine(ledger.DirectoryPath, "a");
        string[] left =
        [
            $".{SegmentFormat.FileName(1)}.tmp",
            $".0000000000.idx.{Dead}.1.tmp",
            $".0000000001.tail.{Dead}.2.tmp",
        ];
        string[] others = [$".photo.{Dead}.1.tmp", $".12345.seg.{Dead}.1.tmp"];
        foreach (string place in (string[])[near, elsewhere.Path])
        {
            foreach (string name in left.Concat(others))
                File.WriteAllText(Path.Combine(place, name), "");
        }
        ledger.Open().Dispose();
        foreach (string place in (string[])[near, elsewhere.Path])
        {
            Assert.All(left, name => Assert.False(File.Exists(Path.Combine(place, name)), name));
            Assert.All(others, name => Assert.True(File.Exists(Path.Combine(place, name)), name));
        }
    }
}
