using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Every subtree of every tree up to 100 leaves, with its proofs and every single corruption of them.</summary>
public class EverySubtreeTests
{
    [Fact]
    public void Ranges_are_subtrees_as_the_draft_says()
    {
        for (int start = -1; start <= EveryTree.Max; start++)
        {
            for (int end = -1; end <= EveryTree.Max; end++)
            {
                int ceiling = 1;
                while (ceiling < end - start)
                    ceiling *= 2;
                bool expected = start >= 0 && start < end && start % ceiling == 0;
                Assert.Equal(expected, SubtreeProof.IsSubtree(start, end));
            }
        }
        Assert.True(SubtreeProof.IsSubtree(0, long.MaxValue));
        Assert.True(SubtreeProof.IsSubtree(1L << 62, long.MaxValue));
        Assert.False(SubtreeProof.IsSubtree(1L << 61, long.MaxValue));
        Assert.False(SubtreeProof.IsSubtree(long.MinValue, long.MaxValue));
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_leaf_of_every_subtree_is_proven_to_be_in_it(string engine)
    {
        var every = EveryTree.Of(engine);
        foreach ((int start, int end) in Subtrees(EveryTree.Max))
        {
            Digest root = SubtreeProof.Root(every.Tree, start, end, every.Hasher);
            Assert.Equal(every.Naive.Root(start, end), root);
            for (int i = start; i < end; i++)
            {
                Digest[] path = SubtreeProof.ProveInclusion(every.Tree, start, end, i, every.Hasher);
                Assert.Equal(every.Naive.Path(i - start, start, end), path);
                Assert.True(Includes(path, i, every.Leaves[i]));
            }
            int middle = (start + end) / 2;
            Digest leaf = every.Leaves[middle];
            Digest[] one = SubtreeProof.ProveInclusion(every.Tree, start, end, middle, every.Hasher);
            foreach (Digest[] corrupted in EveryTree.Corruptions(one, leaf, root))
                Assert.False(Includes(corrupted, middle, leaf));
            Assert.False(Includes(one, middle, TestLeaves.Flip(leaf, start)));
            foreach (int other in new[] { -1, start - 1, end, end + 1 })
                Assert.False(Includes(one, other, leaf));

            bool Includes(Digest[] path, long index, Digest hash) =>
                SubtreeProof.VerifyInclusion(path, start, end, root, index, hash, every.Hasher);
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_subtree_is_proven_to_be_a_part_of_every_tree(string engine)
    {
        var every = EveryTree.Of(engine);
        foreach ((int start, int end) in Subtrees(EveryTree.Max))
        {
            Digest root = every.Naive.Root(start, end);
            for (int n = end; n <= EveryTree.Max; n++)
            {
                Digest[] path = SubtreeProof.ProveConsistency(every.Tree, start, end, n, every.Hasher);
                Assert.Equal(every.Naive.SubtreeProof(start, end, 0, n), path);
                Assert.True(SubtreeProof.VerifyConsistency(path, start, end, root, every.Heads[n], every.Hasher));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_corruption_of_a_subtree_consistency_proof_is_refused(string engine)
    {
        var every = EveryTree.Of(engine);
        foreach ((int start, int end) in Subtrees(40))
        {
            Digest root = every.Naive.Root(start, end);
            for (int n = end; n <= 40; n++)
            {
                TreeHead tree = every.Heads[n];
                Digest[] path = SubtreeProof.ProveConsistency(every.Tree, start, end, n, every.Hasher);
                foreach (Digest[] corrupted in EveryTree.Corruptions(path, root, tree.Root))
                    Assert.False(Holds(corrupted, start, end, root, tree));
                int bit = n * 31 + start;
                Assert.False(Holds(path, start, end, TestLeaves.Flip(root, bit), tree));
                Assert.False(Holds(path, start, end, root, tree with { Root = TestLeaves.Flip(tree.Root, bit) }));
                Assert.False(Holds(path, start, end, root, tree with { Size = end - 1 }));
            }
        }

        bool Holds(Digest[] path, long start, long end, Digest root, TreeHead tree) =>
            SubtreeProof.VerifyConsistency(path, start, end, root, tree, every.Hasher);
    }

    [Fact]
    public void A_subtree_proof_from_the_first_leaf_is_a_consistency_proof_and_that_of_one_leaf_an_inclusion_proof()
    {
        var every = EveryTree.Of("sha256");
        for (int n = 1; n <= EveryTree.Max; n++)
        {
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(
                    ConsistencyProof.Prove(every.Tree, i + 1, n, every.Hasher),
                    SubtreeProof.ProveConsistency(every.Tree, 0, i + 1, n, every.Hasher)
                );
                Assert.Equal(
                    InclusionProof.Prove(every.Tree, n, i, every.Hasher),
                    SubtreeProof.ProveConsistency(every.Tree, i, i + 1, n, every.Hasher)
                );
            }
        }
    }

    [Fact]
    public void Proving_what_is_no_subtree_is_misuse()
    {
        MerkleTree tree = TestLeaves.Tree(8);
        TreeHasher hasher = TreeHasher.Sha256;
        (long Start, long End)[] wrong = [(1, 3), (2, 5), (4, 4), (5, 4), (-2, 0), (6, 9)];
        foreach ((long start, long end) in wrong)
        {
            Assert.ThrowsAny<ArgumentException>(() => SubtreeProof.Root(tree, start, end, hasher));
            Assert.ThrowsAny<ArgumentException>(() => SubtreeProof.ProveConsistency(tree, start, end, 8, hasher));
            Assert.ThrowsAny<ArgumentException>(() => SubtreeProof.ProveInclusion(tree, start, end, start, hasher));
        }
        Assert.ThrowsAny<ArgumentException>(() => SubtreeProof.ProveInclusion(tree, 4, 8, 3, hasher));
        Assert.ThrowsAny<ArgumentException>(() => SubtreeProof.ProveInclusion(tree, 4, 8, 8, hasher));
    }

    private static IEnumerable<(int Start, int End)> Subtrees(int size)
    {
        for (int start = 0; start < size; start++)
        {
            for (int end = start + 1; end <= size; end++)
            {
                if (SubtreeProof.IsSubtree(start, end))
                    yield return (start, end);
            }
        }
    }
}
