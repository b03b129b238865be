using System.Globalization;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification;
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
        var outcomes = new HashSet<bool>();
        int step = 1;
        for (; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            spoilt.FailAt(step, (Fault)how);
            bool acknowledged = Import(ledger, clock, spoilt, recovered);
            if (!spoilt.Fired)
                break;
            string what = string.Create(CultureInfo.InvariantCulture, $"{(Fault)how} at step {step}: ");
            outcomes.Add(Check(ledger, spoilt.AfterKill(), recovered, acknowledged, what + "after a kill: "));
            outcomes.Add(
                Check(ledger, spoilt.AfterPowerLoss(step), recovered, acknowledged, what + "after a power loss: ")
            );
        }
        Assert.True(step > 10, $"only {step} steps");
        Assert.Equal(2, outcomes.Count);
    }

    // Whether somebody was told that the ledger has new keys.
    private static bool Import(TestLedger ledger, FakeClock clock, FaultyDisk disk, KeyRecovered recovered)
    {
        LedgerWriter? writer = null;
        bool isTold = false;
        try
        {
            writer = LedgerWriter.OpenForRecovery(
                ledger.DirectoryPath,
                RecoveredLedger.Keys(),
                On(ledger, disk),
                recovered
            );
            writer.Recover(recovered);
            isTold = true;
            clock.Pass(TimeSpan.FromSeconds(2));
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

    private static bool Check(
        TestLedger ledger,
        FaultyDisk disk,
        KeyRecovered recovered,
        bool acknowledged,
        string what
    )
    {
        bool isRecovered;
        using (
            LedgerWriter writer = LedgerWriter.OpenForRecovery(
                ledger.DirectoryPath,
                RecoveredLedger.Keys(),
                On(ledger, disk),
                recovered
            )
        )
        {
            isRecovered = writer.RecoveredAt(recovered) is not null;
            Assert.True(isRecovered || !acknowledged, what + "the recovery was told of and is gone");
            if (!isRecovered)
                writer.Recover(recovered);
            Assert.Equal(2, writer.RecoveredAt(recovered));
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
        return isRecovered;
    }

    private static NodeEnvironment On(TestLedger ledger, FaultyDisk disk) => ledger.Environment with { Disk = disk };
}
