using System.Security.Cryptography;
using Tessrax.Hashing;

namespace Tessrax.Tests.Merkle;

/// <summary>RFC 6962, section 2.1, written down as it stands there: recursive, and independent of the code under test.</summary>
/// <param name="engine">The hash function below. SHA-256 is the platform's, not ours.</param>
/// <param name="leaves">The leaf hashes.</param>
internal sealed class NaiveTree(HashEngine engine, params Digest[] leaves)
{
    // Only so that many proofs over the same leaves do not hash them again and again.
    private readonly Dictionary<(int, int), Digest> known = [];

    public static Digest Leaf(ReadOnlySpan<byte> data) => new(SHA256.HashData([0x00, .. data]));

    public static Digest Node(Digest left, Digest right) => new(SHA256.HashData([0x01, .. left.Span, .. right.Span]));

    public NaiveTree(params Digest[] leaves)
        : this(HashEngine.Sha256, leaves) { }

    /// <summary>MTH(D[start:end]).</summary>
    public Digest Root(int start, int end)
    {
        if (end == start)
            return Hash([]);
        if (end - start == 1)
            return leaves[start];
        if (!known.TryGetValue((start, end), out Digest root))
        {
            int middle = start + Half(end - start);
            root = known[(start, end)] = Hash([0x01, .. Root(start, middle).Span, .. Root(middle, end).Span]);
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

    /// <summary>SUBTREE_SUBPROOF(start, end, D[low:high], b) of draft-ietf-plants-merkle-tree-certs, section 4.4.1, with start and
    /// end counted from low.</summary>
    public List<Digest> SubtreeProof(int start, int end, int low, int high, bool b = true)
    {
        int n = high - low;
        if (start == 0 && end == n)
            return b ? [] : [Root(low, high)];
        int k = Half(n);
        int middle = low + k;
        if (end <= k)
            return [.. SubtreeProof(start, end, low, middle, b), Root(middle, high)];
        if (k <= start)
            return [.. SubtreeProof(start - k, end - k, middle, high, b), Root(low, middle)];
        return [.. SubtreeProof(0, end - k, middle, high, false), Root(low, middle)];
    }

    /// <summary>The nodes that a proof for many leaves needs: those without such a leaf, beside one that has it. Width is that of
    /// the left of the two.</summary>
    public IEnumerable<(int Width, int Start, Digest Hash)> Beside(HashSet<int> proven, int start, int end)
    {
        if (end - start == 1)
            yield break;
        int k = Half(end - start);
        foreach ((int low, int high) in new[] { (start, start + k), (start + k, end) })
        {
            if (!proven.Any(leaf => leaf >= low && leaf < high))
                yield return (k, low, Root(low, high));
            else
                foreach ((int Width, int Start, Digest Hash) below in Beside(proven, low, high))
                    yield return below;
        }
    }

    private Digest Hash(byte[] data) => engine.Name == "sha256" ? new Digest(SHA256.HashData(data)) : engine.Hash(data);

    // The largest power of two smaller than n.
    private static int Half(int n)
    {
        int k = 1;
        while (2 * k < n)
            k *= 2;
        return k;
    }
}
