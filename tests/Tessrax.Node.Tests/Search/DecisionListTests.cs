using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Tests.Index;
using Xunit;

namespace Tessrax.Node.Tests.Search;

/// <summary>The decisions of a ledger are the same by its index, by half of one, by a broken one, and by none.</summary>
public sealed class DecisionListTests : IDisposable
{
    private readonly IndexHome home = new();

    public DecisionListTests()
    {
        Decide("B", "b1", "b2");
        home.Rebuild();
        Decide("C", "c1", "c2");
        // The first decision about A gives way to another one.
        using LedgerWriter writer = home.Open();
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("a3", "A", 70, "s3"))]);
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void By_an_index_and_by_looking_at_every_entry_they_are_the_same()
    {
        IReadOnlyList<DecisionStatus> looked = Read(out DecisionList none, usesIndex: false);
        Assert.Equal((null, null), (none.Index, none.WithoutIndex));
        Assert.True(looked.Count >= 4);
        Assert.Equal(looked.OrderByDescending(status => status.Entry), looked);
        Assert.Contains(looked, status => status is { State: DecisionState.Superseded, At: not null });

        Assert.Equal(looked, Read(out DecisionList whole));
        Assert.Equal(("sqlite", null), (whole.Index?.Backend, whole.WithoutIndex));

        Directory.Delete(home.Folder, recursive: true);
        Assert.Equal(looked, Read(out DecisionList gone));
        Assert.Equal(ErrorCodes.NoIndex, gone.WithoutIndex!.Code);
    }

    [Fact]
    public void What_an_index_has_not_seen_is_looked_at()
    {
        IReadOnlyList<DecisionStatus> looked = Read(out _, usesIndex: false);
        using (IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk, runLength: 100))
        {
            Directory.Delete(home.Folder, recursive: true);
            Directory.CreateDirectory(home.Folder);
            new IndexUpdate(new IndexWorkshop(home.Path, home.Environment), source).Run(150, isLast: false);
        }
        Assert.InRange(home.Mark().Size, 150, 300);
        Assert.Equal(looked, Read(out DecisionList half));
        Assert.InRange(half.Index!.Size, 150, 300);
    }

    [Fact]
    public void What_the_index_makes_up_is_found_out_and_the_rest_is_looked_at()
    {
        IReadOnlyList<DecisionStatus> looked = Read(out _, usesIndex: false);
        // As if the event of all of the ledger's own entries were that of decisions.
        home.Do("UPDATE value SET text = text || '?' WHERE text = 'DECISION_RECORDED'");
        home.Do("UPDATE value SET text = 'DECISION_RECORDED' WHERE text = 'x-test'");
        Assert.Equal(looked, Read(out DecisionList lying));
        Assert.Equal(ErrorCodes.IndexDiffers, lying.WithoutIndex!.Code);
        Assert.Null(lying.Index);
    }

    private void Decide(string subject, string one, string other)
    {
        using LedgerWriter writer = home.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim(one, subject, 5, "s1"), TestLedger.Claim(other, subject, 9, "s2")),
        ]);
    }

    private IReadOnlyList<DecisionStatus> Read(out DecisionList list, bool usesIndex = true)
    {
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        using DecisionList opened = list = DecisionList.Open(glance, home.Environment, usesIndex);
        return [.. opened.Newest(UtcTime.Now(home.Environment.Clock)).Select(found => found.Status)];
    }
}
