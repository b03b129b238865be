using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>A machine that dies may leave the last records of a working copy in any state: whoever opens it next has all of them, from the database.</summary>
public sealed class LooseTailTests : PostgresLedgerTests
{
    private const int Known = 21;

    public LooseTailTests(PostgresServer running)
        : base(running)
    {
        Directory.CreateDirectory(Path.Combine(ledger.DirectoryPath, IndexFiles.FolderName));
        Move();
        Append(6);
    }

    private string Segment => Path.Combine(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), SegmentFormat.FileName(0));

    public static TheoryData<int[], int[], bool> Losses =>
        new()
        {
            // Which of the six records are gone, of which only the beginning is, and whether the file ends there.
            { [0], [], false },
            { [4], [], false },
            { [0, 1, 2, 3, 4], [], false },
            { [], [2], false },
            { [], [0, 2, 4], false },
            { [1], [3], false },
            { [3], [], true },
            { [0, 1, 2, 3, 4, 5], [], false },
            { [], [5], false },
        };

    [Theory]
    [MemberData(nameof(Losses))]
    public void What_the_writer_opens_is_whole(int[] gone, int[] begun, bool ends)
    {
        Lose(gone, begun, ends);
        using (LedgerWriter writer = ledger.Open())
        {
            Assert.Equal(Known + 6, writer.Fold.Size);
            writer.Append([TestLedger.Own("after it")]);
        }
        IsRight(7);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void What_is_pulled_is_whole(int[] gone, int[] begun, bool ends)
    {
        Lose(gone, begun, ends);
        using (var puller = new CopyPuller(ledger.DirectoryPath, ledger.Environment))
            Assert.Equal(Known + 6, puller.Pull().Size);
        IsRight(6);
        Append(1);
        IsRight(7);
    }

    [Fact]
    public void A_database_that_was_set_back_behind_what_there_are_traces_of_gets_nothing_cut_off()
    {
        Lose([0], [], ends: false);
        byte[] before = File.ReadAllBytes(Segment);
        Execute(
            $"DELETE FROM tessrax_batches WHERE ledger = {Number} AND next_index > {Known + 4}; "
                + $"UPDATE tessrax_ledgers SET size = {Known + 4} WHERE ledger = {Number}"
        );
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.Open).Code);
        using var puller = new CopyPuller(ledger.DirectoryPath, ledger.Environment);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => puller.Pull()).Code);
        Assert.Equal(before, File.ReadAllBytes(Segment));
    }

    [Fact]
    public void A_database_that_lost_just_what_the_copy_lost_is_found_out_by_what_the_copy_published()
    {
        string root;
        using (LedgerView view = ledger.View())
            root = view.Tree.RootAt(Known + 4).ToHex();
        Lose([4, 5], [], ends: false);
        Execute(
            $"DELETE FROM tessrax_batches WHERE ledger = {Number} AND next_index > {Known + 4}; "
                + $"UPDATE tessrax_ledgers SET size = {Known + 4}, root = decode('{root}', 'hex') WHERE ledger = {Number}"
        );
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(ledger.Open).Code);
    }

    [Fact]
    public void In_a_ledger_whose_files_decide_it_is_damage()
    {
        new LedgerMove(ledger.Environment).ToDirectory(Address, ledger.DirectoryPath);
        Lose([2], [], ends: false);
        byte[] before = File.ReadAllBytes(Segment);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.Open).Code);
        Assert.Equal(before, File.ReadAllBytes(Segment));
    }

    [Fact]
    public void Before_the_files_decide_again_the_last_records_are_written_once_more()
    {
        int records = Places().Count;
        var disk = new CountingDisk();
        new LedgerMove(ledger.Environment with { Disk = disk }).ToDirectory(Address, ledger.DirectoryPath);
        Assert.InRange(disk.Writes, records, int.MaxValue);
        // From now on each was waited for.
        disk = new CountingDisk();
        using (
            LedgerWriter writer = LedgerWriter.Open(
                ledger.DirectoryPath,
                TestLedger.Keys(),
                ledger.Environment with
                {
                    Disk = disk,
                }
            )
        )
            Assert.InRange(disk.Writes, 1, 3);
    }

    private sealed class CountingDisk : ForwardingDisk
    {
        public int Writes { get; private set; }

        protected override void Write(string path, Action real)
        {
            if (path.EndsWith(".seg", StringComparison.Ordinal))
                Writes++;
            real();
        }
    }

    [Fact]
    public void Where_not_even_the_first_record_is_there_nothing_is_cut_off()
    {
        List<RecordPlace> places = Places();
        using (FileStream file = File.Open(Segment, FileMode.Open))
            Clear(file, places[0].Position, places[0].Length);
        byte[] before = File.ReadAllBytes(Segment);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.Open).Code);
        Assert.Equal(before, File.ReadAllBytes(Segment));
    }

    // Records as whole sectors that never reached the disk leave them.
    private void Lose(int[] gone, int[] begun, bool ends)
    {
        List<RecordPlace> places = Places()[^6..];
        using FileStream file = File.Open(Segment, FileMode.Open);
        foreach (int i in gone)
            Clear(file, places[i].Position, places[i].Length);
        foreach (int i in begun)
            Clear(file, places[i].Position + RecordCodec.HeaderLength, places[i].Length - RecordCodec.HeaderLength);
        if (ends)
            file.SetLength(places[gone[0]].Position);
    }

    private static void Clear(FileStream file, long position, int length)
    {
        file.Position = position;
        file.Write(new byte[length]);
    }

    private List<RecordPlace> Places()
    {
        using SegmentFile file = SegmentFile.Open(SystemDisk.Instance, Segment, 0, "segment");
        var places = new List<RecordPlace>();
        long position = SegmentHeader.Length;
        for (long index = 0; file.ReadNext(position, index) is { State: RecordState.Whole } read; )
        {
            places.Add(read.Place);
            (position, index) = (read.Place.End, read.Place.NextIndex);
        }
        return places;
    }

    private void IsRight(int appended)
    {
        Assert.Equal(Known + appended, Facts().Size);
        StoreConformance.Same(Stored(), Batches());
        Holds();
        new LedgerMove(ledger.Environment).Check(ledger.DirectoryPath);
        using LedgerWriter writer = ledger.Open();
        Assert.True(SpinWait.SpinUntil(() => writer.Index is { Behind: 0 }, TimeSpan.FromMinutes(1)));
    }
}
