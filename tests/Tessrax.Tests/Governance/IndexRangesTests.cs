using Tessrax.Governance;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Ranges of indexes are sets.</summary>
public sealed class IndexRangesTests
{
    [Fact]
    public void They_join_and_meet_as_sets_do()
    {
        var random = new Random(11);
        for (int round = 0; round < 500; round++)
        {
            HashSet<long>[] sets =
            [
                .. Enumerable
                    .Range(0, 3)
                    .Select(_ => Enumerable.Range(0, random.Next(12)).Select(_ => random.NextInt64(16)).ToHashSet()),
            ];
            IndexRanges[] ranges = [.. sets.Select(set => IndexRanges.Of(set.Order()))];
            long[] any = [.. sets.SelectMany(set => set).Distinct().Order()];
            Assert.Equal(IndexRanges.Of(any), IndexRanges.Union(ranges));
            Assert.Equal(any, IndexRanges.Union(ranges).Indexes());
            Assert.Equal(any.Length, IndexRanges.Union(ranges).Count);
            Assert.Equal(IndexRanges.Of(sets[0].Intersect(sets[1]).Order()), ranges[0].Intersect(ranges[1]));
        }
    }

    [Fact]
    public void They_join_without_going_through_them()
    {
        var long1 = IndexRanges.Between(0, IndexRanges.Last - 1);
        Assert.Equal(
            IndexRanges.Between(0, IndexRanges.Last),
            IndexRanges.Union([IndexRanges.Between(7, IndexRanges.Last), long1])
        );
        Assert.Equal(IndexRanges.Between(9, 11), long1.Intersect(IndexRanges.Between(9, 11)));
    }
}
