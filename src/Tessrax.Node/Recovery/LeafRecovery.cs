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
        // A leaf that no source has ends it: a head may be of any size, and nothing is made room for that nobody gives.
        var offers = new List<Digest?[]>();
        for (long index = edge.Size; index < head.Size; index++)
        {
            Digest?[] offered = [.. sources.Select(source => source.LeafHash(index))];
            if (Array.TrueForAll(offered, leaf => leaf is null))
                return null;
            offers.Add(offered);
        }
        foreach (Digest[] leaves in Mixtures(offers, sources.Count))
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
    private static IEnumerable<Digest[]> Mixtures(List<Digest?[]> offers, int sources)
    {
        yield return [.. offers.Select(Vote)];
        for (int first = 0; first < sources; first++)
        {
            int begin = first;
            yield return
            [
                .. offers.Select(offered => offered[begin] ?? offered.First(leaf => leaf is not null)!.Value),
            ];
        }
    }

    private static Digest Vote(Digest?[] offered) =>
        offered
            .Where(leaf => leaf is not null)
            .GroupBy(leaf => leaf!.Value)
            .OrderByDescending(same => same.Count())
            .First()
            .Key;
}
