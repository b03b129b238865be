using Tessrax.Governance;
using Tessrax.Verification.Search;
using Xunit;

namespace Tessrax.Tests.Verification.Search;

/// <summary>Which entries of an epoch a query may find: told of any span of numbers, also one that no ledger has.</summary>
public sealed class SearchCoverTests
{
    [Theory]
    [InlineData("epoch:3", 10, 20, 3, false)]
    [InlineData("epoch:3", 10, 20, 4, false)]
    [InlineData("epoch:3", 10, 20, 5, true)]
    [InlineData("epoch:3", 10, 20, 2, true)]
    [InlineData("epoch:3", 10, 20, long.MinValue, true)]
    [InlineData("epoch:3", 10, 20, long.MaxValue, true)]
    [InlineData("index:5..30", 31, 40, 0, true)]
    [InlineData("index:5..30", 0, 5, 0, true)]
    [InlineData("index:5..30", long.MinValue, long.MinValue, 0, true)]
    [InlineData("index:5..30", 0, 6, 0, false)]
    [InlineData("index:5..30", long.MinValue, long.MaxValue, 0, false)]
    public void A_query_is_outside_of_an_epoch_or_is_not(string text, long from, long to, long number, bool isOutside)
    {
        IndexRanges? found = SearchCover.Of(Query.Parse(text).Root, new EpochSpan(from, to, number), _ => null);
        Assert.Equal(isOutside, found == IndexRanges.None);
    }
}
