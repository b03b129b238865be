using System.Security.Cryptography;
using Tessrax.Hashing;

namespace Tessrax.Tests.Merkle;

/// <summary>RFC 6962, section 2.1, written down as it stands there: recursive, slow, and independent of the code under test.</summary>
internal static class NaiveTree
{
    public static Digest Leaf(ReadOnlySpan<byte> data) => new(SHA256.HashData([0x00, .. data]));

    /// <summary>MTH(D[n]) over leaf hashes.</summary>
    public static Digest Root(ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length == 0)
            return new Digest(SHA256.HashData([]));
        if (leaves.Length == 1)
            return leaves[0];
        int k = Half(leaves.Length);
        return Node(Root(leaves[..k]), Root(leaves[k..]));
    }

    /// <summary>PATH(m, D[n]).</summary>
    public static List<Digest> Path(int m, ReadOnlySpan<Digest> leaves)
    {
        if (leaves.Length == 1)
            return [];
        int k = Half(leaves.Length);
        return m < k ? [.. Path(m, leaves[..k]), Root(leaves[k..])] : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    /// <summary>SUBPROOF(m, D[n], b); PROOF(m, D[n]) is that with b true.</summary>
    public static List<Digest> Proof(int m, ReadOnlySpan<Digest> leaves, bool b = true)
    {
        if (m == leaves.Length)
            return b ? [] : [Root(leaves)];
        int k = Half(leaves.Length);
        return m <= k
            ? [.. Proof(m, leaves[..k], b), Root(leaves[k..])]
            : [.. Proof(m - k, leaves[k..], false), Root(leaves[..k])];
    }

    public static Digest Node(Digest left, Digest right) => new(SHA256.HashData([0x01, .. left.Span, .. right.Span]));

    // The largest power of two smaller than n.
    private static int Half(int n)
    {
        int k = 1;
        while (2 * k < n)
            k *= 2;
        return k;
    }
}
