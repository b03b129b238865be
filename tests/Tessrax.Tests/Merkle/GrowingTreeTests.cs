using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>A tree that grows by leaves and remembers its past.</summary>
internal interface IGrowingTree : ISubtreeReader
{
    long Size { get; }

    void Append(Digest leaf);

    void Append(ReadOnlySpan<Digest> leaves);

    Digest Root();

    Digest RootAt(long size);

    Digest Leaf(long index);
}

/// <summary>What every tree that grows must do, wherever it keeps its hashes.</summary>
public abstract class GrowingTreeTests
{
    private const int Most = 5000;

    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Most).Select(TestLeaves.Hash)];

    // Batches of every size, with the sizes where chunks and perfect subtrees end more often than chance has them.
    private static readonly Gen<int> Batch = Gen.OneOf(
        Gen.Int[0, 20],
        Gen.Int[0, 1500],
        Gen.Int[0, 11].SelectMany(bits => Gen.Int[-1, 1].Select(d => (1 << bits) + d))
    );

    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    /// <summary>An empty tree whose store, if it has one, makes leaf i from <paramref name="leaves"/>.</summary>
    private protected abstract IGrowingTree Make(TreeHasher hasher, IReadOnlyList<Digest> leaves);

    [Fact]
    public void Tree_and_frontier_agree_at_every_size()
    {
        IGrowingTree tree = Make(Hasher, Leaves);
        var frontier = new Frontier(Hasher);
        Assert.Equal(Hasher.Empty, frontier.Root());
        Assert.Equal(Hasher.Empty, tree.Root());
        var heads = new List<TreeHead> { frontier.Head };
        for (int i = 0; i < 1500; i++)
        {
            tree.Append(Leaves[i]);
            frontier.Append(Leaves[i]);
            Assert.Equal(frontier.Head, new TreeHead(tree.Size, tree.Root()));
            heads.Add(frontier.Head);
        }
        Assert.All(heads, head => Assert.Equal(head.Root, tree.RootAt(head.Size)));
        Assert.Equal(TestLeaves.Hash(777), tree.Leaf(777));
    }

    [Fact]
    public void An_edge_taken_from_a_tree_at_any_size_goes_on_as_the_tree_does()
    {
        IGrowingTree tree = Make(Hasher, Leaves);
        tree.Append(Leaves.AsSpan(0, 600));
        for (int size = 0; size <= 600; size += size < 70 ? 1 : 13)
        {
            Frontier edge = Frontier.Of(tree, size, Hasher);
            Assert.Equal(new TreeHead(size, tree.RootAt(size)), edge.Head);
            edge.Append(Leaves.AsSpan(size, 600 - size));
            Assert.Equal(tree.Root(), edge.Root());
        }
    }

    [Fact]
    public void Random_leaves_give_the_root_of_the_RFC_and_proofs_that_hold()
    {
        Gen<byte[][]> leaves = Gen.Byte.Array[0, 40].Array[1, 300];
        (from data in leaves from index in Gen.Int[0, data.Length - 1] select (data, index)).Sample(
            t =>
            {
                Digest[] hashes = [.. t.data.Select(d => Hasher.Leaf(d))];
                IGrowingTree tree = Make(Hasher, hashes);
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
                var earlier = new TreeHead(t.index + 1, tree.RootAt(t.index + 1));
                Digest[] consistency = ConsistencyProof.Prove(tree, earlier.Size, head.Size, Hasher);
                Assert.True(ConsistencyProof.Verify(consistency, earlier, head, Hasher));
            },
            iter: 200
        );
    }

    [Fact]
    public void Refuses_to_read_what_is_not_there()
    {
        IGrowingTree tree = Make(Hasher, Leaves);
        tree.Append(Leaves.AsSpan(0, 5));
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
        const int Count = 30_000;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Digest[] leaves = [.. Enumerable.Range(0, Count).Select(TestLeaves.Hash)];
        IGrowingTree tree = Make(Hasher, leaves);
        tree.Append(leaves[0]);
        Task<int>[] readers =
        [
            .. Enumerable.Range(1, 2).Select(seed => Task.Run(() => Read(tree, seed, Count), cancel)),
        ];
        await Task.Run(
            () =>
            {
                for (int i = 1; i < Count; i++)
                    tree.Append(leaves[i]);
            },
            cancel
        );
        int[] checks = await Task.WhenAll(readers);
        Assert.All(checks, n => Assert.True(n > 0));
        Assert.Equal(MerkleRoot.Of(leaves, Hasher), tree.Root());
    }

    [Fact]
    public void Any_batches_build_the_tree_of_single_leaves()
    {
        foreach (TreeHasher hasher in Hashers.All)
        {
            MerkleTree expected = Expected(hasher);
            Batch
                .Array[0, 8]
                .Sample(
                    batches =>
                    {
                        IGrowingTree tree = Make(hasher, Leaves);
                        var frontier = new Frontier(hasher);
                        foreach (int batch in batches)
                        {
                            Span<Digest> next = Leaves.AsSpan((int)tree.Size);
                            next = next[..Math.Min(batch, next.Length)];
                            tree.Append(next);
                            frontier.Append(next);
                            Assert.Equal(expected.RootAt(tree.Size), tree.Root());
                            Assert.Equal(new TreeHead(tree.Size, tree.Root()), frontier.Head);
                        }
                        AssertSameNodes(expected, tree);
                    },
                    iter: 50
                );
        }
    }

    [Fact]
    public void Single_leaves_and_batches_take_turns()
    {
        foreach (TreeHasher hasher in Hashers.All)
        {
            MerkleTree expected = Expected(hasher);
            IGrowingTree tree = Make(hasher, Leaves);
            var frontier = new Frontier(hasher);
            for (int step = 1; tree.Size + step < Most; step++)
            {
                tree.Append(Leaves[tree.Size]);
                frontier.Append(Leaves[frontier.Size]);
                tree.Append(Leaves.AsSpan((int)tree.Size, step));
                frontier.Append(Leaves.AsSpan((int)frontier.Size, step));
                Assert.Equal(expected.RootAt(tree.Size), tree.Root());
                Assert.Equal(tree.Root(), frontier.Root());
            }
            Assert.True(tree.Size > Most - 200);
            AssertSameNodes(expected, tree);
        }
    }

    // Checks what it sees until the tree is complete: the newest leaf is included, and the tree extends the one seen before.
    private static int Read(IGrowingTree tree, int seed, int until)
    {
        var seen = new TreeHead(1, tree.RootAt(1));
        for (int checks = seed; ; checks++)
        {
            long size = tree.Size;
            var head = new TreeHead(size, tree.RootAt(size));
            foreach (long index in new[] { size - 1, checks * 7919L % size })
            {
                Digest[] path = InclusionProof.Prove(tree, size, index, Hasher);
                Assert.True(InclusionProof.Verify(path, head, index, TestLeaves.Hash((int)index), Hasher));
            }
            Digest[] growth = ConsistencyProof.Prove(tree, seen.Size, size, Hasher);
            Assert.True(ConsistencyProof.Verify(growth, seen, head, Hasher));
            seen = head;
            if (size == until)
                return checks;
        }
    }

    private static MerkleTree Expected(TreeHasher hasher)
    {
        var tree = new MerkleTree(hasher);
        foreach (Digest leaf in Leaves)
            tree.Append(leaf);
        return tree;
    }

    // Not the root alone: proofs read every node.
    private static void AssertSameNodes(MerkleTree expected, IGrowingTree tree)
    {
        for (int level = 0; tree.Size >> level > 0; level++)
        {
            Subtree[] all =
            [
                .. Enumerable.Range(0, (int)(tree.Size >> level)).Select(index => new Subtree(level, index)),
            ];
            var ours = new Digest[all.Length];
            var theirs = new Digest[all.Length];
            tree.Read(all, ours);
            expected.Read(all, theirs);
            Assert.Equal(theirs, ours);
        }
    }
}
