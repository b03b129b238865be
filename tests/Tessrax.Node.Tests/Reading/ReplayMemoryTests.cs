using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>What a verification keeps of each entry: its nonce while that is live, and nothing else.</summary>
[Collection(nameof(MemoryTests))]
public sealed class ReplayMemoryTests
{
    private const int Few = 4_000;
    private const int Many = 34_000;
    private const int Together = 1_000;

    // 32 bytes for a live nonce, at most 16 for what finds it; records and checkpoints have the rest.
    [Theory]
    [InlineData(false, 56)]
    [InlineData(true, 4)]
    public void Keeps_no_more_of_an_entry_than_a_live_nonce(bool time, double most)
    {
        (long directory, long file) few = KeptOf(Few, time);
        (long directory, long file) many = KeptOf(Many, time);
        foreach (long kept in (long[])[many.directory - few.directory, many.file - few.file])
            Assert.True(kept < most * (Many - Few), $"{(double)kept / (Many - Few):0.0} bytes are kept of each entry");
    }

    // By verifying the ledger's directory, and a snapshot of it. Time passes or stands still, so nonces expire or all are live.
    private static (long Directory, long File) KeptOf(int entries, bool time)
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock);
        using (LedgerWriter writer = ledger.Open())
        {
            Draft draft = TestLedger.Own("kept") with { By = VoucherKind.Log };
            for (int i = 0; i < entries; i += Together)
            {
                if (time)
                    clock.Pass(TimeSpan.FromMinutes(10));
                writer.Append([.. Enumerable.Repeat(draft, Together)]);
            }
        }
        string file = ledger.Beside("snapshot");
        using (FileStream output = File.Create(file))
            new LedgerExport(ledger.Environment, ledger.DirectoryPath, SnapshotKind.Snapshot).Write(output.Write);
        var directory = new LedgerCheck(ledger.Environment, ledger.Trust) { Threads = 1 };
        var single = new SnapshotCheck(ledger.Environment, ledger.Trust) { Threads = 1 };
        return (
            KeptBy(directory, () => directory.Run(ledger.DirectoryPath, withEvidence: false)),
            KeptBy(single, () => single.Run(file))
        );
    }

    private static long KeptBy(object check, Func<Verdict> run)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(run().Holds);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(check);
        return kept;
    }
}

/// <summary>Tests of how much memory is in use: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests;
