using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>As many tiles are held as have room, and the one that was used least lately goes first.</summary>
public class TileCacheTests
{
    private const int TileBytes = TileNodes.FullLength * Digest.Size;

    private static readonly TileNodes Tile = TileNodes.Expand(
        [.. Enumerable.Range(0, TileId.FullWidth).Select(i => TestLeaves.Hash(i))],
        TreeHasher.Sha256
    );

    [Theory]
    [InlineData(0, 1)]
    [InlineData(TileBytes, 1)]
    [InlineData((2 * TileBytes) - 1, 1)]
    [InlineData(2 * TileBytes, 2)]
    [InlineData((5 * TileBytes) + 1, 5)]
    public void As_many_are_held_as_have_room_and_at_least_one(long limit, int held)
    {
        var cache = new TileCache(limit);
        for (int index = 0; index < 8; index++)
            cache.Add(0, index, Tile);
        Assert.Equal(Enumerable.Range(8 - held, held), Enumerable.Range(0, 8).Where(index => Holds(cache, index)));
    }

    [Fact]
    public void What_was_read_lately_stays()
    {
        var cache = new TileCache(2 * TileBytes);
        cache.Add(0, 0, Tile);
        cache.Add(0, 1, Tile);
        Assert.True(Holds(cache, 0));
        cache.Add(0, 2, Tile);
        Assert.True(Holds(cache, 0));
        Assert.False(Holds(cache, 1));
    }

    private static bool Holds(TileCache cache, int index) => cache.TryRead(0, index, 0, 0, out _);
}
