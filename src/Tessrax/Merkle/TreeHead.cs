using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>What a tree commits to: how many leaves it has, and its root.</summary>
/// <param name="Size">The number of leaves. Not checked here: a head may come from a stranger.</param>
/// <param name="Root">The Merkle tree hash of those leaves (RFC 6962, section 2.1).</param>
public readonly record struct TreeHead(long Size, Digest Root);
