using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>Many leaves at once give the tree that one after another gives.</summary>
public class BulkTests
{
    private const int Most = 5000;

    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, Most).Select(TestLeaves.Hash)];

    [Fact]
    public void The_root_of_many_leaves_does_not_depend_on_the_number_of_threads()
    {
        int[] sizes = [0, 1, 2, 3, 1023, 1024, 1025, 2047, 2048, 2049, 3000, 4095, 4096, 4097, 4999, 5000];
        foreach (TreeHasher hasher in Hashers.All)
        {
            MerkleTree expected = Tree(hasher, Most);
            foreach (int size in sizes)
            {
                for (int threads = 1; threads <= 8; threads++)
                    Assert.Equal(expected.RootAt(size), MerkleRoot.Of(Leaves.AsMemory(0, size), hasher, threads));
            }
        }
    }

    [Fact]
    public void Large_trees_are_cut_into_larger_parts()
    {
        // Enough for parts of more than the smallest size, with a ragged rest.
        Digest[] leaves = [.. Enumerable.Repeat(Leaves, 15).SelectMany(l => l).Take(73_003)];
        foreach (TreeHasher hasher in Hashers.All)
        {
            var tree = new MerkleTree(hasher);
            tree.Append(leaves);
            for (int threads = 1; threads <= 3; threads++)
                Assert.Equal(tree.Root(), MerkleRoot.Of(leaves, hasher, threads));
            Assert.Equal(tree.RootAt(65_536), MerkleRoot.Of(leaves.AsMemory(0, 65_536), hasher, int.MaxValue));
        }
    }

    [Fact]
    public void No_threads_is_misuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleRoot.Of(Leaves, TreeHasher.Sha256, 0));

    [Fact]
    public void A_cloned_frontier_shares_nothing_when_batches_come()
    {
        foreach (TreeHasher hasher in Hashers.All)
        {
            var frontier = new Frontier(hasher);
            frontier.Append(Leaves.AsSpan(0, 100));
            Frontier clone = frontier.Clone();
            clone.Append(Leaves.AsSpan(100, 900));
            frontier.Append(Leaves.AsSpan(1000, 900));
            Assert.Equal(Tree(hasher, 1000).Root(), clone.Root());
            var other = new MerkleTree(hasher);
            other.Append([.. Leaves.AsSpan(0, 100), .. Leaves.AsSpan(1000, 900)]);
            Assert.Equal(other.Root(), frontier.Root());
        }
    }

    private static MerkleTree Tree(TreeHasher hasher, int size)
    {
        var tree = new MerkleTree(hasher);
        foreach (Digest leaf in Leaves.AsSpan(0, size))
            tree.Append(leaf);
        return tree;
    }
}
