using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Cli.MerkleDrawing;

/// <summary>What a node is in a picture of a proof.</summary>
internal enum NodeRole
{
    /// <summary>Nothing was proven, or the proof does not need it.</summary>
    Plain,

    /// <summary>The leaf that is proven.</summary>
    Goal,

    /// <summary>A verifier computes it from the two below.</summary>
    Way,

    /// <summary>The proof lists it.</summary>
    Proof,
}

/// <summary>A node of a picture: the leaves under it, and its children unless they are folded away.</summary>
/// <param name="Start">Its first leaf.</param>
/// <param name="End">After its last leaf.</param>
internal sealed record DrawnNode(long Start, long End)
{
    public DrawnNode? Left { get; init; }

    public DrawnNode? Right { get; init; }

    public NodeRole Role { get; init; }

    /// <summary>Its place in the proof from the leaf up, from 1; 0 if the proof does not list it.</summary>
    public int Step { get; init; }

    public long Count => End - Start;

    public bool IsLeaf => Count == 1;

    /// <summary>Whether it has children that are not drawn.</summary>
    public bool IsFolded => !IsLeaf && Left is null;

    /// <summary>It and everything drawn below it, parents first.</summary>
    public IEnumerable<DrawnNode> All()
    {
        yield return this;
        foreach (DrawnNode node in (Left?.All() ?? []).Concat(Right?.All() ?? []))
            yield return node;
    }
}

/// <summary>A tree to be drawn: what is shown of it, and the hash of every node that is shown.</summary>
/// <param name="Origin">Whose tree it is.</param>
/// <param name="Head">The tree.</param>
/// <param name="Hasher">Its hasher.</param>
/// <param name="Top">The root as a node; null for the empty tree.</param>
/// <param name="Hashes">Every node under <paramref name="Top"/>.</param>
internal sealed record TreePicture(
    string Origin,
    TreeHead Head,
    TreeHasher Hasher,
    DrawnNode? Top,
    IReadOnlyDictionary<DrawnNode, Digest> Hashes
)
{
    /// <summary>The leaf that is proven, or null.</summary>
    public DrawnNode? Goal => Top?.All().FirstOrDefault(node => node.Role == NodeRole.Goal);

    /// <summary>How many hashes the proof lists.</summary>
    public int ProofLength => Top?.All().Count(node => node.Role == NodeRole.Proof) ?? 0;
}
