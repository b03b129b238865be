using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>The end of a ledger is gone, and what there is of it elsewhere is older: what was signed comes back, and the log signs nothing else for the rest.</summary>
public sealed class LostTailTests : IDisposable
{
    private readonly SmallLedger ledger = new();

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_older_mirror_gives_back_what_it_has_of_the_end(bool hasTiles)
    {
        string older = Older(ledger.Mirror, 27);
        LoseEnd(hasTiles);

        RepairReport report = Run([older]);

        RepairedPart part = Assert.Single(report.Parts);
        Assert.Equal([new LeafRange(24, 27)], part.Restored);
        Assert.Equal([new LeafRange(27, 30)], part.Lost);
        // The tiles tell what the others must be, if somebody finds them.
        Assert.Equal(hasTiles ? 30 : 27, report.After.Proven.Size);
        Assert.Contains(
            report.After.Faults,
            fault => fault.Cause == FaultCause.Missing && fault.Entries == new LeafRange(27, 30)
        );
        RequireNoOtherHistory();
        Assert.True(Run([ledger.Mirror]).IsWhole);
        RequireSame(SmallLedger.Batches(ledger.Mirror));
        ledger.Ledger.Open().Dispose();
    }

    [Fact]
    public void An_older_backup_gives_back_what_it_has_of_the_end()
    {
        string file = Export(27, SnapshotKind.Backup);
        LoseEnd(hasTiles: false);

        RepairReport report = Run([file]);

        Assert.Equal([new LeafRange(24, 27)], report.Parts.SelectMany(p => p.Restored));
        Assert.Equal([new LeafRange(27, 30)], report.Parts.SelectMany(p => p.Lost));
        RequireNoOtherHistory();
        // Nothing more is to be had, so nothing more is done.
        Assert.Empty(Run([file]).Parts.SelectMany(p => p.Restored));
        Assert.Equal(1, Run([file]).Owed);
    }

    [Fact]
    public void The_end_of_a_record_that_was_cut_comes_back_as_far_as_an_older_copy_goes()
    {
        string older = Older(ledger.Mirror, 27);
        LoseEnd(hasTiles: true, () => Cut(ledger.Segment(3), FaultTable.RecordAt(ledger, 3, 0) + 100));

        RepairReport report = Run([older]);

        Assert.Equal([new LeafRange(24, 25), new LeafRange(25, 27)], report.Parts.SelectMany(p => p.Restored));
        Assert.Equal([new LeafRange(27, 30)], report.Parts.SelectMany(p => p.Lost));
        Assert.Contains(report.Before.Faults, fault => fault.Cause == FaultCause.Truncation);
        RequireNoOtherHistory();
        Assert.True(Run([ledger.Mirror]).IsWhole);
        RequireSame(SmallLedger.Batches(ledger.Mirror));
    }

    [Fact]
    public void A_segment_in_the_middle_is_restored_as_far_as_an_older_copy_goes()
    {
        string older = Older(ledger.Mirror, 11);
        File.Delete(ledger.Segment(1));
        Directory.Delete(Path.Combine(ledger.Path, "tiles"), recursive: true);

        RepairReport report = Run([older]);

        Assert.Equal([new LeafRange(8, 11)], report.Parts.SelectMany(p => p.Restored));
        Assert.Equal([new LeafRange(11, 16)], report.Parts.SelectMany(p => p.Lost));
        Assert.True(Run([ledger.Mirror]).IsWhole);
        RequireSame(SmallLedger.Batches(ledger.Mirror));
    }

    [Fact]
    public void An_older_mirror_that_was_edited_gives_nothing_at_the_end()
    {
        string older = Older(
            ledger.Mirror,
            27,
            entry => entry with { Entry = FaultTable.Replace(entry.Entry, "x-test", "x-tist") }
        );
        LoseEnd(hasTiles: true);

        RepairReport report = Run([older]);

        Assert.Empty(report.Parts.SelectMany(p => p.Restored));
        Assert.Equal([new LeafRange(24, 30)], report.Parts.SelectMany(p => p.Lost));
    }

    [Fact]
    public void Of_two_histories_that_the_log_signed_the_one_is_restored_that_its_newest_checkpoint_covers()
    {
        string other = ledger.Ledger.Beside("other");
        SmallLedger.CopyDirectory(Older(ledger.Mirror, 24), other);
        Fork(other);
        LoseEnd(hasTiles: true);

        RepairReport report = Run([other]);

        Assert.Empty(report.Parts.SelectMany(p => p.Restored));
        Assert.Equal([new LeafRange(24, 30)], report.Parts.SelectMany(p => p.Lost));
        RequireNoOtherHistory();
    }

