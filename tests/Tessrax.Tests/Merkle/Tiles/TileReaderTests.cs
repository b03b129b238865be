using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>What comes out of tiles is what the tree itself gives.</summary>
public class TileReaderTests
{
    public static TheoryData<int> Sizes => [0, 1, 2, 255, 256, 257, 511, 65535, 65536, 65537, 70000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Proofs_from_tiles_are_those_of_the_tree(int size)
    {
        StaticLog log = StaticLog.Of(size);
        TileReader reader = log.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        foreach (int index in Some(size).Where(i => i < size))
        {
            Digest[] path = await reader.ProveInclusionAsync(index, TestContext.Current.CancellationToken);
            Assert.Equal(InclusionProof.Prove(log.Tree, size, index, TreeHasher.Sha256), path);
            Assert.Equal(
                log.Tree.Leaf(index),
                await reader.ReadLeafAsync(index, TestContext.Current.CancellationToken)
            );
            ReadOnlyMemory<byte> entry = await reader.ReadEntryAsync(index, TestContext.Current.CancellationToken);
            Assert.Equal(StaticLog.Entry(index), entry.ToArray());
        }
        foreach (int to in Some(size))
        {
            Assert.Equal(log.Tree.RootAt(to), await reader.RootAtAsync(to, TestContext.Current.CancellationToken));
            foreach (int from in Some(to).Where(m => m > 0))
            {
                Digest[] path = await reader.ProveConsistencyAsync(from, to, TestContext.Current.CancellationToken);
                Assert.Equal(ConsistencyProof.Prove(log.Tree, from, to, TreeHasher.Sha256), path);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Every_subtree_can_be_read_with_little_room(int size)
    {
        StaticLog log = StaticLog.Of(size);
        var wanted = new List<Subtree>();
        for (int level = 0; size >> level > 0; level++)
        {
            long last = (size >> level) - 1;
            wanted.AddRange(new[] { 0, last / 3, last / 2, last }.Distinct().Select(i => new Subtree(level, i)));
        }
        var expected = new Digest[wanted.Count];
        log.Tree.Read(wanted.ToArray(), expected);
        foreach (long cache in new long[] { 0, 20_000, TileReader.DefaultCacheBytes })
        {
            var hashes = new Digest[wanted.Count];
            await log.Reader(cache).ReadAsync(wanted.ToArray(), hashes, TestContext.Current.CancellationToken);
            Assert.Equal(expected, hashes);
        }
    }

    [Fact]
    public async Task A_cold_proof_reads_a_tile_a_level_below_the_edge_and_a_warm_one_completes_at_once()
    {
        StaticLog log = StaticLog.Of(70000);
        TileReader reader = log.Reader();
        await reader.OpenAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, reader.TilesRead);
        await reader.ProveInclusionAsync(300, TestContext.Current.CancellationToken);
        // Tile 1 at level 0 and tile 0 at level 1; level 2 is the edge's.
        Assert.Equal(5, reader.TilesRead);
        Assert.True(
            reader.ProveInclusionAsync(301, TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully
        );
        Assert.True(reader.ReadLeafAsync(511, TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
        Assert.Equal(5, reader.TilesRead);
        await reader.ProveInclusionAsync(512, TestContext.Current.CancellationToken);
        Assert.Equal(6, reader.TilesRead);
        Assert.Equal(6, log.Reads);
        TileReader small = log.Reader(0);
        await small.OpenAsync(TestContext.Current.CancellationToken);
        await small.ProveInclusionAsync(300, TestContext.Current.CancellationToken);
        Assert.Equal(5, small.TilesRead);
    }

    [Fact]
    public async Task The_full_tile_stands_in_for_a_partial_one_that_was_deleted()
    {
        StaticLog larger = StaticLog.Of(70000);
        foreach (int size in new[] { 1, 200, 256 * 3 + 1, 65535 })
        {
            var reader = new TileReader(larger, larger.Tree.HeadAt(size), TreeHasher.Sha256);
            Assert.DoesNotContain(TileId.At(0, size / 256, size)!.Value.Path, larger.Files.Keys);
            for (int index = 0; index < size; index += 1 + size / 50)
            {
                Digest[] path = await reader.ProveInclusionAsync(index, TestContext.Current.CancellationToken);
                Assert.Equal(InclusionProof.Prove(larger.Tree, size, index, TreeHasher.Sha256), path);
                ReadOnlyMemory<byte> entry = await reader.ReadEntryAsync(index, TestContext.Current.CancellationToken);
                Assert.Equal(StaticLog.Entry(index), entry.ToArray());
            }
        }
    }

    [Fact]
    public async Task Many_readers_at_once_get_the_same()
    {
        StaticLog log = StaticLog.Of(70000);
        // Room for eight tiles of 274, so that they push each other out.
        TileReader reader = log.Reader(0);
        await Parallel.ForAsync(
            0,
            4,
            TestContext.Current.CancellationToken,
            async (thread, cancel) =>
            {
                for (int i = 0; i < 500; i++)
                {
                    int index = (i * 7919 + thread * 17) % 70000;
                    Digest[] path = await reader.ProveInclusionAsync(index, cancel);
                    Assert.True(InclusionProof.Verify(path, log.Head, index, log.Tree.Leaf(index), TreeHasher.Sha256));
                }
            }
        );
    }

    [Fact]
    public async Task A_warm_proof_allocates_its_path_and_little_else()
    {
        TileReader reader = StaticLog.Of(70000).Reader();
        await reader.ProveInclusionAsync(300, TestContext.Current.CancellationToken);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Assert.True(reader.ProveInclusionAsync(300, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.InRange(each, 0, 700); // 17 hashes of 32 bytes
    }

    [Fact]
    public async Task What_the_tree_does_not_have_is_the_callers_mistake()
    {
        TileReader reader = StaticLog.Of(257).Reader();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await reader.ProveInclusionAsync(257, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await reader.ProveInclusionAsync(-1, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await reader.ProveConsistencyAsync(0, 257, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await reader.ProveConsistencyAsync(1, 258, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await reader.ReadAsync(new[] { new Subtree(8, 1) }, new Digest[1], TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await reader.ReadAsync(new[] { new Subtree(63, 0) }, new Digest[1], TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await reader.ReadAsync(new[] { new Subtree(0, 0) }, new Digest[2], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task An_empty_entry_that_its_bundle_lacks_is_not_read_as_there()
    {
        // Entry 13 is empty: what a short bundle leaves unread looks like it.
        StaticLog log = StaticLog.Of(256);
        Assert.Empty(StaticLog.Entry(13));
        int before = Enumerable.Range(0, 13).Sum(i => 2 + StaticLog.Entry(i).Length);
        log.Change("tile/entries/000", bytes => bytes[..before]);
        TileReader reader = log.Reader();
        Assert.Equal(
            StaticLog.Entry(12),
            (await reader.ReadEntryAsync(12, TestContext.Current.CancellationToken)).ToArray()
        );
        var error = await Assert.ThrowsAsync<TessraxException>(async () =>
            await reader.ReadEntryAsync(13, TestContext.Current.CancellationToken)
        );
        Assert.Equal(ErrorCodes.EntriesBroken, error.Code);
        Assert.EndsWith(": leaves [13, 14)", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Some(int size) =>
        new[]
        {
            0,
            1,
            2,
            127,
            128,
            254,
            255,
            256,
            257,
            300,
            511,
            512,
            size / 3,
            size / 2,
            65535,
            65536,
            size - 2,
            size - 1,
            size,
        }
            .Where(n => n >= 0 && n <= size)
            .Distinct();
}
