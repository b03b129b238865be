using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Faults;

/// <summary>A rotation of the log's key in which one step of the disk after another fails, or the process dies there. Both key files are durable before it begins, so the
/// next run opens with whichever the ledger names.</summary>
public sealed class RotationFaultTests
{
    [Theory]
    [InlineData((int)Fault.Lost)]
    [InlineData((int)Fault.Landed)]
    [InlineData((int)Fault.Crash)]
    public void Whichever_step_fails_one_of_the_two_keys_goes_on(int how)
    {
        var disk = new FaultyDisk();
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock, disk: disk, approvers: 0);
        disk.CreateDirectory(ledger.DirectoryPath);
        (int steps, HashSet<bool> outcomes) = FaultSteps.Spoil(
            disk,
            (Fault)how,
            spoilt => Rotate(ledger, clock, spoilt),
            (left, acknowledged, what) => Check(ledger, left, acknowledged, what)
        );
        Assert.True(steps >= 20, $"only {steps} steps");
        Assert.Equal(2, outcomes.Count);
    }

    // Whether somebody was told that the log has a new key.
    private static bool Rotate(TestLedger ledger, FakeClock clock, FaultyDisk disk)
    {
        bool isTold = false;
        FaultSteps.Die(
            () => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.On(disk)),
            writer =>
            {
                writer.Append([TestLedger.Own("before")]);
                clock.Pass(TimeSpan.FromSeconds(2));
                isTold = new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded;
                clock.Pass(TimeSpan.FromSeconds(2));
                writer.Append([TestLedger.Own("after")]);
                writer.Close();
            }
        );
        return isTold;
    }

    private static bool Check(TestLedger ledger, FaultyDisk disk, bool acknowledged, string what)
    {
        bool isRotated;
        using (LedgerView view = LedgerView.Open(ledger.DirectoryPath, disk))
            isRotated = view.Fold.State.LogKey!.Id == RotatedLog.Second.PublicKey.Id;
        Assert.True(isRotated || !acknowledged, what + "the rotation was told of and is gone");
        LedgerKeys keys = isRotated
            ? RotatedLog.Keys(beside: true)
            : TestLedger.Keys() with
            {
                Incoming = [RotatedLog.Second],
            };
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, keys, ledger.On(disk)))
        {
            if (!isRotated)
                Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "again").IsRecorded, what);
            FaultSteps.GoOn(writer, what);
        }
        FaultSteps.MustHold(ledger, disk, what);
        return isRotated;
    }
}
