using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>A perfect subtree: the leaves from <c>Index * 2^Level</c> up to, but not including, <c>(Index + 1) * 2^Level</c>.</summary>
/// <param name="Level">Its height; 0 is a single leaf. At most 62.</param>
/// <param name="Index">How many subtrees of that height stand to its left.</param>
public readonly record struct Subtree(int Level, long Index);

/// <summary>Where proofs get their hashes from. A perfect subtree never changes once it is full, so any store will do.</summary>
public interface ISubtreeReader
{
    /// <summary>Reads the root of each subtree in <paramref name="wanted"/> into the same place of <paramref name="hashes"/>.</summary>
    /// <remarks>Asked once per proof, for O(log n) subtrees a leaf, so that a store can fetch them together.</remarks>
    /// <exception cref="ArgumentException">A subtree is not full in this tree, or the two spans differ in length.</exception>
    void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes);
}
