using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>What an entry rests on is the same by a ledger's index, by half of one, and by reading all of it.</summary>
public sealed class IndexedBundleTests : IDisposable
{
    private readonly TestLedger home = new();

    public IndexedBundleTests()
    {
        using (LedgerWriter writer = home.Open())
        {
            Settle(writer, "A");
            long hold = new PayloadDesk(writer, home.Environment.Disk)
                .Place(new HoldPlaced("case", IndexRanges.Between(1, 2), "an order"))
                .Entry;
            Vote(writer, hold, 1, 2);
            writer.Append([TestLedger.Own("one"), TestLedger.Own("two")]);
            Settle(writer, "B");
        }
        LedgerIndex.Rebuild(home.DirectoryPath, home.Environment);
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void By_the_index_a_bundle_is_the_same_as_by_reading_the_ledger()
    {
        int entries = Same();
        Assert.True(entries > 12);
        using (LedgerWriter writer = home.Open())
        {
            writer.Append([TestLedger.Own("three")]);
            Settle(writer, "A");
        }
        Assert.True(Same() > entries);
    }

    [Fact]
    public void Where_a_payload_was_erased_it_is_the_same()
    {
        using (LedgerWriter writer = home.Open())
        {
            long claims = writer.Fold.Size;
            Settle(writer, "C");
            PayloadOutcome asked = new PayloadDesk(writer, home.Environment.Disk).Erase(claims, "a request");
            Vote(writer, asked.Entry, 1, 2);
            new PayloadDesk(writer, home.Environment.Disk).Finish();
        }
        using (LedgerView view = home.View())
            Assert.True(view.Fold.Erasures.Any);
        Same();
    }

    private int Same()
    {
        using LedgerView view = home.View();
        for (long index = 0; index < view.Size; index++)
            Assert.Equal(
                BundleMaker.Make(view, index).ToBytes(),
                BundleMaker.Make(view, index, home.Environment).ToBytes()
            );
        return (int)view.Size;
    }

    private void Settle(LedgerWriter writer, string subject)
    {
        int round = (int)writer.Fold.Size;
        new Ingestor(writer).Ingest([
            TestLedger.File(
                TestLedger.Claim($"{subject}{round}-1", subject, 1, $"s{round}"),
                TestLedger.Claim($"{subject}{round}-2", subject, 90, $"t{round}")
            ),
        ]);
        foreach (long proposal in writer.Fold.Proposals.Keys.ToArray())
            Vote(writer, proposal, 1, 2);
    }

    private void Vote(LedgerWriter writer, long proposal, params int[] approvers)
    {
        foreach (int one in approvers)
        {
            if (writer.Fold.Proposals.ContainsKey(proposal))
                new ProposalDesk(writer).Record(home.Vote(writer, proposal, one));
        }
    }
}
