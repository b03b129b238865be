using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Whatever a source answers, a hash that is handed out is the tree's.</summary>
public class HostileSourceTests
{
    private static readonly int[] SomeSizes = [1, 255, 256, 257, 1000, 65536, 70000];

    [Fact]
    public void Whatever_is_answered_every_hash_handed_out_is_the_trees() =>
        Gen.Select(Gen.Int[0, SomeSizes.Length - 1], Gen.Int[0, 99], Gen.Int[0, 1 << 30], Gen.Int[1, 1 << 30].Array[5])
            .Sample((size, lies, seed, asked) => AnswersTrulyOrNot(SomeSizes[size], lies, seed, asked), iter: 400);

    [Theory]
    [InlineData("null")]
    [InlineData("empty")]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("giant")]
    [InlineData("zeros")]
    [InlineData("bit")]
    [InlineData("swapped")]
    [InlineData("other level")]
    [InlineData("neighbour")]
    [InlineData("other tree")]
    [InlineData("other size")]
    public async Task Each_lie_about_each_tile_of_a_path_is_named(string lie)
    {
        StaticLog log = StaticLog.Of(70000);
        foreach (
            string path in new[] { "tile/0/001", "tile/1/000", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1" }
        )
        {
            Assert.True(TileId.TryParse(path, out TileId tile));
            var liar = new Liar(
                log,
                (t, truth) => t.Index == tile.Index && t.Level == tile.Level ? Lie(log, lie, t, truth) : truth
            );
            var reader = new TileReader(liar, log.Head, TreeHasher.Sha256);
            var error = await Assert.ThrowsAsync<TessraxException>(async () =>
                await reader.ProveInclusionAsync(300, TestContext.Current.CancellationToken)
            );
            Assert.True(error.Code == ErrorCodes.TileMissing || error.Code == ErrorCodes.TileBroken, error.Message);
            Assert.Equal(lie == "null", error.Code == ErrorCodes.TileMissing);
            // The edge gives the root only as a whole; every other tile is named itself.
            Assert.True(
                error.Path == path || (tile.Width < 256 && error.Path == "tile/2/000.p/1"),
                $"{lie} {path}: {error.Message}"
            );
            Assert.Contains("[", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_entry_that_is_not_the_leafs_is_not_handed_out()
    {
        StaticLog log = StaticLog.Of(300);
        byte[] bundle = log.Files["tile/entries/000"];
        TileReader reader = log.Reader();
        foreach (
            byte[]? lie in new byte[]?[] { null, [], bundle[..5], [.. bundle[2..]], log.Files["tile/entries/001.p/44"] }
        )
        {
            if (lie is null)
                log.Files.Remove("tile/entries/000");
            else
                log.Files["tile/entries/000"] = lie;
            var error = await Assert.ThrowsAsync<TessraxException>(async () =>
                await reader.ReadEntryAsync(7, TestContext.Current.CancellationToken)
            );
            Assert.Equal(lie is null ? ErrorCodes.TileMissing : ErrorCodes.EntriesBroken, error.Code);
            Assert.Equal("tile/entries/000", error.Path);
        }
    }

    [Fact]
    public async Task The_empty_tree_has_one_root_only()
    {
        StaticLog log = StaticLog.Of(0);
        await log.Reader().OpenAsync(TestContext.Current.CancellationToken);
        var wrong = new TileReader(log, new TreeHead(0, TestLeaves.Hash(0)), TreeHasher.Sha256);
        await Assert.ThrowsAsync<TessraxException>(async () =>
            await wrong.OpenAsync(TestContext.Current.CancellationToken)
        );
    }

    private static bool AnswersTrulyOrNot(int size, int lies, int seed, int[] asked)
    {
        StaticLog log = StaticLog.Of(size);
        var random = new Random(seed);
        string[] kinds =
        [
            "null",
            "empty",
            "short",
            "long",
            "zeros",
            "bit",
            "swapped",
            "other level",
            "neighbour",
            "other tree",
            "other size",
        ];
        var liar = new Liar(
            log,
            (tile, truth) => random.Next(100) < lies ? Lie(log, kinds[random.Next(kinds.Length)], tile, truth) : truth
        );
        var reader = new TileReader(liar, log.Head, TreeHasher.Sha256, cacheBytes: random.Next(2) * 40_000);
        foreach (int number in asked)
        {
            int index = number % size;
            try
            {
                Digest[] path = reader.ProveInclusionAsync(index).AsTask().GetAwaiter().GetResult();
                if (!path.SequenceEqual(InclusionProof.Prove(log.Tree, size, index, TreeHasher.Sha256)))
                    return false;
                if (reader.ReadLeafAsync(index).AsTask().GetAwaiter().GetResult() != log.Tree.Leaf(index))
                    return false;
                int from = 1 + number / 7 % size;
                path = reader.ProveConsistencyAsync(from, size).AsTask().GetAwaiter().GetResult();
                if (!path.SequenceEqual(ConsistencyProof.Prove(log.Tree, from, size, TreeHasher.Sha256)))
                    return false;
            }
            catch (TessraxException e) when (e.Code == ErrorCodes.TileMissing || e.Code == ErrorCodes.TileBroken) { }
        }
        return true;
    }

    private static byte[]? Lie(StaticLog log, string kind, TileId tile, byte[]? truth)
    {
        truth ??= new byte[tile.HashBytes];
        byte[] copy = [.. truth];
        switch (kind)
        {
            case "null":
                return null;
            case "empty":
                return [];
            case "short":
                return copy[..^32];
            case "long":
                return [.. copy, .. new byte[32]];
            case "giant":
                return new byte[1 << 24];
            case "zeros":
                return new byte[copy.Length];
            case "bit":
                copy[copy.Length / 2] ^= 1;
                return copy;
            case "swapped":
                if (copy.Length < 64)
                    goto case "bit";
                copy.AsSpan(0, 32).CopyTo(copy.AsSpan(32));
                return copy;
            case "other level":
                byte[] higher = log.Files.GetValueOrDefault($"tile/{(tile.Level + 1) % 3}/000") ?? new byte[8192];
                return Fit(higher, copy.Length);
            case "neighbour":
                return Fit(log.Files.GetValueOrDefault("tile/0/007") ?? new byte[8192], copy.Length);
            case "other tree":
                StaticLog other = Other.Value;
                return Fit(other.Files.GetValueOrDefault(tile.Full.Path) ?? other.Files["tile/0/000"], copy.Length);
            default: // a tile of another size of the same tree: one hash fewer, or one more, whole in itself
                return tile.Width > 1 ? copy[..^32] : [.. copy, .. copy];
        }
    }

    private static readonly Lazy<StaticLog> Other = new(() =>
        StaticLog.Make(Enumerable.Range(0, 70000).Select(i => StaticLog.Entry(i + 1)))
    );

    private static byte[] Fit(byte[] bytes, int length) =>
        bytes.Length >= length ? bytes[..length] : [.. bytes, .. new byte[length - bytes.Length]];

    private sealed class Liar(StaticLog log, Func<TileId, byte[]?, byte[]?> answer) : ITileSource
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
        {
            byte[]? said = answer(tile, log.Files.GetValueOrDefault(tile.Path));
            return new(said is null ? null : (ReadOnlyMemory<byte>?)new ReadOnlyMemory<byte>(said));
        }

        public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
            log.ReadCheckpointAsync(cancel);
    }
}
