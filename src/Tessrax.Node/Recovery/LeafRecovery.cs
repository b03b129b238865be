using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Node.Recovery;

/// <summary>Finds out which leaves a stretch of the tree has, from sources that may all be wrong: right is what gives a signed root.</summary>
/// <param name="sources">Where leaf hashes may be found.</param>
internal sealed class LeafRecovery(IReadOnlyList<EntrySource> sources)
{
    /// <summary>The leaves from a tree's edge up to a signed head; null if no source, and no mixture tried, gives them.</summary>
    /// <param name="edge">The tree so far; it grows if the leaves are found.</param>
    /// <param name="head">What the tree must become.</param>
    public Digest[]? Find(Frontier edge, TreeHead head)
    {
        int count = checked((int)(head.Size - edge.Size));
        var offers = new Digest?[sources.Count][];
        for (int s = 0; s < offers.Length; s++)
            offers[s] = [.. Enumerable.Range(0, count).Select(i => sources[s].LeafHash(edge.Size + i))];
        foreach (Digest[] leaves in Mixtures(offers, count))
        {
            Frontier grown = edge.Clone();
            grown.Append(leaves);
            if (grown.Root() == head.Root)
            {
                edge.Append(leaves);
                return leaves;
            }
        }
        return null;
    }

    // What most sources say of each leaf; then each source where it has something, and the others where it has not.
    private static IEnumerable<Digest[]> Mixtures(Digest?[][] offers, int count)
    {
        if (Mix(count, i => Vote(offers, i)) is { } voted)
            yield return voted;
        for (int first = 0; first < offers.Length; first++)
        {
            int begin = first;
            if (Mix(count, i => FirstOf(offers, i, begin)) is { } mixed)
                yield return mixed;
        }
    }

    private static Digest[]? Mix(int count, Func<int, Digest?> choose)
    {
        var leaves = new Digest[count];
        for (int i = 0; i < count; i++)
        {
            if (choose(i) is not { } leaf)
                return null;
            leaves[i] = leaf;
        }
        return leaves;
    }

    private static Digest? Vote(Digest?[][] offers, int index) =>
        offers
            .Select(offer => offer[index])
            .Where(leaf => leaf is not null)
            .GroupBy(leaf => leaf)
            .OrderByDescending(same => same.Count())
            .FirstOrDefault()
            ?.Key;

    private static Digest? FirstOf(Digest?[][] offers, int index, int first)
    {
        if (offers[first][index] is { } own)
            return own;
        return offers.Select(offer => offer[index]).FirstOrDefault(leaf => leaf is not null);
    }
}
