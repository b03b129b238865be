using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
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
        (int steps, HashSet<bool> outcomes) = FaultSteps.Spoil(
            disk,
            (Fault)how,
            spoilt => Upgrade(ledger, spoilt),
            (left, acknowledged, what) => Check(ledger, left, acknowledged, what)
        );
        Assert.True(steps >= 20, $"only {steps} steps");
        Assert.Equal(2, outcomes.Count);
    }

    // Whether somebody was told that another policy is in force.
    private static bool Upgrade(TestLedger ledger, FaultyDisk disk)
    {
        bool isTold = false;
        string? died = FaultSteps.Die(
            () => LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.On(disk)),
            writer =>
            {
                isTold = new PolicyDesk(writer).Upgrade(Next, "two for high").IsRecorded;
                writer.Close();
            }
        );
        return isTold && died is null;
    }

    private static bool Check(TestLedger ledger, FaultyDisk disk, bool acknowledged, string what)
    {
        bool isUpgraded;
        using (LedgerView view = LedgerView.Open(ledger.DirectoryPath, disk))
            isUpgraded = view.Fold.State.Policy == Next.Pin;
        Assert.True(isUpgraded || !acknowledged, what + "the upgrade was told of and is gone");
        using (LedgerWriter writer = LedgerWriter.Open(ledger.DirectoryPath, TestLedger.Keys(), ledger.On(disk)))
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
            FaultSteps.GoOn(writer, what);
        }
        FaultSteps.MustHold(ledger, disk, what);
        return isUpgraded;
    }
}
