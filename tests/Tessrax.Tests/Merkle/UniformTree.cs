using System.Numerics;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle;

/// <summary>A tree of up to 2^63 - 1 leaves that are all the same, so that one hash per level is all of it.</summary>
internal sealed class UniformTree : ISubtreeReader
{
    private readonly Digest[] levels = new Digest[63];

    public UniformTree()
    {
        levels[0] = Leaf;
        for (int level = 1; level < levels.Length; level++)
            levels[level] = NaiveTree.Node(levels[level - 1], levels[level - 1]);
    }

    public static Digest Leaf { get; } = NaiveTree.Leaf("same"u8);

    public int Asked { get; private set; }

    public int Subtrees { get; private set; }

    public TreeHead Head(long size) => new(size, Root(size));

    public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes)
    {
        Asked++;
        Subtrees += wanted.Length;
        for (int i = 0; i < wanted.Length; i++)
            hashes[i] = levels[wanted[i].Level];
    }

    private Digest Root(long size)
    {
        if (BitOperations.IsPow2(size))
            return levels[BitOperations.Log2((ulong)size)];
        int level = BitOperations.Log2((ulong)size);
        return NaiveTree.Node(levels[level], Root(size - (1L << level)));
    }
}
