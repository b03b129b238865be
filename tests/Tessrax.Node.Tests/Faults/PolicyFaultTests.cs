using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Faults;

/// <summary>An upgrade of the policy in which one step of the disk after another fails, or the process dies there: the old policy holds or the new one, and the next run ends what
/// waited under the old one.</summary>
public sealed class PolicyFaultTests
{
    private static readonly Policy Next = Policy.FromJson(
        JsonValue.Parse(
            System.Text.Encoding.UTF8.GetBytes(
                Policy
                    .Default.Document.ToString()
                    .Replace("\"1.0.0\"", "\"1.1.0\"", StringComparison.Ordinal)
                    .Replace("\"k\":1", "\"k\":2", StringComparison.Ordinal)
            )
        )
    );

    [Theory]
    [InlineData((int)Fault.Lost)]
    [InlineData((int)Fault.Landed)]
    [InlineData((int)Fault.ShortWrite)]
    [InlineData((int)Fault.Crash)]
    public void Whichever_step_fails_one_of_the_two_policies_holds_and_the_next_run_finishes(int how)
    {
        var disk = new FaultyDisk();
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock, disk: disk, approvers: 0);
        disk.CreateDirectory(ledger.DirectoryPath);
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 6, "s1"), TestLedger.Claim("b", "A", 9, "s2")),
            ]);
        var outcomes = new HashSet<bool>();
        int step = 1;
        for (; ; step++)
        {
            FaultyDisk spoilt = disk.AfterKill();
            spoilt.FailAt(step, (Fault)how);
            bool acknowledged = Upgrade(ledger, spoilt);
            if (!spoilt.Fired)
                break;
            string what = string.Create(CultureInfo.InvariantCulture, $"{(Fault)how} at step {step}: ");
            outcomes.Add(Check(ledger, spoilt.AfterKill(), acknowledged, what + "after a kill: "));
            outcomes.Add(Check(ledger, spoilt.AfterPowerLoss(step), acknowledged, what + "after a power loss: "));
        }
        Assert.True(step > 20, $"only {step} steps");
        Assert.Equal(2, outcomes.Count);
    }

    private static bool Upgrade(TestLedger ledger, FaultyDisk disk)
    {
        LedgerWriter? writer = null;
        try
        {
            writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), On(ledger, disk));
            bool isTold = new PolicyDesk(writer).Upgrade(Next, "two for high").IsRecorded;
            writer.Close();
            return isTold;
        }
        catch (TessraxException)
        {
            return false;
        }
        catch (SimulatedCrash)
        {
            return false;
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

    private static bool Check(TestLedger ledger, FaultyDisk disk, bool acknowledged, string what)
    {
        bool isUpgraded;
        using (LedgerView view = LedgerView.Open(ledger.DirectoryPath, disk))
            isUpgraded = view.Fold.State.Policy == Next.Pin;
        Assert.True(isUpgraded || !acknowledged, what + "the upgrade was told of and is gone");
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), On(ledger, disk)))
        {
            var desk = new ProposalDesk(writer);
            if (!isUpgraded)
                Assert.True(new PolicyDesk(writer).Upgrade(Next, "again").IsRecorded, what);
            desk.TakeDue();
            desk.SettleAll();
            OpenProposal open = Assert.Single(writer.Fold.Proposals.Values);
            Assert.True(open.Proposal.Decision!.Policy == Next.Pin, what + "what waits is not under the new policy");
            Assert.Empty(desk.TakeDue());
            // What is published beside the ledger is written again with the next entry.
            writer.Append([TestLedger.Own("later")]);
            writer.Close();
        }
        Verdict verdict = new LedgerCheck(On(ledger, disk), ledger.Trust).Run(
            ledger.DirectoryPath,
            withEvidence: false
        );
        Assert.True(verdict.Holds, what + verdict.ToJson());
        return isUpgraded;
    }

    private static NodeEnvironment On(TestLedger ledger, FaultyDisk disk) => ledger.Environment with { Disk = disk };
}
