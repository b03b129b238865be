using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Proofs that one leaf is in a tree: the audit path of RFC 6962, section 2.1.1 (RFC 9162, section 2.1.3).</summary>
/// <remarks>Pure: no clock, no I/O. Hashes come from an <see cref="ISubtreeReader"/>, asked once per proof. The path lists at most
/// 63 hashes, from the leaf's sibling up to the root's child; for a tree of one leaf it is empty.</remarks>
public static class InclusionProof
{
    /// <summary>No path is longer.</summary>
    public const int MaxLength = ProofPlan.MaxLength;

    /// <summary>The path from leaf <paramref name="index"/> to the root of the tree of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static Digest[] Prove(ISubtreeReader reader, long size, long index, TreeHasher hasher)
    {
        Span<LeafRange> siblings = stackalloc LeafRange[MaxLength];
        siblings = siblings[..Plan(reader, size, index, hasher, siblings)];
        var path = new Digest[siblings.Length];
        ProofPlan.Read(reader, siblings, hasher, path);
        return path;
    }

    /// <summary>The same into <paramref name="path"/>, without allocating anything.</summary>
    /// <param name="reader">The tree, or a larger one that begins with it.</param>
    /// <param name="size">The tree's.</param>
    /// <param name="index">Counted from 0.</param>
    /// <param name="hasher">The tree's.</param>
    /// <param name="path">Room for the path; <see cref="MaxLength"/> is enough for all.</param>
    /// <returns>How many hashes the path has.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is too short.</exception>
    public static int Prove(ISubtreeReader reader, long size, long index, TreeHasher hasher, Span<Digest> path)
    {
        Span<LeafRange> siblings = stackalloc LeafRange[MaxLength];
        int count = Plan(reader, size, index, hasher, siblings);
        if (path.Length < count)
            throw new ArgumentException($"the path has {count} hashes", nameof(path));
        ProofPlan.Read(reader, siblings[..count], hasher, path[..count]);
        return count;
    }

    /// <summary>The leaves below each node whose hash stands in the path from leaf <paramref name="index"/> to the root, in the path's order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static LeafRange[] Siblings(long size, long index)
    {
        Span<LeafRange> siblings = stackalloc LeafRange[MaxLength];
        return [.. siblings[..Plan(size, index, siblings)]];
    }

    /// <summary>Reports whether <paramref name="path"/> proves that <paramref name="leaf"/> is leaf <paramref name="index"/> of <paramref name="tree"/>.</summary>
    /// <param name="path">From the leaf's sibling up.</param>
    /// <param name="tree">The head that the verifier trusts.</param>
    /// <param name="index">Counted from 0.</param>
    /// <param name="leaf">The leaf's hash, not its data: <see cref="TreeHasher.Leaf"/>.</param>
    /// <param name="hasher">The ledger's.</param>
    /// <returns>False, never an exception, for a path that does not hold: proofs come from strangers.</returns>
    public static bool Verify(ReadOnlySpan<Digest> path, TreeHead tree, long index, Digest leaf, TreeHasher hasher) =>
        TryRoot(path, tree.Size, index, leaf, hasher, out Digest root) && root == tree.Root;

    /// <summary>The root that <paramref name="path"/> gives, if <paramref name="leaf"/> is leaf <paramref name="index"/> of a tree of
    /// <paramref name="size"/> leaves. It proves nothing until somebody vouches for size and root.</summary>
    /// <param name="path">From the leaf's sibling up.</param>
    /// <param name="size">The tree's.</param>
    /// <param name="index">Counted from 0.</param>
    /// <param name="leaf">The leaf's hash, not its data: <see cref="TreeHasher.Leaf"/>.</param>
    /// <param name="hasher">The tree's.</param>
    /// <param name="root">What the path leads to.</param>
    /// <returns>False, never an exception, if the tree has no such leaf or the path has not exactly the length that its shape asks for.</returns>
    public static bool TryRoot(
        ReadOnlySpan<Digest> path,
        long size,
        long index,
        Digest leaf,
        TreeHasher hasher,
        out Digest root
    )
    {
        ArgumentNullException.ThrowIfNull(hasher);
        root = default;
        if (index < 0 || index >= size)
            return false;
        int count = ProofPlan.Turns(size, OneLeaf(index), out ulong rights);
        // The tree's shape alone says how long a path is; a shorter one, the empty one above all, proves nothing.
        if (path.Length != count)
            return false;

        // RFC 6962, section 2.1.1: PATH(m, D[n]) appends the hash of the half that leaf m is not in.
        // The two take their places without a branch: no processor could guess the turns.
        Span<Digest> pair = stackalloc Digest[2];
        Digest node = leaf;
        for (int i = 0; i < path.Length; i++)
        {
            int place = (int)(~(rights >> i) & 1);
            pair[place] = node;
            pair[place ^ 1] = path[i];
            node = hasher.Node(pair[0], pair[1]);
        }
        root = node;
        return true;
    }

    private static int Plan(ISubtreeReader reader, long size, long index, TreeHasher hasher, Span<LeafRange> siblings)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        return Plan(size, index, siblings);
    }

    private static int Plan(long size, long index, Span<LeafRange> siblings)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return ProofPlan.Walk(size, OneLeaf(index), siblings, out _);
    }

    private static LeafRange OneLeaf(long index) => new(index, index + 1);
}
