using System.Buffers.Binary;
using Tessrax.Cli.MerkleDrawing;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Trees whose leaf i holds i as eight bytes, and their pictures.</summary>
internal static class TestTrees
{
    private static readonly Lazy<MerkleTree> Million = new(() => Grow(1_000_000));

    /// <summary>A tree of up to a million leaves; never to be appended to.</summary>
    public static MerkleTree Largest => Million.Value;

    public static MerkleTree Grow(int size)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        Span<byte> leaf = stackalloc byte[8];
        for (int i = 0; i < size; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(leaf, i);
            tree.Append(TreeHasher.Sha256.Leaf(leaf));
        }
        return tree;
    }

    public static TreePicture Picture(int size, long? goal)
    {
        MerkleTree tree = size <= 4096 ? Grow(size) : Largest;
        var head = new TreeHead(size, tree.RootAt(size));
        const string Origin = "example.com/tree";
        if (size == 0)
            return new TreePicture(Origin, head, TreeHasher.Sha256, null, new Dictionary<DrawnNode, Digest>());
        DrawnNode top = TreeShape.Of(size, goal);
        Subtree[] wanted = TreeHashes.Wanted(top);
        var read = new Digest[wanted.Length];
        tree.Read(wanted, read);
        return new TreePicture(
            Origin,
            head,
            TreeHasher.Sha256,
            top,
            TreeHashes.Of(top, wanted, read, head, TreeHasher.Sha256)
        );
    }
}
