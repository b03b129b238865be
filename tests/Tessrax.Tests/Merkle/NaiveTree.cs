using System.Security.Cryptography;
using Tessrax.Hashing;

namespace Tessrax.Tests.Merkle;

/// <summary>RFC 6962, section 2.1, written down as it stands there: recursive, and independent of the code under test.</summary>
/// <param name="leaves">The leaf hashes.</param>
internal sealed class NaiveTree(params Digest[] leaves)
{
    // Only so that many proofs over the same leaves do not hash them again and again.
    private readonly Dictionary<(int, int), Digest> known = [];

    public static Digest Leaf(ReadOnlySpan<byte> data) => new(SHA256.HashData([0x00, .. data]));

    public static Digest Node(Digest left, Digest right) => new(SHA256.HashData([0x01, .. left.Span, .. right.Span]));

    /// <summary>MTH(D[start:end]).</summary>
    public Digest Root(int start, int end)
    {
        if (end == start)
            return new Digest(SHA256.HashData([]));
        if (end - start == 1)
            return leaves[start];
        if (!known.TryGetValue((start, end), out Digest root))
        {
            int middle = start + Half(end - start);
            root = known[(start, end)] = Node(Root(start, middle), Root(middle, end));
        }
        return root;
    }

    /// <summary>PATH(m, D[start:end]).</summary>
    public List<Digest> Path(int m, int start, int end)
    {
        if (end - start == 1)
            return [];
        int k = Half(end - start);
        int middle = start + k;
        return m < k
            ? [.. Path(m, start, middle), Root(middle, end)]
            : [.. Path(m - k, middle, end), Root(start, middle)];
    }

    /// <summary>SUBPROOF(m, D[start:end], b); PROOF(m, D[n]) is that with b true.</summary>
    public List<Digest> Proof(int m, int start, int end, bool b = true)
    {
        if (m == end - start)
            return b ? [] : [Root(start, end)];
        int k = Half(end - start);
        int middle = start + k;
        return m <= k
            ? [.. Proof(m, start, middle, b), Root(middle, end)]
            : [.. Proof(m - k, middle, end, false), Root(start, middle)];
    }

    // The largest power of two smaller than n.
    private static int Half(int n)
    {
        int k = 1;
        while (2 * k < n)
            k *= 2;
        return k;
    }
}
