using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Trees;
using Tessrax.Tests.Merkle;
using Xunit;

namespace Tessrax.Node.Tests.Trees;

/// <summary>What one tree has read serves the next one, and is held to its root like what comes from disk.</summary>
public sealed class SharedTilesTests
{
    private const int Count = 1 << 16;
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;
    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Count).Select(TestLeaves.Hash)];

    [Fact]
    public void A_tile_is_read_once_for_all()
    {
        var shared = new SharedTiles(16);
        MemoryStore store = Store(Leaves);
        Assert.Equal(Leaves[300], Open(store, shared).Leaf(300));
        // Were it read again, it would be made of the entries.
        store.Tiles.Remove((0, 1));
        LedgerTree next = Open(store, shared);
        Assert.Equal(Leaves[300], next.Leaf(300));
        Assert.Equal(Leaves[511], next.Leaf(511));
        Assert.Equal(0, store.Hashed);
    }

    [Fact]
    public void A_tile_of_another_tree_serves_nobody()
    {
        var shared = new SharedTiles(16);
        Digest[] others = [.. Leaves];
        others[300] = TestLeaves.Hash(-1);
        Assert.Equal(others[300], Open(Store(others), shared).Leaf(300));
        Assert.Equal(Leaves[300], Open(Store(Leaves), shared).Leaf(300));
    }

    [Fact]
    public void As_many_are_kept_as_there_is_room_for()
    {
        var shared = new SharedTiles(2);
        LedgerTree tree = Open(Store(Leaves), shared);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Count; i += 128)
                Assert.Equal(Leaves[i], tree.Leaf(i));
        }
    }

    private static MemoryStore Store(Digest[] leaves)
    {
        var store = new MemoryStore(leaves);
        var tree = new LedgerTree(Hasher, store);
        tree.Append(leaves);
        tree.Commit(tree.Size);
        return store;
    }

    private static LedgerTree Open(MemoryStore store, SharedTiles shared)
    {
        var tree = new LedgerTree(Hasher, store, cache: 0) { Shared = shared };
        Assert.True(tree.TryResume(Count));
        return tree;
    }
}
