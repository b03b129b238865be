using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Client;

/// <summary>A checkpoint that the trust root accepts, and that is consistent with all that were accepted before.</summary>
/// <param name="Note">As it was signed.</param>
/// <param name="Head">The tree that it signs.</param>
/// <param name="Hasher">The tree's.</param>
public sealed record VerifiedCheckpoint(SignedNote Note, TreeHead Head, TreeHasher Hasher);
