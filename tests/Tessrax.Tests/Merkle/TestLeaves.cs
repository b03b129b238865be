using System.Buffers.Binary;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle;

internal static class TestLeaves
{
    /// <summary>Leaf i holds i as four bytes.</summary>
    public static Digest Hash(int i)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(data, i);
        return TreeHasher.Sha256.Leaf(data);
    }

    public static MerkleTree Tree(int size)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (int i = 0; i < size; i++)
            tree.Append(Hash(i));
        return tree;
    }

    public static TreeHead HeadAt(this MerkleTree tree, long size) => new(size, tree.RootAt(size));

    /// <summary>The digest with one bit changed.</summary>
    public static Digest Flip(Digest digest, int bit)
    {
        byte[] bytes = digest.Span.ToArray();
        bytes[bit / 8 % Digest.Size] ^= (byte)(1 << (bit % 8));
        return new Digest(bytes);
    }
}
