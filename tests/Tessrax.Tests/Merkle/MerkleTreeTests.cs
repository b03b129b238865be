using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

/// <summary>The tree in memory.</summary>
public sealed class MerkleTreeTests : GrowingTreeTests
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    private protected override IGrowingTree Make(TreeHasher hasher, IReadOnlyList<Digest> leaves) =>
        new InMemory(new MerkleTree(hasher));

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

    private sealed class InMemory(MerkleTree tree) : IGrowingTree
    {
        public long Size => tree.Size;

        public void Append(Digest leaf) => tree.Append(leaf);

        public void Append(ReadOnlySpan<Digest> leaves) => tree.Append(leaves);

        public Digest Root() => tree.Root();

        public Digest RootAt(long size) => tree.RootAt(size);

        public Digest Leaf(long index) => tree.Leaf(index);

        public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes) => tree.Read(wanted, hashes);
    }
}
