using System.Globalization;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Faults;

/// <summary>Work on a ledger in which one step of the disk after another fails: done once for each, and looked at after a kill and after a power loss.</summary>
internal static class FaultSteps
{
    /// <summary>Spoils every step in turn, until the work gets by without meeting the fault.</summary>
    /// <param name="disk">The disk before the work.</param>
    /// <param name="how">In which way a step fails.</param>
    /// <param name="work">The work, on a disk that fails; gives what somebody was told of.</param>
    /// <param name="check">Looks at the disk that is left, and at what was told of. Gives whether the work had come about. The text says where it is.</param>
    /// <returns>How many steps were spoilt, and what came about.</returns>
    public static (int Steps, HashSet<bool> Outcomes) Spoil<T>(
        FaultyDisk disk,
        Fault how,
        Func<FaultyDisk, T> work,
        Func<FaultyDisk, T, string, bool> check
    )
    {
        var outcomes = new HashSet<bool>();
        for (int step = 1; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            spoilt.FailAt(step, how);
            T told = work(spoilt);
            if (!spoilt.Fired)
                return (step - 1, outcomes);
            string what = string.Create(CultureInfo.InvariantCulture, $"{how} at step {step} ({told}): ");
            outcomes.Add(check(spoilt.AfterKill(), told, what + "after a kill: "));
            outcomes.Add(check(spoilt.AfterPowerLoss(step), told, what + "after a power loss: "));
        }
    }

    /// <summary>Does something with a writer as a process that may die: it closes nothing then, but its lock must be free for the next one.</summary>
    /// <returns>What it died of; null if it did not.</returns>
    public static string? Die(Func<LedgerWriter> open, Action<LedgerWriter> work)
    {
        LedgerWriter? writer = null;
        try
        {
            writer = open();
            work(writer);
            return null;
        }
        catch (TessraxException e)
        {
            return e.Code.ToString();
        }
        catch (SimulatedCrash)
        {
            return "crash";
        }
        finally
        {
            try
            {
                writer?.Dispose();
            }
            catch (SimulatedCrash) { }
        }
    }

    /// <summary>A ledger's surroundings, but for the disk.</summary>
    public static NodeEnvironment On(this TestLedger ledger, FaultyDisk disk) =>
        ledger.Environment with
        {
            Disk = disk,
        };

    /// <summary>Appends one entry more and closes, without a warning.</summary>
    public static void GoOn(LedgerWriter writer, string what)
    {
        writer.Append([TestLedger.Own("later")]);
        writer.Close();
        Assert.True(writer.Warning is null, $"{what}{writer.Warning?.Message}");
    }

    /// <summary>The ledger verifies, and no temporary file is left.</summary>
    public static void MustHold(TestLedger ledger, FaultyDisk disk, string what)
    {
        Verdict verdict = new LedgerCheck(ledger.On(disk), ledger.Trust).Run(ledger.DirectoryPath, withEvidence: false);
        Assert.True(verdict.Holds, what + verdict.ToJson());
        string[] left = [.. disk.Names.Where(path => path.EndsWith(".tmp", StringComparison.Ordinal))];
        Assert.True(left.Length == 0, $"{what}left behind: {string.Join(' ', left)}");
    }
}
