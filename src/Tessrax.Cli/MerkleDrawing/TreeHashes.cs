using System.Numerics;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>Gives every node of a picture its hash, from one reading of full subtrees.</summary>
internal static class TreeHashes
{
    /// <summary>The full subtrees that the hashes of all drawn nodes are made of.</summary>
    public static Subtree[] Wanted(DrawnNode top) => [.. top.All().SelectMany(Parts).Distinct()];

    /// <summary>The hash of every drawn node, given those of <see cref="Wanted"/>.</summary>
    /// <exception cref="TessraxException">TSX5002: two hashes do not give the one above them; no picture is drawn of what is not a tree.</exception>
    public static Dictionary<DrawnNode, Digest> Of(
        DrawnNode top,
        IReadOnlyList<Subtree> wanted,
        IReadOnlyList<Digest> read,
        TreeHead head,
        TreeHasher hasher
    )
    {
        var known = wanted.Zip(read).ToDictionary(pair => pair.First, pair => pair.Second);
        var hashes = new Dictionary<DrawnNode, Digest>(ReferenceEqualityComparer.Instance);
        foreach (DrawnNode node in top.All())
            hashes[node] = Parts(node)
                .Reverse()
                .Select(part => known[part])
                .Aggregate((right, left) => hasher.Node(left, right));
        bool holds =
            hashes[top] == head.Root
            && top.All()
                .All(node => node.Left is null || hasher.Node(hashes[node.Left], hashes[node.Right!]) == hashes[node]);
        return holds
            ? hashes
            : throw ErrorCodes.RootMismatch.Because(
                $"the hashes of the tree do not give the root signed at size {head.Size}"
            );
    }

    // One full subtree per bit of the count, the largest first; what does not fill a power of two hangs to the right.
    private static IEnumerable<Subtree> Parts(DrawnNode node)
    {
        long start = node.Start;
        for (long rest = node.Count; rest > 0; )
        {
            int level = BitOperations.Log2((ulong)rest);
            yield return new Subtree(level, start >> level);
            start += 1L << level;
            rest -= 1L << level;
        }
    }
}
