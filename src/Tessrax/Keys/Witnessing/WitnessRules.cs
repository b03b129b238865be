using Tessrax.Merkle;

namespace Tessrax.Keys;

/// <summary>What a witness may cosign (C2SP tlog-witness): a checkpoint that one of the log's keys signed, of a tree that begins with the one that it cosigned before.</summary>
/// <remarks>
/// Pure; the caller keeps what it cosigned last, holds others off from asking to storing, and stores before it answers.
/// Where the checkpoint's size is the old one and its root another, this says 422, as for any proof that does not hold; the text of the standard says 409 there, with a size that the log
/// knows already. Either way it is refused.
/// </remarks>
public static class WitnessRules
{
    /// <summary>Judges a request.</summary>
    /// <param name="request">From a stranger.</param>
    /// <param name="log">The keys of the log of that origin; empty if it is not known.</param>
    /// <param name="held">What was cosigned last for that origin; null if nothing was.</param>
    /// <returns>Null if it is to be cosigned; otherwise the refusal.</returns>
    public static WitnessAnswer? Refusal(
        AddCheckpointRequest request,
        IReadOnlyCollection<VerifierKey> log,
        TreeHead? held
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(log);
        if (log.Count == 0)
            return new WitnessAnswer(404, $"unknown log: {request.Says.Origin}\n");
        if (!request.Note.Verify(log, out _, out string reason))
            return BadSignature(reason);
        long size = request.Says.Head.Size;
        if (request.Old > size)
            return new WitnessAnswer(400, $"the old size {request.Old} is above the checkpoint's, {size}\n");
        long known = held?.Size ?? 0;
        if (request.Old != known)
            return WitnessAnswer.Conflict(known);
        return Extends(request, held)
            ? null
            : new WitnessAnswer(422, $"the consistency proof from {known} to {size} does not hold\n");
    }

    internal static WitnessAnswer BadSignature(string reason) => new(403, $"invalid signature: {reason}\n");

    private static bool Extends(AddCheckpointRequest request, TreeHead? held)
    {
        TreeHead head = request.Says.Head;
        bool isPossible = head.Size > 0 || head.Root == Checkpoint.EmptyRoot;
        // "unless the old size is zero, in which case the consistency proof MUST be empty"
        return held is { Size: > 0 } before
            ? isPossible && ConsistencyProof.Verify(request.Path, before, head, TreeHasher.Sha256)
            : isPossible && request.Proof.Count == 0;
    }
}
