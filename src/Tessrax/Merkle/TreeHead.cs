using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>What a tree is at one moment: how many leaves it has, and its root hash (RFC 6962, section 2.1).</summary>
/// <param name="Size">The number of leaves.</param>
/// <param name="Root">The root; the hash of nothing for the empty tree.</param>
public readonly record struct TreeHead(long Size, Digest Root);
