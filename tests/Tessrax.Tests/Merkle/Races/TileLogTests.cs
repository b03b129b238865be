using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>Readers of a log over tiles see one growing tree, whatever the order in which its files are written and read.</summary>
public class TileLogTests
{
    private const int Dose = 60;
    private const int MutantSeeds = 2000;

    [Fact]
    public void No_schedule_shows_a_reader_anything_but_one_growing_tree() =>
        Assert.True(RaceSearch.Explore(scheduler => Scenario(scheduler, TileLogMutant.None), Dose) > 0);

    [Theory]
    [InlineData(TileLogMutant.CheckpointFirst)]
    [InlineData(TileLogMutant.PartialDeletedFirst)]
    [InlineData(TileLogMutant.SizeFirst)]
    [InlineData(TileLogMutant.NoLock)]
    public void A_planted_race_is_found_and_found_again_by_its_seed(TileLogMutant mutant)
    {
        RaceFoundException? found = RaceSearch.Find(scheduler => Scenario(scheduler, mutant), MutantSeeds);
        Assert.NotNull(found);
        RaceFoundException again = Assert.Throws<RaceFoundException>(() =>
            RaceSearch.Replay(scheduler => Scenario(scheduler, mutant), found.Seed)
        );
        Assert.Equal(found.Message, again.Message);
        // The same order does the log no harm that has no race.
        RaceSearch.Replay(scheduler => Scenario(scheduler, TileLogMutant.None), found.Seed);
    }

    // Around leaf 256 a partial tile becomes full, is deleted, and a second level begins.
    private static void Scenario(SeededScheduler scheduler, TileLogMutant mutant)
    {
        var log = new TileLog(scheduler, mutant);
        scheduler.Run(() => log.AppendAsync(Batch(0, 253)));
        scheduler.Run(
            () => Appender(log, 1000),
            () => Appender(log, 2000),
            () => log.PublishAsync(),
            () => Reader(log),
            () => Reader(log)
        );
        scheduler.Run(() => Reader(log));
    }

    // Whoever was told that a leaf is in the log finds it there, under every checkpoint from then on.
    private static async Task Appender(TileLog log, int from)
    {
        foreach (int count in new[] { 1, 3 })
        {
            Digest[] batch = Batch(from, count);
            long first = await log.AppendAsync(batch);
            TreeHead head = await log.ReadHeadAsync() ?? throw new InvalidDataException("no checkpoint");
            Assert.True(head.Size >= first + count, $"leaf {first} is not in a tree of {head.Size}");
            var reader = new TileReader(log, head, TreeHasher.Sha256);
            for (int i = 0; i < count; i++)
            {
                Digest[] path = await reader.ProveInclusionAsync(first + i);
                Assert.True(InclusionProof.Verify(path, head, first + i, batch[i], TreeHasher.Sha256));
            }
            from += 10;
        }
    }

    private static async Task Reader(TileLog log)
    {
        TreeHead? seen = null;
        for (int round = 0; round < 3; round++)
        {
            TreeHead head = await log.ReadHeadAsync() ?? throw new InvalidDataException("no checkpoint");
            var reader = new TileReader(log, head, TreeHasher.Sha256);
            // Two proofs at a time through one reader, which shares what it has read.
            await Task.WhenAll(Newest(reader), Growth(reader, seen ?? head));
            seen = head;
        }
    }

    private static async Task Newest(TileReader reader)
    {
        long index = reader.Head.Size - 1;
        var leaf = new Digest[1];
        await reader.ReadAsync(new[] { new Subtree(0, index) }, leaf);
        Digest[] path = await reader.ProveInclusionAsync(index);
        Assert.True(InclusionProof.Verify(path, reader.Head, index, leaf[0], TreeHasher.Sha256));
        Assert.NotEqual(default, leaf[0]);
    }

    private static async Task Growth(TileReader reader, TreeHead seen)
    {
        Assert.True(reader.Head.Size >= seen.Size, $"the tree went from {seen.Size} back to {reader.Head.Size}");
        Digest[] path = await reader.ProveConsistencyAsync(seen.Size, reader.Head.Size);
        Assert.True(ConsistencyProof.Verify(path, seen, reader.Head, TreeHasher.Sha256), "the tree was another before");
    }

    private static Digest[] Batch(int from, int count) => [.. Enumerable.Range(from, count).Select(TestLeaves.Hash)];
}
