using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

public class MerkleTreeTests
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    [Fact]
    public void Tree_and_frontier_agree_at_every_size()
    {
        var tree = new MerkleTree(Hasher);
        var frontier = new Frontier(Hasher);
        Assert.Equal(Hasher.Empty, frontier.Root());
        var heads = new List<TreeHead> { frontier.Head };
        for (int i = 0; i < 1500; i++)
        {
            Digest leaf = TestLeaves.Hash(i);
            tree.Append(leaf);
            frontier.Append(leaf);
            Assert.Equal(frontier.Head, new TreeHead(tree.Size, tree.Root()));
            heads.Add(frontier.Head);
        }
        Assert.All(heads, head => Assert.Equal(head.Root, tree.RootAt(head.Size)));
        Assert.Equal(TestLeaves.Hash(777), tree.Leaf(777));
    }

    [Fact]
    public void Random_leaves_give_the_root_of_the_RFC_and_proofs_that_hold()
    {
        Gen<byte[][]> leaves = Gen.Byte.Array[0, 40].Array[1, 300];
        (from data in leaves from index in Gen.Int[0, data.Length - 1] select (data, index)).Sample(
            t =>
            {
                Digest[] hashes = [.. t.data.Select(d => Hasher.Leaf(d))];
                var tree = new MerkleTree(Hasher);
                var frontier = new Frontier(Hasher);
                foreach (Digest hash in hashes)
                {
                    tree.Append(hash);
                    frontier.Append(hash);
                }
                TreeHead head = frontier.Head;
                Assert.Equal(new NaiveTree(hashes).Root(0, hashes.Length), head.Root);
                Assert.Equal(tree.Root(), head.Root);
                Digest[] inclusion = InclusionProof.Prove(tree, head.Size, t.index, Hasher);
                Assert.True(InclusionProof.Verify(inclusion, head, t.index, hashes[t.index], Hasher));
                TreeHead earlier = tree.HeadAt(t.index + 1);
                Digest[] consistency = ConsistencyProof.Prove(tree, earlier.Size, head.Size, Hasher);
                Assert.True(ConsistencyProof.Verify(consistency, earlier, head, Hasher));
            },
            iter: 200
        );
    }

    [Fact]
    public void A_cloned_frontier_grows_on_its_own()
    {
        var frontier = new Frontier(Hasher);
        for (int i = 0; i < 6; i++)
            frontier.Append(TestLeaves.Hash(i));
        Frontier clone = frontier.Clone();
        clone.Append(TestLeaves.Hash(6));
        frontier.Append(TestLeaves.Hash(1000));
        Assert.Equal(TestLeaves.Tree(7).HeadAt(7), clone.Head);
        Digest[] leaves = [.. Enumerable.Range(0, 6).Append(1000).Select(TestLeaves.Hash)];
        Assert.Equal(new TreeHead(7, new NaiveTree(leaves).Root(0, 7)), frontier.Head);
    }

    [Fact]
    public void Refuses_to_read_what_is_not_there()
    {
        MerkleTree tree = TestLeaves.Tree(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.RootAt(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.RootAt(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Leaf(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Leaf(-1));
        Subtree[] missing = [new(0, 5), new(1, 2), new(3, 0), new(-1, 0), new(0, -1), new(63, 0), new(64, 0)];
        foreach (Subtree subtree in missing)
            Assert.Throws<ArgumentException>(() => tree.Read([subtree], new Digest[1]));
        Assert.Throws<ArgumentException>(() => tree.Read([new Subtree(0, 0)], []));
    }

    [Fact]
    public async Task Readers_beside_the_appender_see_whole_trees_only()
    {
        const int Leaves = 30_000;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var tree = new MerkleTree(Hasher);
        tree.Append(TestLeaves.Hash(0));
        Task<int>[] readers =
        [
            .. Enumerable.Range(1, 2).Select(seed => Task.Run(() => Read(tree, seed, Leaves), cancel)),
        ];
        await Task.Run(
            () =>
            {
                for (int i = 1; i < Leaves; i++)
                    tree.Append(TestLeaves.Hash(i));
            },
            cancel
        );
        int[] checks = await Task.WhenAll(readers);
        Assert.All(checks, n => Assert.True(n > 0));
        Assert.Equal(TestLeaves.Tree(Leaves).Root(), tree.Root());
    }

    // Checks what it sees until the tree is complete: the newest leaf is included, and the tree extends the one seen before.
    private static int Read(MerkleTree tree, int seed, int until)
    {
        TreeHead seen = tree.HeadAt(1);
        for (int checks = seed; ; checks++)
        {
            TreeHead head = tree.HeadAt(tree.Size);
            foreach (long index in new[] { head.Size - 1, checks * 7919L % head.Size })
            {
                Digest[] path = InclusionProof.Prove(tree, head.Size, index, Hasher);
                Assert.True(InclusionProof.Verify(path, head, index, TestLeaves.Hash((int)index), Hasher));
            }
            Digest[] growth = ConsistencyProof.Prove(tree, seen.Size, head.Size, Hasher);
            Assert.True(ConsistencyProof.Verify(growth, seen, head, Hasher));
            seen = head;
            if (head.Size == until)
                return checks;
        }
    }
}
