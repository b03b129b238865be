using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

public class TreeDiffTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 300)]
    [InlineData(1, 2)]
    [InlineData(256, 257)]
    [InlineData(65536, 70000)]
    [InlineData(1000, 70000)]
    public async Task Two_sizes_of_one_log_differ_in_their_surplus_only(int small, int large)
    {
        TileReader a = StaticLog.Of(small).Reader();
        TileReader b = StaticLog.Of(large).Reader();
        TreeDifference difference = await TreeDiff.CompareAsync(a, b, cancel: TestContext.Current.CancellationToken);
        Assert.True(difference.IsExtension);
        Assert.True(difference.IsComplete);
        Assert.Equal(small, difference.CommonSize);
        Assert.Equal(new LeafRange(small, large), difference.Surplus);
        Assert.Equal(small == large, difference.IsSame);
        TreeDifference back = await TreeDiff.CompareAsync(b, a, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(difference.Surplus, back.Surplus);
    }

    [Fact]
    public void Exactly_the_leaves_that_differ_are_found() =>
        Gen.Select(Gen.Int[1, 1200], Gen.Int[0, 400], Gen.Int[0, 1199].Array[0, 12], Gen.Int[1, 60])
            .Sample(
                (size, more, changed, width) =>
                {
                    byte[][] entries = [.. Enumerable.Range(0, size).Select(StaticLog.Entry)];
                    byte[][] others = [.. Enumerable.Range(0, size + more).Select(StaticLog.Entry)];
                    bool[] differs = new bool[size];
                    foreach (int from in changed)
                    {
                        for (int i = from; i < Math.Min(size, from + width); i++)
                            (others[i], differs[i]) = ([1, 2, 3], true);
                    }
                    TreeDifference difference = TreeDiff
                        .CompareAsync(StaticLog.Make(entries).Reader(0), StaticLog.Make(others).Reader())
                        .AsTask()
                        .GetAwaiter()
                        .GetResult();
                    return Ranges(differs).SequenceEqual(difference.Differing) && difference.Surplus.Length == more;
                },
                iter: 25
            );

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task A_few_differences_cost_a_few_tiles(int count)
    {
        byte[][] entries = [.. Enumerable.Range(0, 70000).Select(StaticLog.Entry)];
        int[] places = [.. Enumerable.Range(0, count).Select(i => (i * 3499 + 77) % 70000).Order()];
        foreach (int place in places)
            entries[place] = [9];
        TileReader a = StaticLog.Of(70000).Reader();
        TileReader b = StaticLog.Make(entries).Reader();
        TreeDifference difference = await TreeDiff.CompareAsync(a, b, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(places.Select(p => new LeafRange(p, p + 1)), difference.Differing);
        // The edge, and for each difference at most a tile at levels 0 and 1; a whole reading takes 276.
        Assert.InRange(a.TilesRead, 3, 3 + 1 + count);
        Assert.Equal(a.TilesRead, b.TilesRead);
    }

    [Fact]
    public async Task Equal_trees_cost_their_edges_and_no_more()
    {
        TileReader a = StaticLog.Of(70000).Reader();
        TileReader b = StaticLog.Of(70000).Reader();
        Assert.True((await TreeDiff.CompareAsync(a, b, cancel: TestContext.Current.CancellationToken)).IsSame);
        Assert.Equal(6, a.TilesRead + b.TilesRead);
    }

    [Fact]
    public async Task No_more_ranges_are_listed_than_were_asked_for()
    {
        TileReader a = StaticLog.Of(1000).Reader();
        TileReader b = StaticLog
            .Make(Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? [] : StaticLog.Entry(i)))
            .Reader();
        TreeDifference difference = await TreeDiff.CompareAsync(a, b, 3, TestContext.Current.CancellationToken);
        Assert.False(difference.IsComplete);
        Assert.Equal([new(0, 1), new(10, 11), new(20, 21)], difference.Differing);
    }

    [Fact]
    public async Task A_broken_replica_is_an_error_and_not_a_difference()
    {
        StaticLog broken = StaticLog.Of(70000);
        broken.Change("tile/1/000", bytes => [.. bytes.AsEnumerable().Reverse()]);
        StaticLog other = StaticLog.Make(Enumerable.Range(0, 70000).Select(i => i == 5 ? [] : StaticLog.Entry(i)));
        var error = await Assert.ThrowsAsync<TessraxException>(async () =>
            await TreeDiff.CompareAsync(broken.Reader(), other.Reader(), cancel: TestContext.Current.CancellationToken)
        );
        Assert.Equal("tile/1/000", error.Path);
        Digest root = TestLeaves.Hash(1);
        var forged = new TileReader(StaticLog.Of(300), new TreeHead(300, root), TreeHasher.Sha256);
        await Assert.ThrowsAsync<TessraxException>(async () =>
            await TreeDiff.CompareAsync(forged, forged, cancel: TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(512, 768)]
    [InlineData(700, 701)]
    [InlineData(2000, 2100)]
    [InlineData(2999, 3000)]
    public async Task A_subtree_that_was_cut_out_is_named(int from, int to)
    {
        TileReader whole = StaticLog.Of(3000).Reader();
        IEnumerable<int> left = Enumerable.Range(0, 3000).Where(i => i < from || i >= to);
        TileReader cut = StaticLog.Make(left.Select(StaticLog.Entry)).Reader();
        Assert.Equal(
            new LeafRange(from, to),
            await TreeDiff.FindCutAsync(whole, cut, TestContext.Current.CancellationToken)
        );
        Assert.Null(await TreeDiff.FindCutAsync(cut, whole, TestContext.Current.CancellationToken));
        Assert.Null(await TreeDiff.FindCutAsync(whole, whole, TestContext.Current.CancellationToken));
        // One other difference, and it is no mere cut.
        TileReader other = StaticLog.Make(left.Select(i => i == 1500 ? [1] : StaticLog.Entry(i))).Reader();
        Assert.Null(await TreeDiff.FindCutAsync(whole, other, TestContext.Current.CancellationToken));
    }

    private static List<LeafRange> Ranges(bool[] differs)
    {
        var ranges = new List<LeafRange>();
        for (int i = 0; i < differs.Length; i++)
        {
            int from = i;
            while (i < differs.Length && differs[i])
                i++;
            if (i > from)
                ranges.Add(new LeafRange(from, i));
        }
        return ranges;
    }
}
