using System.Globalization;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification;
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
        var outcomes = new HashSet<bool>();
        int step = 1;
        for (; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            spoilt.FailAt(step, (Fault)how);
            bool acknowledged = Rotate(ledger, clock, spoilt);
            if (!spoilt.Fired)
                break;
            string what = string.Create(CultureInfo.InvariantCulture, $"{(Fault)how} at step {step}: ");
            outcomes.Add(Check(ledger, spoilt.AfterKill(), acknowledged, what + "after a kill: "));
            outcomes.Add(Check(ledger, spoilt.AfterPowerLoss(step), acknowledged, what + "after a power loss: "));
        }
        Assert.True(step > 20, $"only {step} steps");
        Assert.Equal(2, outcomes.Count);
    }

    // Whether somebody was told that the log has a new key.
    private static bool Rotate(TestLedger ledger, FakeClock clock, FaultyDisk disk)
    {
        LedgerWriter? writer = null;
        bool isTold = false;
        try
        {
            writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), On(ledger, disk));
            writer.Append([TestLedger.Own("before")]);
            clock.Pass(TimeSpan.FromSeconds(2));
            isTold = new KeyDesk(writer).RotateLog(RotatedLog.Second, "once a year").IsRecorded;
            clock.Pass(TimeSpan.FromSeconds(2));
            writer.Append([TestLedger.Own("after")]);
            writer.Close();
        }
        catch (TessraxException) { }
        catch (SimulatedCrash) { }
        finally
        {
            try
            {
                writer?.Dispose();
            }
            catch (SimulatedCrash) { }
        }
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
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, keys, On(ledger, disk)))
        {
            if (!isRotated)
                Assert.True(new KeyDesk(writer).RotateLog(RotatedLog.Second, "again").IsRecorded, what);
            writer.Append([TestLedger.Own("later")]);
            writer.Close();
            Assert.True(writer.Warning is null, $"{what}{writer.Warning?.Message}");
        }
        Verdict verdict = new LedgerCheck(On(ledger, disk), ledger.Trust).Run(
            ledger.DirectoryPath,
            withEvidence: false
        );
        Assert.True(verdict.Holds, what + verdict.ToJson());
        string[] left = [.. disk.Names.Where(path => path.EndsWith(".tmp", StringComparison.Ordinal))];
        Assert.True(left.Length == 0, $"{what}left behind: {string.Join(' ', left)}");
        return isRotated;
    }

    private static NodeEnvironment On(TestLedger ledger, FaultyDisk disk) => ledger.Environment with { Disk = disk };
}
