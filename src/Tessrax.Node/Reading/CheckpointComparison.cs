using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>How a checkpoint from elsewhere stands to a ledger's own history.</summary>
public enum CheckpointRelation
{
    /// <summary>The newest of both.</summary>
    Same,

    /// <summary>A part of this history; a consistency proof shows it.</summary>
    Older,

    /// <summary>It extends this history; a consistency proof from the other side shows it.</summary>
    Newer,

    /// <summary>Larger than this history, and nobody showed that it extends it.</summary>
    NewerUnproven,

    /// <summary>Another history, signed by the same key.</summary>
    Contradicts,
}

/// <summary>The root that another's tree has at a smaller size.</summary>
/// <param name="Root">The root at that size.</param>
/// <param name="Proof">The consistency proof from it to the other's checkpoint.</param>
public sealed record PastOfAnother(Digest Root, IReadOnlyList<Digest> Proof);

/// <summary>A checkpoint from elsewhere, held against a ledger's own history.</summary>
/// <param name="Relation">What was found.</param>
/// <param name="Theirs">What the other checkpoint signs.</param>
/// <param name="Ours">The newest of this ledger.</param>
/// <param name="Proof">The verified consistency proof between the two; empty where there is none.</param>
/// <param name="Evidence">Two notes of one key that contradict each other; null unless they do, and where no note of the other one's key is in this history from that size on.</param>
public sealed record CheckpointComparison(
    CheckpointRelation Relation,
    TreeHead Theirs,
    TreeHead Ours,
    IReadOnlyList<Digest> Proof,
    Equivocation? Evidence
);
