using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Web.Drawing;

/// <summary>One level of a way from a leaf to the root.</summary>
/// <param name="Leaves">The leaves below the node that the way goes through.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Sibling">The leaves below its sibling.</param>
/// <param name="SiblingHash">The sibling's hash: what the proof says.</param>
public readonly record struct ProofStep(LeafRange Leaves, Digest Hash, LeafRange Sibling, Digest SiblingHash)
{
    /// <summary>Whether the sibling comes first.</summary>
    public bool IsSiblingLeft => Sibling.Start < Leaves.Start;
}

/// <summary>An inclusion proof as a way through the tree: from the leaf up, each node with the sibling that it is hashed with.</summary>
/// <param name="Index">The leaf.</param>
/// <param name="Size">Leaves of the tree.</param>
/// <param name="Steps">From the leaf up.</param>
/// <param name="Root">What they lead to.</param>
public sealed record ProofWay(long Index, long Size, IReadOnlyList<ProofStep> Steps, Digest Root)
{
    /// <summary>Works the way out.</summary>
    /// <param name="index">The leaf.</param>
    /// <param name="leaf">Its hash.</param>
    /// <param name="size">Leaves of the tree.</param>
    /// <param name="path">The proof, as <see cref="InclusionProof"/> makes it.</param>
    /// <param name="hasher">The tree's.</param>
    public static ProofWay Of(long index, Digest leaf, long size, IReadOnlyList<Digest> path, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(hasher);
        LeafRange[] siblings = InclusionProof.Siblings(size, index);
        var steps = new ProofStep[path.Count];
        var leaves = new LeafRange(index, index + 1);
        Digest hash = leaf;
        for (int i = 0; i < steps.Length; i++)
        {
            LeafRange sibling = siblings[i];
            steps[i] = new ProofStep(leaves, hash, sibling, path[i]);
            hash = steps[i].IsSiblingLeft ? hasher.Node(path[i], hash) : hasher.Node(hash, path[i]);
            leaves = new LeafRange(Math.Min(leaves.Start, sibling.Start), Math.Max(leaves.End, sibling.End));
        }
        return new ProofWay(index, size, steps, hash);
    }
}
