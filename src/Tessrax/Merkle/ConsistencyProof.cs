using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Proofs that one tree extends another, leaf for leaf: RFC 6962, section 2.1.2 (RFC 9162, section 2.1.4).</summary>
/// <remarks>Pure: no clock, no I/O. A path lists at most 64 hashes. Every tree extends the empty one, which is nothing to prove:
/// a proof from size 0 does not exist and is not accepted. A smaller tree is the subtree that begins at leaf 0, so this is the case
/// of <see cref="SubtreeProof"/> that everybody needs.</remarks>
public static class ConsistencyProof
{
    /// <summary>No path is longer.</summary>
    public const int MaxLength = SubtreeProof.MaxLength;

    /// <summary>The path that proves the tree of <paramref name="to"/> leaves to extend the tree of its first <paramref name="from"/>; empty if they are the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= from &lt;= to.</exception>
    public static Digest[] Prove(ISubtreeReader reader, long from, long to, TreeHasher hasher) =>
        SubtreeProof.ProveConsistency(reader, OldTree(from, to), to, hasher);

    /// <summary>The same into <paramref name="path"/>, without allocating anything.</summary>
    /// <param name="reader">The newer tree, or a larger one that begins with it.</param>
    /// <param name="from">The older size.</param>
    /// <param name="to">The newer size.</param>
    /// <param name="hasher">The tree's.</param>
    /// <param name="path">Room for the path; <see cref="MaxLength"/> is enough for all.</param>
    /// <returns>How many hashes the path has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= from &lt;= to.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is too short.</exception>
    public static int Prove(ISubtreeReader reader, long from, long to, TreeHasher hasher, Span<Digest> path) =>
        SubtreeProof.ProveConsistency(reader, OldTree(from, to), to, hasher, path);

    /// <summary>Reports whether <paramref name="path"/> proves that the first leaves of <paramref name="to"/> are those of <paramref name="from"/>.</summary>
    /// <returns>False, never an exception, for a path that does not hold, from size 0, and for a tree that shrinks.</returns>
    public static bool Verify(ReadOnlySpan<Digest> path, TreeHead from, TreeHead to, TreeHasher hasher) =>
        SubtreeProof.VerifyConsistency(path, 0, from.Size, from.Root, to, hasher);

    private static LeafRange OldTree(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, to);
        return new LeafRange(0, from);
    }
}
