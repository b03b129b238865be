using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Faults;

/// <summary>An import of a recovery in which one step of the disk after another fails, or the process dies there. The old keys are gone, so nothing but the same import can go on.</summary>
public sealed class RecoveryFaultTests
{
    [Theory]
    [InlineData((int)Fault.Lost)]
    [InlineData((int)Fault.Landed)]
    [InlineData((int)Fault.ShortWrite)]
    [InlineData((int)Fault.Crash)]
    public void Whichever_step_fails_the_same_import_again_ends_it(int how)
    {
        var disk = new FaultyDisk();
        var clock = new FakeClock();
        using TestLedger ledger = RecoveredLedger.Make(clock, disk);
        disk.CreateDirectory(ledger.DirectoryPath);
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("before")]);
        KeyRecovered recovered;
        using (LedgerView view = LedgerView.Open(ledger.DirectoryPath, disk))
            recovered = RecoveredLedger.Signed(view.Fold.State, view.Size, view.Size);
        (int steps, HashSet<bool> outcomes) = FaultSteps.Spoil(
            disk,
            (Fault)how,
            spoilt => Import(ledger, clock, spoilt, recovered),
            (left, acknowledged, what) => Check(ledger, left, recovered, acknowledged, what)
        );
        Assert.True(steps >= 10, $"only {steps} steps");
        Assert.Equal(2, outcomes.Count);
    }

    // Whether somebody was told that the ledger has new keys.
    private static bool Import(TestLedger ledger, FakeClock clock, FaultyDisk disk, KeyRecovered recovered)
    {
        bool isTold = false;
        FaultSteps.Die(
            () => Open(ledger, disk, recovered),
            writer =>
            {
                writer.Recover(recovered);
                isTold = true;
                clock.Pass(TimeSpan.FromSeconds(2));
                writer.Close();
            }
        );
        return isTold;
    }

    private static LedgerWriter Open(TestLedger ledger, FaultyDisk disk, KeyRecovered recovered) =>
        LedgerWriter.OpenForRecovery(ledger.DirectoryPath, RecoveredLedger.Keys(), ledger.On(disk), recovered);

    private static bool Check(
        TestLedger ledger,
        FaultyDisk disk,
        KeyRecovered recovered,
        bool acknowledged,
        string what
    )
    {
        bool isRecovered;
        using (LedgerWriter writer = Open(ledger, disk, recovered))
        {
            isRecovered = writer.RecoveredAt(recovered) is not null;
            Assert.True(isRecovered || !acknowledged, what + "the recovery was told of and is gone");
            if (!isRecovered)
                writer.Recover(recovered);
            Assert.Equal(2, writer.RecoveredAt(recovered));
            FaultSteps.GoOn(writer, what);
        }
        FaultSteps.MustHold(ledger, disk, what);
        return isRecovered;
    }
}