    [Theory]
    [InlineData("mirror")]
    [InlineData("log")]
    public void A_newer_checkpoint_in_a_copy_keeps_the_log_from_signing_again(string kind)
    {
        // An older copy of the whole ledger, and nothing on this machine that tells of more.
        string copy = Heads(kind);
        RollBack();
        byte[] before = File.ReadAllBytes(Checkpoint);

        Assert.False(Repair.Run(ledger.Path, [copy], ledger.Ledger.Environment, isDry: true).IsWhole);
        Assert.Equal(before, File.ReadAllBytes(Checkpoint));
        RepairReport report = Run([copy]);

        Assert.False(report.IsWhole);
        Assert.Equal([new LeafRange(27, 30)], report.Parts.SelectMany(p => p.Lost));
        RequireNoOtherHistory();
        Directory.Delete(Path.Combine(ledger.Ledger.State, "marks"), recursive: true);
        RequireNoOtherHistory();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_older_copy_of_the_whole_ledger_is_brought_forward_by_a_newer_one(bool isSnapshot)
    {
        string copy = isSnapshot ? Export(30, SnapshotKind.Snapshot) : ledger.Mirror;
        RollBack();

        RepairReport report = Run([copy]);

        Assert.True(report.IsWhole, report.ToJson().ToString());
        Assert.Equal(FaultCause.Rollback, Assert.Single(report.Parts).Cause);
        RequireSame(SmallLedger.Batches(ledger.Mirror));
        ledger.Ledger.Open().Dispose();
    }

    [Fact]
    public void Two_histories_in_two_copies_are_told_of()
    {
        string other = ledger.Ledger.Beside("other");
        SmallLedger.CopyDirectory(Older(ledger.Mirror, 24), other);
        Fork(other);

        RepairReport report = Run([other]);

        Assert.False(report.IsWhole);
        Assert.Contains(report.After.Faults, fault => fault.Code == ErrorCodes.Inconsistent);
        RequireSame(SmallLedger.Batches(ledger.Mirror));
    }

    private string Checkpoint => Path.Combine(ledger.Path, "checkpoint");

    // Neither mark nor bundles are left, and the last segment is lost, or what is left of it.
    private void LoseEnd(bool hasTiles, Action? lose = null)
    {
        (lose ?? (() => File.Delete(ledger.Segment(3))))();
        Directory.Delete(Path.Combine(ledger.Ledger.State, "marks"), recursive: true);
        string tiles = Path.Combine(ledger.Path, "tiles");
        Directory.Delete(hasTiles ? Path.Combine(tiles, "tile", "entries") : tiles, recursive: true);
    }

    private void Fork(string other)
    {
        string mark = Path.Combine(ledger.Ledger.State, "marks");
        Directory.Delete(mark, recursive: true);
        using (var writer = LedgerWriter.Open(other, TestLedger.Keys(), ledger.Ledger.Environment))
            writer.Append([TestLedger.Own("another"), TestLedger.Own("history")]);
        Directory.Delete(mark, recursive: true);
        Directory.CreateDirectory(mark);
    }

    private void RollBack()
    {
        string older = Older(ledger.Mirror, 27);
        Directory.Delete(ledger.Path, recursive: true);
        SmallLedger.CopyDirectory(older, ledger.Path);
        Directory.Delete(Path.Combine(ledger.Ledger.State, "marks"), recursive: true);
    }

    // A copy of the ledger as it was, whole and consistent.
    private string Older(string from, long size, Func<StoredEntry, StoredEntry>? edit = null)
    {
        string path = ledger.Ledger.Beside($"older {size} {edit is not null}");
        SmallLedger.CopyDirectory(from, path);
        List<Batch> batches = [.. SmallLedger.Batches(from).Where(batch => batch.NextIndex <= size)];
        SmallLedger.Rewrite(
            path,
            batches.Select(batch =>
                edit is null || batch.FirstIndex < 24 ? batch : batch with { Entries = [.. batch.Entries.Select(edit)] }
            )
        );
        File.WriteAllBytes(Path.Combine(path, "checkpoint"), batches[^1].Checkpoint.ToArray());
        Directory.Delete(Path.Combine(path, "tiles"), recursive: true);
        return path;
    }

    // A copy that has no more than a checkpoint of the end: in its segments alone, or as a static log.
    private string Heads(string kind)
    {
        string path = ledger.Ledger.Beside("heads");
        byte[] newest = File.ReadAllBytes(Checkpoint);
        Directory.CreateDirectory(path);
        if (kind == "log")
        {
            Directory.CreateDirectory(Path.Combine(path, "tile"));
            File.WriteAllBytes(Path.Combine(path, "checkpoint"), newest);
            return path;
        }
        SmallLedger.CopyDirectory(ledger.Mirror, path);
        Directory.Delete(Path.Combine(path, "tiles"), recursive: true);
        File.Delete(Path.Combine(path, "checkpoint"));
        FaultTable.Zero(
            Path.Combine(path, "segments", SegmentFormat.FileName(3)),
            64,
            FaultTable.RecordAt(ledger, 3, -1)
        );
        return path;
    }

    private string Export(long size, SnapshotKind kind)
    {
        string file = ledger.Ledger.Beside($"state {size}");
        using FileStream output = File.Create(file);
        new LedgerExport(ledger.Ledger.Environment, ledger.Path, kind) { Size = size }.Write(output.Write);
        return file;
    }

    private void RequireNoOtherHistory() =>
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.Ledger.Open().Dispose()).Code);

    private void RequireSame(List<Batch> expected)
    {
        List<Batch> actual = SmallLedger.Batches(ledger.Path);
        Assert.Equal(expected.Count, actual.Count);
        foreach ((Batch one, Batch other) in expected.Zip(actual))
            Store.AssertSame(one, other);
    }

    private static void Cut(string file, long length)
    {
        using FileStream open = File.OpenWrite(file);
        open.SetLength(length);
    }

    private RepairReport Run(IReadOnlyList<string> copies) =>
        Repair.Run(ledger.Path, copies, ledger.Ledger.Environment);
}
