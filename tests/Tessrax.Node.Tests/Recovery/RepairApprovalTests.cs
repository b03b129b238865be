using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Where the policy asks for approvals for LEDGER_REPAIRED, a repair proposes it, as other governed events are.</summary>
public sealed class RepairApprovalTests : IDisposable
{
    private readonly TestLedger ledger = new(
        policy: Policy.FromJson(
            Policy.Default.Document.With("control", JsonValue.Parse("""{"LEDGER_REPAIRED":"approve-one"}"""u8))
        )
    );

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void It_is_proposed_once_and_told_of_when_it_is_approved()
    {
        Break();
        using LedgerWriter writer = ledger.Open();
        RepairTold first = RepairReceipts.Append(writer, ledger.Environment);
        long proposal = first.Proposal!.Value;
        Assert.Empty(first.Entries);
        Assert.Equal(proposal, RepairReceipts.Append(writer, ledger.Environment).Proposal);
        Assert.Contains(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            fault => fault.Says.Contains($"proposed in entry {proposal}", StringComparison.Ordinal)
        );

        Receipt repaired = new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, 1))[^1];
        Assert.Equal(Events.LedgerRepaired, repaired.Entry.Body.Event);
        RepairTold last = RepairReceipts.Append(writer, ledger.Environment);

        Assert.Equal([repaired.Entry.Index], last.Entries);
        Assert.Null(last.Proposal);
        Assert.Empty(RepairReceipts.Append(writer, ledger.Environment).Entries);
        Assert.True(ledger.Verify().Holds);
        Assert.DoesNotContain(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            fault => fault.Says.Contains("LEDGER_REPAIRED", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void One_that_was_refused_is_proposed_anew()
    {
        Break();
        using LedgerWriter writer = ledger.Open();
        long proposal = RepairReceipts.Append(writer, ledger.Environment).Proposal!.Value;
        for (int approver = 1; approver <= 3; approver++)
        {
            if (writer.Fold.Proposals.ContainsKey(proposal))
                new ProposalDesk(writer).Record(ledger.Vote(writer, proposal, approver, approves: false));
        }

        long again = RepairReceipts.Append(writer, ledger.Environment).Proposal!.Value;

        Assert.True(again > proposal);
        new ProposalDesk(writer).Record(ledger.Vote(writer, again, 1));
        Assert.Single(RepairReceipts.Append(writer, ledger.Environment).Entries);
    }

    private void Break()
    {
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
        FaultTable.Flip(
            Path.Combine(LedgerDirectory.SegmentsOf(ledger.DirectoryPath), SegmentFormat.FileName(0)),
            3000
        );
        Assert.Single(Repair.Run(ledger.DirectoryPath, [], ledger.Environment).Parts);
    }
}
