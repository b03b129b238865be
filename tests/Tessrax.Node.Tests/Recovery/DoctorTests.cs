using Tessrax.Node.Recovery;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Each kind of fault is found, in its file, with its cause.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly SmallLedger ledger = new();

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
