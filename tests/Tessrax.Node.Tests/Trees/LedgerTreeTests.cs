using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Trees;
using Tessrax.Tests.Merkle;

namespace Tessrax.Node.Tests.Trees;

/// <summary>A tree that keeps eight tiles in memory and reads the others back is a tree like any other.</summary>
public sealed class LedgerTreeTests : GrowingTreeTests
{
    private protected override IGrowingTree Make(TreeHasher hasher, IReadOnlyList<Digest> leaves) =>
        new Stored(new LedgerTree(hasher, new MemoryStore(leaves), cache: 0));

    // Commits as the writer does: after each batch.
    private sealed class Stored(LedgerTree tree) : IGrowingTree
    {
        public long Size => tree.Size;

        public void Append(Digest leaf)
        {
            tree.Append(leaf);
            tree.Commit(tree.Size);
        }

        public void Append(ReadOnlySpan<Digest> leaves)
        {
            tree.Append(leaves);
            tree.Commit(tree.Size);
        }

        public Digest Root() => tree.Root();

        public Digest RootAt(long size) => tree.RootAt(size);

        public Digest Leaf(long index) => tree.Leaf(index);

        public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes) => tree.Read(wanted, hashes);
    }
}

/// <summary>The same without a store: everything is kept.</summary>
public sealed class LedgerTreeInMemoryTests : GrowingTreeTests
{
    private protected override IGrowingTree Make(TreeHasher hasher, IReadOnlyList<Digest> leaves) =>
        new InMemory(new LedgerTree(hasher));

    private sealed class InMemory(LedgerTree tree) : IGrowingTree
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
