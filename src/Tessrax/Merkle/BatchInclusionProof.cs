using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Proofs that many leaves are in one tree, each hash that they share listed once.</summary>
/// <remarks>
/// The proof holds the nodes that stand beside the ways from the leaves to the root and cannot be computed from the leaves
/// themselves: the lowest level first, and each level from the left. No other list is accepted. For one leaf that is its audit path
/// (RFC 6962, section 2.1.1); for all leaves of a tree it is empty. It never has more hashes than the leaves' paths together, and never
/// more than the tree has leaves. Pure: no clock, no I/O.
/// </remarks>
public static class BatchInclusionProof
{
    // Up to so many leaves, verifying takes its memory from the stack.
    private const int OnStack = 32;

    /// <summary>Reports whether a proof for these leaves of a tree of <paramref name="size"/> can be: one at least, rising, none twice.</summary>
    public static bool AreLeaves(ReadOnlySpan<long> indexes, long size)
    {
        long before = -1;
        foreach (long index in indexes)
        {
            if (index <= before)
                return false;
            before = index;
        }
        return !indexes.IsEmpty && before < size;
    }

    /// <summary>The proof for the leaves <paramref name="indexes"/> of the tree of the first <paramref name="size"/> leaves.</summary>
    /// <param name="reader">The tree, or a larger one that begins with it; asked once.</param>
    /// <param name="size">The tree's.</param>
    /// <param name="indexes">Counted from 0, rising, none twice, one at least.</param>
    /// <param name="hasher">The tree's.</param>
    /// <exception cref="ArgumentException">These are not such leaves of the tree.</exception>
    public static Digest[] Prove(ISubtreeReader reader, long size, ReadOnlySpan<long> indexes, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        if (!AreLeaves(indexes, size))
            throw new ArgumentException($"not rising indexes of leaves in a tree of {size}", nameof(indexes));
        ReadOnlySpan<LeafRange> given = BatchClimb.Given(indexes, size);
        var proof = new Digest[given.Length];
        ProofPlan.Read(reader, given, hasher, proof);
        return proof;
    }

    /// <summary>Reports whether <paramref name="proof"/> proves that each of <paramref name="leaves"/> is the leaf of <paramref name="tree"/> at its index.</summary>
    /// <param name="proof">As <see cref="Prove"/> makes it.</param>
    /// <param name="tree">The head that the verifier trusts.</param>
    /// <param name="indexes">Counted from 0, rising, none twice, one at least.</param>
    /// <param name="leaves">The hash of the leaf at each index.</param>
    /// <param name="hasher">The tree's.</param>
    /// <returns>False, never an exception, for a proof that does not hold, for indexes in disorder or beyond the tree, and for
    /// numbers of leaves or hashes that do not fit.</returns>
    public static bool Verify(
        ReadOnlySpan<Digest> proof,
        TreeHead tree,
        ReadOnlySpan<long> indexes,
        ReadOnlySpan<Digest> leaves,
        TreeHasher hasher
    )
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if (leaves.Length != indexes.Length || !AreLeaves(indexes, tree.Size))
            return false;
        int count = indexes.Length;
        bool few = count <= OnStack;
        Span<long> nodes = few ? stackalloc long[count] : new long[count];
        Span<Turn> turns = few ? stackalloc Turn[count] : new Turn[count];
        // Nothing is hashed before the number of hashes is right: it follows from the indexes and the size alone.
        indexes.CopyTo(nodes);
        if (BatchClimb.CountGiven(nodes, tree.Size, turns) != proof.Length)
            return false;
        Span<Digest> known = few ? stackalloc Digest[count] : new Digest[count];
        Span<Digest> children = few ? stackalloc Digest[2 * count] : new Digest[2L * count];
        indexes.CopyTo(nodes);
        leaves.CopyTo(known);
        for (long width = tree.Size; width > 1; width = BatchClimb.Above(width))
        {
            nodes = nodes[..BatchClimb.Step(nodes, width, turns)];
            proof = proof[Pair(turns[..nodes.Length], known, proof, children)..];
            // Only the last node of a level can be alone.
            bool alone = turns[nodes.Length - 1] == Turn.Alone;
            int pairs = nodes.Length - (alone ? 1 : 0);
            hasher.Nodes(children[..(2 * pairs)], known[..pairs]);
            if (alone)
                known[pairs] = children[2 * pairs];
        }
        return known[0] == tree.Root;
    }

    // Lays the children of each parent side by side; returns how many of the proof's hashes were taken.
    private static int Pair(
        ReadOnlySpan<Turn> turns,
        ReadOnlySpan<Digest> known,
        ReadOnlySpan<Digest> proof,
        Span<Digest> children
    )
    {
        int next = 0;
        int taken = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            Turn turn = turns[i];
            children[2 * i] = turn == Turn.GivenLeft ? proof[taken++] : known[next++];
            if (turn != Turn.Alone)
                children[2 * i + 1] = turn == Turn.GivenRight ? proof[taken++] : known[next++];
        }
        return taken;
    }
}
