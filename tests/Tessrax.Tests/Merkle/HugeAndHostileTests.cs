using CsCheck;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

public class HugeAndHostileTests
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    private static readonly long[] Numbers =
    [
        long.MinValue,
        long.MinValue + 1,
        -(1L << 62),
        -1,
        0,
        1,
        2,
        3,
        255,
        256,
        (1L << 32) - 1,
        1L << 32,
        (1L << 62) - 1,
        1L << 62,
        (1L << 62) + 1,
        long.MaxValue - 1,
        long.MaxValue,
    ];

    // Sizes of every magnitude, and their neighbours of powers of two.
    private static readonly Gen<long> Sizes = Gen.OneOf(
        Gen.Int[0, 62].SelectMany(bits => Gen.Long[1, 1L << bits]),
        Gen.Int[1, 61].SelectMany(bits => Gen.Long[-1, 1].Select(d => Math.Max(1, (1L << bits) + d)))
    );

    [Fact]
    public void Proves_and_verifies_inclusion_in_trees_up_to_2_to_the_62()
    {
        (from size in Sizes from index in Gen.Long[0, size - 1] select (size, index)).Sample(
            t =>
            {
                var tree = new UniformTree();
                Digest[] path = InclusionProof.Prove(tree, t.size, t.index, Hasher);
                TreeHead head = tree.Head(t.size);
                Assert.True(path.Length <= 62 && tree.Asked <= 1 && tree.Subtrees <= 124);
                Assert.True(InclusionProof.Verify(path, head, t.index, UniformTree.Leaf, Hasher));
                Assert.False(InclusionProof.Verify(path, head, t.size, UniformTree.Leaf, Hasher));
                Assert.False(InclusionProof.Verify(path, head, t.index, Hasher.Empty, Hasher));
                Assert.False(InclusionProof.Verify([.. path, default], head, t.index, UniformTree.Leaf, Hasher));
            },
            iter: 500
        );
    }

    [Fact]
    public void Proves_and_verifies_consistency_of_trees_up_to_2_to_the_62()
    {
        (from size in Sizes from old in Gen.Long[1, size] select (old, size)).Sample(
            t =>
            {
                var tree = new UniformTree();
                Digest[] path = ConsistencyProof.Prove(tree, t.old, t.size, Hasher);
                (TreeHead older, TreeHead newer) = (tree.Head(t.old), tree.Head(t.size));
                Assert.True(path.Length <= 63 && tree.Asked <= 1 && tree.Subtrees <= 125);
                Assert.True(ConsistencyProof.Verify(path, older, newer, Hasher));
                Assert.False(ConsistencyProof.Verify(path, older with { Root = Hasher.Empty }, newer, Hasher));
                Assert.False(ConsistencyProof.Verify(path, older, newer with { Root = Hasher.Empty }, Hasher));
                Assert.False(ConsistencyProof.Verify([.. path, default], older, newer, Hasher));
                Assert.Equal(t.old == t.size, ConsistencyProof.Verify(path, newer, older, Hasher));
            },
            iter: 500
        );
    }

    [Fact]
    public void Hostile_numbers_and_paths_get_no_for_an_answer()
    {
        Digest root = TestLeaves.Hash(1);
        foreach (int length in new[] { 0, 1, 31, 61, 62, 63, 64, 65, 10_000 })
        {
            Digest[] path = [.. Enumerable.Range(0, length).Select(TestLeaves.Hash)];
            foreach (long size in Numbers)
            {
                foreach (long other in Numbers)
                {
                    Assert.False(InclusionProof.Verify(path, new TreeHead(size, root), other, Hasher.Empty, Hasher));
                    var older = new TreeHead(size, Hasher.Empty);
                    var newer = new TreeHead(other, root);
                    Assert.False(ConsistencyProof.Verify(path, older, newer, Hasher));
                }
            }
        }
    }

    [Fact]
    public void A_missing_path_is_an_empty_one()
    {
        var one = new TreeHead(1, TestLeaves.Hash(0));
        var two = new TreeHead(2, TestLeaves.Tree(2).Root());
        Assert.True(InclusionProof.Verify(null, one, 0, one.Root, Hasher));
        Assert.False(InclusionProof.Verify(null, two, 0, one.Root, Hasher));
        Assert.False(InclusionProof.Verify(null, default, 0, default, Hasher));
        Assert.True(ConsistencyProof.Verify(null, two, two, Hasher));
        Assert.False(ConsistencyProof.Verify(null, one, two, Hasher));
        Assert.False(ConsistencyProof.Verify(null, default, default, Hasher));
    }

    [Fact]
    public void Verifying_allocates_nothing_however_large_the_claimed_tree()
    {
        var tree = new UniformTree();
        const long Size = (1L << 62) - 1;
        Digest[] inclusion = InclusionProof.Prove(tree, Size, Size / 3, Hasher);
        Digest[] consistency = ConsistencyProof.Prove(tree, Size / 3, Size, Hasher);
        TreeHead head = tree.Head(Size);
        TreeHead earlier = tree.Head(Size / 3);
        bool held = true;
        long before = 0;
        // The first round may compile code and warm up the hash provider.
        for (int round = 0; round < 2; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            held &= InclusionProof.Verify(inclusion, head, Size / 3, UniformTree.Leaf, Hasher);
            held &= ConsistencyProof.Verify(consistency, earlier, head, Hasher);
            held &= !ConsistencyProof.Verify(inclusion, earlier, head with { Size = long.MaxValue }, Hasher);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(held);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Proving_what_does_not_exist_is_misuse()
    {
        MerkleTree tree = TestLeaves.Tree(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Prove(tree, 5, 5, Hasher));
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Prove(tree, 5, -1, Hasher));
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Prove(tree, 0, 0, Hasher));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConsistencyProof.Prove(tree, 0, 5, Hasher));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConsistencyProof.Prove(tree, 4, 3, Hasher));
        // The tree has no such leaves, so its reader says so.
        Assert.Throws<ArgumentException>(() => InclusionProof.Prove(tree, 9, 0, Hasher));
        Assert.Throws<ArgumentException>(() => ConsistencyProof.Prove(tree, 5, 9, Hasher));
    }
}
