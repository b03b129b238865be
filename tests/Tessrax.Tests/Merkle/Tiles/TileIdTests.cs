using System.Globalization;
using System.Text.Json;
using CsCheck;
using Tessrax.Merkle;
using Tessrax.Tests.Keys;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Names and widths of tiles, by the numbers that the standard's text works out.</summary>
public class TileIdTests
{
    [Fact]
    public void Paths_are_those_of_the_standard()
    {
        using JsonDocument vectors = Vectors.Read("tlog", "tile-arithmetic.json");
        JsonProperty[] paths = [.. vectors.RootElement.GetProperty("tile_index_paths").EnumerateObject()];
        Assert.NotEmpty(paths);
        foreach (JsonProperty path in paths)
        {
            var tile = new TileId(0, long.Parse(path.Name, CultureInfo.InvariantCulture), 256);
            Assert.Equal($"tile/0/{path.Value.GetString()}", tile.Path);
            Assert.True(TileId.TryParse(tile.Path, out TileId back));
            Assert.Equal(tile, back);
        }
    }

    [Fact]
    public void A_tree_of_70000_has_the_tiles_that_the_standard_counts()
    {
        using JsonDocument vectors = Vectors.Read("tlog", "tile-arithmetic.json");
        JsonElement counts = vectors.RootElement.GetProperty("tree_size_70000");
        Assert.Equal(Number(counts, "level0_full"), Full(0, 70000));
        Assert.Equal(Number(counts, "level0_partial_width"), Partial(0, 70000));
        Assert.Equal(Number(counts, "level1_full"), Full(1, 70000));
        Assert.Equal(Number(counts, "level1_partial_width"), Partial(1, 70000));
        Assert.Equal(Number(counts, "level2_partial_width"), Partial(2, 70000));
        Assert.Null(TileId.At(3, 0, 70000));
        counts = vectors.RootElement.GetProperty("tree_size_256");
        Assert.Equal(Number(counts, "level0_full"), Full(0, 256));
        Assert.Equal(0, Partial(0, 256));
        Assert.Equal(Number(counts, "level1_partial_width"), Partial(1, 256));
    }

    [Theory]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/0/255.p/1", 0, 255, 1)]
    [InlineData("tile/1/x001/000.p/255", 1, 1000, 255)]
    [InlineData("tile/entries/x999/999", -1, 999_999, 256)]
    [InlineData("tile/entries/x018/x014/x398/x509/x481/983", -1, 18_014_398_509_481_983, 256)]
    [InlineData("tile/7/000.p/64", 7, 0, 64)]
    public void Names_are_read_and_written_alike(string path, int level, long index, int width)
    {
        Assert.True(TileId.TryParse(path, out TileId tile));
        Assert.Equal(new TileId(level, index, width), tile);
        Assert.Equal(path, tile.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile")]
    [InlineData("tile/")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/00")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/1000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/0/x000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x001/x000")]
    [InlineData("tile/0/X001/000")]
    [InlineData("tile/0/-01")]
    [InlineData("tile/0/+01")]
    [InlineData("tile/0/ 01")]
    [InlineData("tile/0/٠٠٠")]
    [InlineData("tile/00/000")]
    [InlineData("tile/01/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/8/000")]
    [InlineData("tile/63/000")]
    [InlineData("tile/7/000")]
    [InlineData("tile/7/001.p/1")]
    [InlineData("tile/data/000")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/1/")]
    [InlineData("tile/0/000.p/1.p/1")]
    [InlineData("tile/0/000.q/1")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/entries/x018/x014/x398/x509/x481/984")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    public void What_is_not_the_one_spelling_of_a_possible_tile_is_refused(string path)
    {
        Assert.False(TileId.TryParse(path, out TileId tile));
        Assert.Equal(default, tile);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_is_written_the_same() =>
        Gen.OneOf(
                Gen.String,
                Gen.String[Gen.Char["tile/0123456789xp.ns"], 0, 40],
                Gen.Select(
                    Gen.Int[-2, 9],
                    Gen.Long,
                    Gen.Int[-1, 300],
                    (l, n, w) => $"tile/{l}/x{n % 1000:D3}/{n % 1000:D3}.p/{w}"
                )
            )
            .Sample(text => !TileId.TryParse(text, out TileId tile) || tile.Path == text, iter: 20_000);

    [Fact]
    public void The_tiles_of_a_level_cover_its_full_subtrees_without_gap_or_overlap() =>
        Gen.Select(Gen.Int[0, 7], Gen.Long[0, Frontier.MaxSize])
            .Sample(
                (level, size) =>
                {
                    long hashes = size >> (8 * level);
                    long last = hashes >> 8;
                    if (hashes == 0)
                        return TileId.At(level, 0, size) is null;
                    int width = (int)(hashes & 255);
                    // floor(s / 256^l) mod 256, and no empty tile.
                    bool edge =
                        width == 0
                            ? TileId.At(level, last, size) is null
                            : TileId.At(level, last, size)!.Value.Width == width;
                    bool full = last == 0 || TileId.At(level, last - 1, size)!.Value.IsFull;
                    TileId one = TileId.At(level, width == 0 ? last - 1 : last, size)!.Value;
                    return edge
                        && full
                        && TileId.At(level, last + 1, size) is null
                        && one.Leaves.End == hashes << (8 * level);
                },
                iter: 20_000
            );

    [Fact]
    public void Any_numbers_get_a_tile_or_none() =>
        Gen.Select(Gen.Int, Gen.Long, Gen.Long)
            .Sample((level, index, size) => TileId.At(level % 10, index, size) is not { } t || t.Leaves.End <= size);

    private static int Full(int level, long size)
    {
        int count = 0;
        while (TileId.At(level, count, size) is { IsFull: true })
            count++;
        return count;
    }

    private static int Partial(int level, long size) =>
        TileId.At(level, Full(level, size), size) is { } tile ? tile.Width : 0;

    private static int Number(JsonElement from, string name) => from.GetProperty(name).GetInt32();
}
