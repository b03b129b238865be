using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Trees;
using Tessrax.Tests.Merkle;
using Xunit;

namespace Tessrax.Node.Tests.Trees;

/// <summary>Tiles on disk are not believed: what a tree hands out is right, or it is an error.</summary>
public sealed class TreeHealingTests
{
    // More than one tile of level 1, so that every kind of tile there is up to a million leaves is read from the store.
    private const int Count = (2 << 16) + 3000;
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;
    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Count).Select(TestLeaves.Hash)];
    private static readonly MerkleTree Expected = Grow();
    private static readonly Lazy<Dictionary<(int Level, long Index), byte[]>> AllTiles = new(() =>
    {
        var store = new MemoryStore(Leaves);
        Fill(store, Leaves);
        return store.Tiles;
    });

    [Fact]
    public void A_tile_that_is_missing_or_wrong_is_made_again_and_put_back()
    {
        MemoryStore store = Full();
        byte[] right = store.Tiles[(0, 3)];
        foreach ((int level, long index) in new[] { (0, 3L), (0, 511L), (1, 0L), (1, 1L) })
        {
            byte[] whole = store.Tiles[(level, index)];
            byte[] flipped = [.. whole];
            flipped[4000] ^= 1;
            foreach (
                byte[]? damage in new[] { null, [], whole[1..], [.. whole, 0], flipped, right[..], new byte[8192] }
            )
            {
                if (damage is null)
                    store.Tiles.Remove((level, index));
                else
                    store.Tiles[(level, index)] = damage;
                LedgerTree tree = Resumed(store, level, index);
                AssertReads(tree, level, index);
                Assert.Equal(whole, store.Tiles[(level, index)]);
            }
        }
    }

    [Fact]
    public void A_whole_branch_that_is_gone_or_forged_is_made_again_from_the_entries()
    {
        MemoryStore store = Full();
        var honest = store.Tiles.ToDictionary();
        // A consistent lie: a leaf, the tile above it, and the one above that.
        Digest[] forged = [.. Leaves];
        forged[70_000] = TestLeaves.Hash(-1);
        var lying = new MemoryStore(forged);
        Fill(lying, forged);
        store.Tiles[(0, 273)] = lying.Tiles[(0, 273)];
        store.Tiles[(1, 1)] = lying.Tiles[(1, 1)];
        for (long i = 0; i < 256; i++)
            store.Tiles.Remove((0, i));
        store.Tiles.Remove((1, 0));
        LedgerTree tree = Replayed(store);
        Assert.Equal(Expected.Root(), tree.Root());
        foreach (int index in new[] { 70_000, 70_001, 0, 65_535, 30_000 })
            AssertProves(tree, index);
        tree.Commit(Count);
        Assert.Equal(honest[(1, 1)], store.Tiles[(1, 1)]);
        Assert.Equal(honest[(0, 273)], store.Tiles[(0, 273)]);
        Assert.Equal(honest.Count, store.Tiles.Count);
        Assert.All(honest, tile => Assert.Equal(tile.Value, store.Tiles[tile.Key]));
    }

    [Fact]
    public void A_reader_makes_what_is_missing_for_itself_and_writes_nothing()
    {
        var store = new MemoryStore(Leaves, canWrite: false);
        LedgerTree tree = Replayed(store);
        for (int index = 0; index < Count; index += 997)
            AssertProves(tree, index);
        Assert.Empty(store.Tiles);
        // Tiles of whole segments stay in memory: only single tiles of 256 leaves were made again.
        Assert.True(store.Hashed <= (long)Count / 997 * 256 + 256, $"{store.Hashed} leaves hashed");
    }

    [Fact]
    public void Entries_that_do_not_give_the_tree_are_damage_not_an_answer()
    {
        Digest[] changed = [.. Leaves];
        changed[1000] = TestLeaves.Hash(-1);
        var store = new MemoryStore(changed, canWrite: false);
        LedgerTree tree = Replayed(store);
        TessraxException error = Assert.Throws<TessraxException>(() => tree.Leaf(1000));
        Assert.Equal(ErrorCodes.Damaged, error.Code);
        Assert.Contains("[768, 1024)", error.Message, StringComparison.Ordinal);
        AssertProves(tree, 1024);
    }

    [Fact]
    public void A_disk_that_takes_no_tiles_does_not_fill_the_memory_and_gets_them_later()
    {
        var store = new MemoryStore(Leaves) { IsFull = true };
        var tree = new LedgerTree(Hasher, store, cache: 8);
        for (int at = 0; at < Count; at += 4096)
        {
            tree.Append(Leaves.AsSpan(at, Math.Min(4096, Count - at)));
            Assert.Equal(ErrorCodes.DiskFull, Assert.Throws<TessraxException>(() => tree.Commit(tree.Size)).Code);
        }
        Assert.Empty(store.Tiles);
        store.IsFull = false;
        Assert.Equal(Count / 256 + 2, tree.Commit(Count).Count);
        AssertProves(tree, 5);
        Assert.Equal(AllTiles.Value.Keys.Order(), store.Tiles.Keys.Order());
    }

    [Fact]
    public void What_is_not_durable_is_not_written()
    {
        var store = new MemoryStore(Leaves);
        var tree = new LedgerTree(Hasher, store);
        tree.Append(Leaves.AsSpan(0, 1000));
        Assert.Equal([new TileId(0, 0, 256), new TileId(0, 1, 256)], tree.Commit(767));
        Assert.Equal([new TileId(0, 2, 256)], tree.Commit(768));
        Assert.Empty(tree.Commit(1000));
    }

    [Fact]
    public void Resuming_gives_the_same_tree_and_refuses_where_a_tile_is_missing()
    {
        MemoryStore store = Full();
        foreach (int at in new[] { 0, 256, 65_536, 65_536 + 768, 131_072 })
        {
            var tree = new LedgerTree(Hasher, store, cache: 0);
            Assert.True(tree.TryResume(at));
            Assert.Equal(Expected.RootAt(at), tree.Root());
            tree.Append(Leaves.AsSpan(at));
            Assert.Equal(Expected.Root(), tree.Root());
            foreach (int index in new[] { 0, 255, 256, 65_535, 65_536, 100_000, Count - 1 })
                AssertProves(tree, index);
        }
        Assert.Equal(0, store.Hashed);
        Assert.Throws<ArgumentException>(() => new LedgerTree(Hasher, store).TryResume(100));
    }

    [Fact]
    public void What_a_crash_took_of_the_last_tiles_is_made_again_and_more_is_refused()
    {
        // The whole last segment's tiles are gone.
        MemoryStore store = Full();
        store.Tiles.Remove((1, 1));
        for (long i = 256; i < 512; i++)
            store.Tiles.Remove((0, i));
        var tree = new LedgerTree(Hasher, store);
        Assert.True(tree.TryResume(131_072, Expected.RootAt(131_072)));
        AssertProves(tree, 70_000);
        // Or torn: its length is right, and its bytes are not.
        store = Full();
        store.Tiles[(1, 1)] = new byte[8192];
        tree = new LedgerTree(Hasher, store);
        Assert.True(tree.TryResume(131_072, Expected.RootAt(131_072)));
        AssertProves(tree, 70_000);
        Assert.Equal(AllTiles.Value[(1, 1)], store.Tiles[(1, 1)]);
        // Further back no crash reaches.
        store = Full();
        store.Tiles[(1, 0)] = new byte[8192];
        tree = new LedgerTree(Hasher, store);
        Assert.False(tree.TryResume(131_072, Expected.RootAt(131_072)));
        store = Full();
        for (long i = 512; i < 517; i++)
            store.Tiles.Remove((0, i));
        tree = new LedgerTree(Hasher, store);
        Assert.False(tree.TryResume(131_072 + 2048));
        Assert.Equal(0, tree.Size);
        tree.Append(Leaves);
        Assert.Equal(Expected.Root(), tree.Root());
    }

    private static void AssertReads(LedgerTree tree, int level, long index)
    {
        for (int i = 0; i < 256; i += 51)
        {
            var wanted = new Subtree(8 * level, (index << 8) + i);
            var hashes = new Digest[2];
            tree.Read([wanted], hashes.AsSpan(0, 1));
            Expected.Read([wanted], hashes.AsSpan(1));
            Assert.Equal(hashes[1], hashes[0]);
        }
    }

    private static void AssertProves(LedgerTree tree, int index)
    {
        Digest[] path = InclusionProof.Prove(tree, tree.Size, index, Hasher);
        var head = new TreeHead(tree.Size, Expected.RootAt(tree.Size));
        Assert.True(InclusionProof.Verify(path, head, index, Leaves[index], Hasher), $"leaf {index}");
    }

    // From a place where the tile is not needed to begin with: it is met when it is asked for.
    private static LedgerTree Resumed(MemoryStore store, int level, long index)
    {
        var tree = new LedgerTree(Hasher, store, cache: 0);
        var before = store.Tiles.ToDictionary();
        foreach ((var key, byte[] tile) in AllTiles.Value)
            store.Tiles[key] = tile;
        Assert.True(tree.TryResume(131_072));
        store.Tiles.Clear();
        foreach ((var key, byte[] tile) in before)
            store.Tiles[key] = tile;
        Assert.Equal(Expected.RootAt(131_072), tree.Root());
        return tree;
    }

    private static LedgerTree Replayed(MemoryStore store)
    {
        var tree = new LedgerTree(Hasher, store, cache: 0);
        for (int at = 0; at < Count; at += 4096)
        {
            tree.Append(Leaves.AsSpan(at, Math.Min(4096, Count - at)));
            tree.Settle();
        }
        return tree;
    }

    private static MemoryStore Full()
    {
        var store = new MemoryStore(Leaves);
        foreach ((var key, byte[] tile) in AllTiles.Value)
            store.Tiles[key] = tile;
        return store;
    }

    private static void Fill(MemoryStore store, Digest[] leaves)
    {
        var tree = new LedgerTree(Hasher, store);
        tree.Append(leaves);
        tree.Commit(Count);
    }

    private static MerkleTree Grow()
    {
        var tree = new MerkleTree(Hasher);
        tree.Append(Leaves);
        return tree;
    }
}
