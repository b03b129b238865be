using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Proofs for many leaves: every set of leaves of every small tree, chosen sets of larger ones, and what strangers send.</summary>
public class BatchInclusionTests
{
    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_set_of_leaves_of_every_tree_up_to_9_is_proven_by_the_nodes_beside_it(string engine)
    {
        var every = EveryTree.Of(engine);
        for (int n = 1; n <= 9; n++)
        {
            for (int set = 1; set < 1 << n; set++)
                AssertProven(
                    every,
                    n,
                    [.. Enumerable.Range(0, n).Where(i => (set >> i & 1) == 1).Select(i => (long)i)]
                );
        }
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Any_leaves_of_a_larger_tree_are_proven_by_the_nodes_beside_them(string engine)
    {
        var every = EveryTree.Of(engine);
        Sets.Sample(t => AssertProven(every, t.Size, t.Indexes), iter: 300);
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Every_corruption_is_refused(string engine)
    {
        var every = EveryTree.Of(engine);
        Sets.Sample(t => AssertCorruptionsRefused(every, t.Size, t.Indexes), iter: 60);
    }

    [Fact]
    public void One_leaf_is_proven_by_its_audit_path_and_all_leaves_by_nothing()
    {
        var every = EveryTree.Of("sha256");
        for (int n = 1; n <= EveryTree.Max; n++)
        {
            long[] all = [.. Enumerable.Range(0, n).Select(i => (long)i)];
            Assert.Empty(BatchInclusionProof.Prove(every.Tree, n, all, every.Hasher));
            Assert.True(BatchInclusionProof.Verify([], every.Heads[n], all, every.Leaves.AsSpan(0, n), every.Hasher));
            foreach (long i in all)
                Assert.Equal(
                    InclusionProof.Prove(every.Tree, n, i, every.Hasher),
                    BatchInclusionProof.Prove(every.Tree, n, [i], every.Hasher)
                );
        }
    }

    [Fact]
    public void Indexes_in_disorder_are_refused()
    {
        var every = EveryTree.Of("sha256");
        Digest[] proof = BatchInclusionProof.Prove(every.Tree, 20, [3, 7, 11], every.Hasher);
        long[][] wrong =
        [
            [],
            [7, 3, 11],
            [3, 3, 11],
            [3, 7, 7],
            [3, 7, 20],
            [-1, 7, 11],
            [3, 7],
            [3, 7, 11, 12],
        ];
        foreach (long[] indexes in wrong)
        {
            Digest[] leaves = [.. indexes.Select(i => every.Leaves[Math.Max(0, i)])];
            Assert.False(BatchInclusionProof.Verify(proof, every.Heads[20], indexes, leaves, every.Hasher));
            if (indexes.Length is 0 or 3)
                Assert.Throws<ArgumentException>(() =>
                    BatchInclusionProof.Prove(every.Tree, 20, indexes, every.Hasher)
                );
        }
        Digest[] right = [every.Leaves[3], every.Leaves[7], every.Leaves[11]];
        Assert.True(BatchInclusionProof.Verify(proof, every.Heads[20], [3, 7, 11], right, every.Hasher));
        // The right leaves in another order, too few, too many.
        Digest[][] others =
        [
            [right[1], right[0], right[2]],
            right[..2],
            [.. right, right[2]],
            [],
        ];
        foreach (Digest[] leaves in others)
            Assert.False(BatchInclusionProof.Verify(proof, every.Heads[20], [3, 7, 11], leaves, every.Hasher));
    }

    [Fact]
    public void Hostile_numbers_get_no_for_an_answer()
    {
        TreeHasher hasher = TreeHasher.Sha256;
        Gen<long> number = Gen.OneOf(Gen.Long, Gen.Int[-3, 70].Select(i => (long)i), Gen.Const(long.MaxValue));
        Gen.Select(number.Array[0, 40], number, Gen.Int[0, 130], Gen.Int[-1, 1])
            .Sample(
                (indexes, size, hashes, more) =>
                {
                    if (more >= 0)
                        Array.Sort(indexes);
                    Digest[] leaves = new Digest[Math.Max(0, indexes.Length + more / 2)];
                    Digest[] proof = new Digest[hashes];
                    Assert.False(
                        BatchInclusionProof.Verify(proof, new TreeHead(size, default), indexes, leaves, hasher)
                    );
                },
                iter: 3000
            );
    }

    [Fact]
    public void Leaves_far_apart_in_a_tree_of_2_to_the_62_are_proven_with_one_reading()
    {
        var tree = new UniformTree();
        TreeHasher hasher = TreeHasher.Sha256;
        foreach (long size in new[] { 1L << 62, (1L << 62) - 1, (1L << 61) + 12345, long.MaxValue })
        {
            long[] indexes = [0, 1, 2, 1L << 20, (1L << 40) - 1, 1L << 40, size / 2, size - 2, size - 1];
            int asked = tree.Asked;
            Digest[] proof = BatchInclusionProof.Prove(tree, size, indexes, hasher);
            Assert.Equal(1, tree.Asked - asked);
            Digest[] leaves = [.. indexes.Select(_ => UniformTree.Leaf)];
            Assert.True(BatchInclusionProof.Verify(proof, tree.Head(size), indexes, leaves, hasher));
            Assert.False(BatchInclusionProof.Verify(proof.AsSpan(1), tree.Head(size), indexes, leaves, hasher));
        }
    }

    private static readonly Gen<(int Size, long[] Indexes)> Sets =
        from size in Gen.Int[1, EveryTree.Max]
        from count in Gen.Int[1, size]
        from indexes in Gen.Shuffle(Enumerable.Range(0, size).Select(i => (long)i).ToArray(), count)
        select (size, indexes.Order().ToArray());

    private static void AssertProven(EveryTree every, int n, long[] indexes)
    {
        Digest[] proof = BatchInclusionProof.Prove(every.Tree, n, indexes, every.Hasher);
        Digest[] expected =
        [
            .. every
                .Naive.Beside([.. indexes.Select(i => (int)i)], 0, n)
                .OrderBy(node => node.Width)
                .ThenBy(node => node.Start)
                .Select(node => node.Hash),
        ];
        Assert.Equal(expected, proof);
        Digest[] leaves = [.. indexes.Select(i => every.Leaves[i])];
        Assert.True(BatchInclusionProof.Verify(proof, every.Heads[n], indexes, leaves, every.Hasher));
        Assert.True(proof.Length <= n - indexes.Length);
        Assert.True(proof.Length <= indexes.Sum(i => InclusionProof.Prove(every.Tree, n, i, every.Hasher).Length));
    }

    private static void AssertCorruptionsRefused(EveryTree every, int n, long[] indexes)
    {
        TreeHead tree = every.Heads[n];
        Digest[] proof = BatchInclusionProof.Prove(every.Tree, n, indexes, every.Hasher);
        Digest[] leaves = [.. indexes.Select(i => every.Leaves[i])];
        foreach (Digest[] corrupted in EveryTree.Corruptions(proof, leaves[0], tree.Root))
            Assert.False(Holds(corrupted, tree, indexes, leaves));
        for (int i = 0; i < leaves.Length; i++)
        {
            Digest[] wrong = [.. leaves];
            wrong[i] = TestLeaves.Flip(wrong[i], i + n);
            Assert.False(Holds(proof, tree, indexes, wrong));
            Assert.False(Holds(proof, tree, Without(indexes, i), Without(leaves, i)));
            foreach (long other in new[] { indexes[i] - 1, indexes[i] + 1 })
            {
                long[] moved = [.. indexes];
                moved[i] = other;
                Assert.False(Holds(proof, tree, moved, leaves));
            }
        }
        Assert.False(Holds(proof, tree with { Root = TestLeaves.Flip(tree.Root, n) }, indexes, leaves));
        Assert.False(Holds(proof, tree with { Size = indexes[^1] }, indexes, leaves));

        bool Holds(Digest[] hashes, TreeHead head, long[] at, Digest[] these) =>
            BatchInclusionProof.Verify(hashes, head, at, these, every.Hasher);
    }

    private static T[] Without<T>(T[] items, int index) => [.. items[..index], .. items[(index + 1)..]];
}
