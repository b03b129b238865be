using System.Collections.Concurrent;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle;

/// <summary>What the proofs of every tree up to 100 leaves are checked against, for one hash engine.</summary>
internal sealed class EveryTree
{
    public const int Max = 100;

    private static readonly ConcurrentDictionary<string, EveryTree> Known = new();

    private EveryTree(string engine)
    {
        Hasher = Hashers.Of(engine);
        Leaves = [.. Enumerable.Range(0, Max).Select(TestLeaves.Hash)];
        Tree = new MerkleTree(Hasher);
        Tree.Append(Leaves);
        Naive = new NaiveTree(Hasher.Engine, Leaves);
        Heads = [.. Enumerable.Range(0, Max + 1).Select(n => Tree.HeadAt(n))];
    }

    public TreeHasher Hasher { get; }

    public MerkleTree Tree { get; }

    public Digest[] Leaves { get; }

    public NaiveTree Naive { get; }

    public TreeHead[] Heads { get; }

    public static EveryTree Of(string engine) => Known.GetOrAdd(engine, static name => new EveryTree(name));

    /// <summary>Numbers from 0 to <paramref name="max"/> that a proof about <paramref name="n"/> may be mistaken for: all, or with many
    /// to choose from the neighbours, those that differ in one bit, and the ends.</summary>
    public static IEnumerable<int> Others(int n, int max)
    {
        IEnumerable<int> others =
            max <= 40
                ? Enumerable.Range(0, max + 1)
                :
                [
                    0,
                    1,
                    n - 1,
                    n,
                    n + 1,
                    2 * n,
                    n / 2,
                    max - n,
                    max - 1,
                    max,
                    .. Enumerable.Range(0, 7).Select(b => n ^ (1 << b)),
                ];
        return others.Where(o => o >= 0 && o <= max).Distinct();
    }

    /// <summary>One hash flipped, dropped, doubled, zeroed or swapped with its neighbour; garbage before and behind; no path at all.</summary>
    public static IEnumerable<Digest[]> Corruptions(Digest[] path, Digest low, Digest high)
    {
        for (int i = 0; i < path.Length; i++)
        {
            yield return [.. path[..i], TestLeaves.Flip(path[i], i * 37), .. path[(i + 1)..]];
            yield return [.. path[..i], .. path[(i + 1)..]];
            yield return [.. path[..i], path[i], .. path[i..]];
            yield return [.. path[..i], default, .. path[(i + 1)..]];
            if (i + 1 < path.Length)
                yield return [.. path[..i], path[i + 1], path[i], .. path[(i + 2)..]];
        }
        foreach (Digest garbage in new[] { default, low, high, TestLeaves.Hash(-1) })
        {
            yield return [garbage, .. path];
            yield return [.. path, garbage];
        }
        if (path.Length > 0)
            yield return [];
    }
}
