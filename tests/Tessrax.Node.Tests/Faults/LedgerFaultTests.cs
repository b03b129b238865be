using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Faults;

/// <summary>A whole ledger at work, in which one step of the disk after another fails, in each way: lost, landed but reported lost, no space, half written, crash.</summary>
/// <remarks>After a kill and after a power loss: everything acknowledged is there, verify holds, the ledger goes on, and no temporary file is left.
/// Between appends a second passes, so that what is derived is written, and once a day, so that an epoch is opened.</remarks>
public sealed class LedgerFaultTests
{
    [Theory]
    [InlineData((int)Fault.Lost)]
    [InlineData((int)Fault.Landed)]
    [InlineData((int)Fault.NoSpace)]
    [InlineData((int)Fault.ShortWrite)]
    [InlineData((int)Fault.Crash)]
    public void Keeps_what_was_acknowledged_whichever_step_fails(int how)
    {
        var disk = new FaultyDisk();
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock, disk: disk, approvers: 0);
        disk.CreateDirectory(ledger.DirectoryPath);
        (int met, _) = FaultSteps.Spoil(
            disk,
            (Fault)how,
            spoilt => Work(ledger, clock, spoilt),
            (left, told, what) => Check(ledger, left, told.Acknowledged, what)
        );
        Assert.True(met > 50, $"only {met} steps: the work has become too short to prove much");
    }

    private static Told Work(TestLedger ledger, FakeClock clock, FaultyDisk disk)
    {
        var acknowledged = new List<(long Index, Digest Leaf)>();
        string? said = FaultSteps.Die(
            () => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.On(disk)),
            writer =>
            {
                Append(writer, acknowledged, TestLedger.Own("one"));
                clock.Pass(TimeSpan.FromSeconds(2));
                Append(writer, acknowledged, TestLedger.Own("two"), TestLedger.Own(new string('3', 3000)));
                clock.Pass(TimeSpan.FromDays(1));
                long before = writer.Tree.Size;
                new Ingestor(writer).Ingest([
                    TestLedger.File(
                        TestLedger.Claim("a", "s", 1, "here"),
                        TestLedger.Claim("b", "s", 2, "there"),
                        TestLedger.Claim("c", "t", 3, "here")
                    ),
                ]);
                for (long index = before; index < writer.Tree.Size; index++)
                    acknowledged.Add((index, writer.Tree.Leaf(index)));
                writer.Close();
            }
        );
        return new Told(acknowledged, said ?? "nobody was told");
    }

    private static void Append(LedgerWriter writer, List<(long Index, Digest Leaf)> acknowledged, params Draft[] drafts)
    {
        foreach (Receipt receipt in writer.Append(drafts))
            acknowledged.Add((receipt.Entry.Index, receipt.LeafHash(writer.Hasher)));
    }

    private static bool Check(
        TestLedger ledger,
        FaultyDisk disk,
        List<(long Index, Digest Leaf)> acknowledged,
        string what
    )
    {
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.On(disk)))
        {
            // Entry 0 is genesis.
            Assert.True(writer.Tree.Size > acknowledged.Count, $"{what}{writer.Tree.Size} entries are there");
            foreach ((long index, Digest leaf) in acknowledged)
                Assert.True(writer.Tree.Leaf(index) == leaf, $"{what}entry {index} is another");
            FaultSteps.GoOn(writer, what);
        }
        FaultSteps.MustHold(ledger, disk, what);
        return true;
    }

    private sealed record Told(List<(long Index, Digest Leaf)> Acknowledged, string Said)
    {
        public override string ToString() => Said;
    }
}
