using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>How the check reads: what is missing or cannot be read is borne with, to the limits that are named, and no further.</summary>
public class TileProbeTests
{
    private static readonly TileId Tile = TileId.At(0, 0, 256)!.Value;

    [Fact]
    public async Task After_as_many_missing_files_as_are_borne_none_is_asked_for()
    {
        var source = new Answering(_ => null);
        TileProbe probe = Probe(source);
        for (int i = 0; i < TileProbe.MostMissing; i++)
        {
            Assert.False(probe.HasGivenUp);
            Assert.True((await probe.ReadTileAsync(Tile)).IsMissing);
        }
        Assert.True(probe.HasGivenUp);
        Assert.True((await probe.ReadTileAsync(Tile)).IsMissing);
        Assert.True((await probe.ReadBundleAsync(Tile)).IsMissing);
        Assert.Equal(TileProbe.MostMissing, source.Asked);
    }

    [Fact]
    public async Task A_file_that_is_there_begins_the_count_anew()
    {
        var source = new Answering(asked => asked == TileProbe.MostMissing ? new byte[256 * 32] : null);
        TileProbe probe = Probe(source);
        for (int i = 1; i < TileProbe.MostMissing; i++)
            await probe.ReadTileAsync(Tile);
        Assert.False((await probe.ReadTileAsync(Tile)).IsMissing);
        for (int i = 1; i < TileProbe.MostMissing; i++)
            await probe.ReadTileAsync(Tile);
        Assert.False(probe.HasGivenUp);
        await probe.ReadTileAsync(Tile);
        Assert.True(probe.HasGivenUp);
    }

    [Fact]
    public async Task Two_failures_in_a_row_are_told_and_the_third_is_thrown()
    {
        var source = new Answering(asked => asked == 3 ? null : throw ErrorCodes.CannotRead.Because("broken disk"));
        TileProbe probe = Probe(source);
        foreach (bool fails in (bool[])[true, true, false, true, true])
        {
            ProbedTile found = await probe.ReadTileAsync(Tile);
            Assert.True(found.IsMissing);
            Assert.Equal(fails, found.Why is not null);
        }
        await Assert.ThrowsAsync<TessraxException>(async () => await probe.ReadTileAsync(Tile));
    }

    [Fact]
    public async Task Whoever_gives_up_is_obeyed_before_the_next_file()
    {
        var source = new Answering(_ => null);
        var probe = new TileProbe(source, TreeHasher.Sha256, new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await probe.ReadTileAsync(Tile));
        Assert.Equal(0, source.Asked);
    }

    private static TileProbe Probe(ITileSource source) => new(source, TreeHasher.Sha256, CancellationToken.None);

    /// <summary>Answers by how many files were asked for, this one too.</summary>
    private sealed class Answering(Func<int, byte[]?> answer) : ITileSource
    {
        public int Asked { get; private set; }

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
        {
            Asked++;
            return new(answer(Asked) is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null);
        }

        public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
            new(default(ReadOnlyMemory<byte>?));
    }
}
