using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Appending, proving and verifying take no memory from the heap but what the tree keeps.</summary>
public class AllocationTests
{
    private const int Size = 3000;

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Appending_one_leaf_allocates_nothing_between_two_chunks(string engine)
    {
        MerkleTree tree = Tree(engine, Size);
        var frontier = new Frontier(Hashers.Of(engine));
        Digest leaf = TestLeaves.Hash(1);
        // From 3,000 to 3,070 no level begins a chunk: level 0 has one from 2,816 to 3,071, level 1 to 1,535, and so on.
        AssertNothing(
            35,
            () =>
            {
                tree.Append(leaf);
                frontier.Append(leaf);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Appending_many_leaves_allocates_nothing_between_two_chunks(string engine)
    {
        MerkleTree tree = Tree(engine, Size);
        var frontier = new Frontier(Hashers.Of(engine));
        Digest[] leaves = [.. Enumerable.Range(0, 7).Select(TestLeaves.Hash)];
        Digest[] many = [.. Enumerable.Range(0, 2048).Select(TestLeaves.Hash)];
        AssertNothing(
            5,
            () =>
            {
                tree.Append(leaves);
                frontier.Append(many);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Proving_into_the_callers_memory_allocates_nothing(string engine)
    {
        TreeHasher hasher = Hashers.Of(engine);
        MerkleTree tree = Tree(engine, Size);
        var path = new Digest[ConsistencyProof.MaxLength];
        long sum = 0;
        AssertNothing(
            20,
            () =>
            {
                sum += InclusionProof.Prove(tree, Size, 1234, hasher, path);
                sum += InclusionProof.Prove(tree, Size, Size - 1, hasher, path);
                sum += ConsistencyProof.Prove(tree, 1111, Size, hasher, path);
                sum += tree.RootAt(2999).Span[0];
            }
        );
        Assert.True(sum > 0);
    }

    [Theory]
    [MemberData(nameof(Hashers.Names), MemberType = typeof(Hashers))]
    public void Verifying_allocates_nothing(string engine)
    {
        TreeHasher hasher = Hashers.Of(engine);
        MerkleTree tree = Tree(engine, Size);
        TreeHead head = tree.HeadAt(Size);
        TreeHead older = tree.HeadAt(1111);
        Digest leaf = TestLeaves.Hash(1234);
        Digest[] inclusion = InclusionProof.Prove(tree, Size, 1234, hasher);
        Digest[] consistency = ConsistencyProof.Prove(tree, 1111, Size, hasher);
        Digest subtree = SubtreeProof.Root(tree, 1232, 1240, hasher);
        Digest[] inSubtree = SubtreeProof.ProveInclusion(tree, 1232, 1240, 1234, hasher);
        Digest[] part = SubtreeProof.ProveConsistency(tree, 1232, 1240, Size, hasher);
        long[] indexes = [3, 1234, 2000];
        Digest[] leaves = [.. indexes.Select(i => TestLeaves.Hash((int)i))];
        Digest[] batch = BatchInclusionProof.Prove(tree, Size, indexes, hasher);
        bool holds = true;
        AssertNothing(
            20,
            () =>
            {
                holds &= InclusionProof.Verify(inclusion, head, 1234, leaf, hasher);
                holds &= ConsistencyProof.Verify(consistency, older, head, hasher);
                holds &= SubtreeProof.VerifyInclusion(inSubtree, 1232, 1240, subtree, 1234, leaf, hasher);
                holds &= SubtreeProof.VerifyConsistency(part, 1232, 1240, subtree, head, hasher);
                holds &= BatchInclusionProof.Verify(batch, head, indexes, leaves, hasher);
            }
        );
        Assert.True(holds);
    }

    [Fact]
    public void A_tree_takes_at_most_70_MiB_a_million_leaves()
    {
        const int Leaves = 200_000;
        var batch = new Digest[Leaves];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var tree = new MerkleTree(TreeHasher.Sha256);
        tree.Append(batch);
        // All that was allocated, not only what is kept.
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(bytes >= 64 * Leaves - 100_000, $"{bytes} bytes cannot hold two hashes a leaf");
        Assert.True(bytes * 5 < 70 << 20, $"{bytes} bytes for {Leaves} leaves");
    }

    [Fact]
    public void A_path_that_is_too_short_is_misuse()
    {
        MerkleTree tree = TestLeaves.Tree(5);
        TreeHasher hasher = TreeHasher.Sha256;
        Assert.Throws<ArgumentException>(() => InclusionProof.Prove(tree, 5, 0, hasher, new Digest[2]));
        Assert.Throws<ArgumentException>(() => ConsistencyProof.Prove(tree, 3, 5, hasher, new Digest[2]));
        Assert.Equal(3, InclusionProof.Prove(tree, 5, 0, hasher, new Digest[3]));
    }

    private static MerkleTree Tree(string engine, int size)
    {
        var tree = new MerkleTree(Hashers.Of(engine));
        tree.Append([.. Enumerable.Range(0, size).Select(TestLeaves.Hash)]);
        return tree;
    }

    // The first rounds may compile code and warm up the hash provider.
    private static void AssertNothing(int rounds, Action action)
    {
        for (int i = 0; i < rounds - 1; i++)
            action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
