using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios;

/// <summary>What the cases work on; the same in every run.</summary>
internal static class Inputs
{
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static Digest[] Digests(int count)
    {
        var random = new Random(2);
        Span<byte> bytes = stackalloc byte[Digest.Size];
        var digests = new Digest[count];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            digests[i] = new Digest(bytes);
        }
        return digests;
    }

    public static MerkleTree Tree(int size, TreeHasher hasher)
    {
        var tree = new MerkleTree(hasher);
        foreach (Digest leaf in Digests(size))
            tree.Append(leaf);
        return tree;
    }
}
