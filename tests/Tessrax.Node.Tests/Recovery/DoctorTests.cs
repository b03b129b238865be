using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Tests.Files;
using Xunit;
using Fault = Tessrax.Node.Recovery.Fault;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Each kind of fault is found, in its file, with its cause.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly SmallLedger ledger = new();

    public DoctorTests() => ledger.WriteKeyFiles();

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void A_ledger_that_nobody_touched_is_healthy()
    {
        Diagnosis found = ledger.Examine();

        Assert.Empty(found.Faults);
        Assert.Equal(30, found.Proven.Size);
        Assert.Equal(4, Directory.GetFiles(LedgerDirectory.SegmentsOf(ledger.Path), "*.seg").Length);
    }

    [Fact]
    public void One_flipped_bit_is_named()
    {
        FaultTable.Flip(ledger.Segment(1), 500);

        Fault fault = Assert.Single(ledger.Examine().Faults);

        Assert.Equal(new ByteRange(500, 501), fault.Bytes);
        Assert.Contains("the entries give the signed root", fault.Proof, StringComparison.Ordinal);
        Assert.Equal($"tessraxctl repair {ledger.Path}", fault.Remedy);
    }

    [Fact]
    public void Segments_are_named_by_where_they_lie_and_what_is_unfinished_beside_them_is_found()
    {
        using var elsewhere = new TemporaryFolder();
        using var spread = new TestLedger(layout: new LedgerLayout(false, ["near", elsewhere.Path]));
        using (LedgerWriter writer = spread.Open())
            writer.Append([TestLedger.Own("one")]);
        File.WriteAllText(elsewhere[".0000000001.seg.tmp"], "");
        File.WriteAllText(elsewhere[".of another program.tmp"], "");
        string segment = Path.Combine(spread.DirectoryPath, "near", SegmentFormat.FileName(0));
        FaultTable.Flip(segment, 70);

        Fault[] faults = [.. Doctor.Examine(spread.DirectoryPath, spread.Environment).Faults];

        Assert.Equal("near/0000000000.seg", Assert.Single(faults, f => f.Weight == FaultWeight.Damage).File);
        Fault unfinished = Assert.Single(faults, f => f.Cause == FaultCause.TornWrite);
        Assert.Equal($"{elsewhere.Path}/.0000000001.seg.tmp", unfinished.File);
        // The entry that tells of a repair stays for ever: it says nothing of this machine.
        Assert.True(Repair.Run(spread.DirectoryPath, [], spread.Environment).After.IsHealthy);
        Assert.All(
            new Quarantine(spread.DirectoryPath, spread.Environment.Disk).Notes(),
            note => Assert.Equal("segments/0000000000.seg", note.File)
        );
    }

    [Theory]
    [InlineData(48)]
    [InlineData(512)]
    [InlineData(700)]
    public void A_write_that_a_crash_cut_short_is_no_damage(int written)
    {
        int at = FaultTable.RecordAt(ledger, 3, -1);
        long size = SmallLedger.Batches(ledger.Path)[^1].FirstIndex;
        File.WriteAllBytes(
            FaultTable.At(ledger, "checkpoint"),
            SmallLedger.Batches(ledger.Path)[^2].Checkpoint.ToArray()
        );
        Directory.Delete(FaultTable.At(ledger, "tiles"), recursive: true);
        Directory.Delete(ledger.Ledger.State, recursive: true);
        FaultTable.Zero(ledger.Segment(3), at + written, new FileInfo(ledger.Segment(3)).Length);

        Diagnosis found = ledger.Examine();

        Assert.True(found.IsHealthy, string.Join("\n", found.Faults));
        Assert.Equal(size, found.Size);
        Assert.Contains(found.Faults, fault => fault.Cause == FaultCause.TornWrite && fault.Bytes?.Start == at);
        Assert.Empty(Repair.Run(ledger.Path, [], ledger.Ledger.Environment).Parts);
        ledger.Ledger.Open().Dispose();
    }

    [Fact]
    public async Task A_writer_at_work_is_no_damage()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            () =>
            {
                using LedgerWriter writer = ledger.Ledger.Open();
                for (int i = 0; i < 150 && !stop.IsCancellationRequested; i++)
                    writer.Append([TestLedger.Own($"while it is looked at {i}")]);
            },
            stop.Token
        );
        try
        {
            while (!writing.IsCompleted)
            {
                Diagnosis found = ledger.Examine();
                Assert.DoesNotContain(found.Faults, fault => fault.Weight == FaultWeight.Damage);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }
    }

    [Fact]
    public void Every_way_to_break_a_ledger_is_found_in_its_file_and_with_its_cause()
    {
        var wrong = new List<string>();
        foreach (BreakCase broken in FaultTable.Cases)
        {
            ledger.Reset();
            broken.Break(ledger);
            Diagnosis found = ledger.Examine();
            bool isNamed = found.Faults.Any(f =>
                f.File.StartsWith(broken.File, StringComparison.Ordinal) && f.Cause == broken.Cause
            );
            if (found.IsHealthy || !isNamed)
                wrong.Add(
                    $"{broken.Name}: expected {broken.Cause} of {broken.File}, found:\n    {string.Join("\n    ", found.Faults)}"
                );
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
