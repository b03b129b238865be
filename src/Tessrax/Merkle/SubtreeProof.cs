using System.Numerics;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Proofs about a subtree, the Merkle tree over the leaves from <c>start</c> up to, but not including, <c>end</c>:
/// draft-ietf-plants-merkle-tree-certs, section 4.</summary>
/// <remarks>
/// <c>start</c> is a multiple of the smallest power of two that is not below <c>end - start</c>; no other range is a subtree. It is a
/// tree of its own, whose root need not be a node of the whole: [8, 13) is a subtree of a tree of 14 leaves. Who trusts its root can
/// be shown a leaf in it with a shorter path; that it is a part of the whole takes a consistency proof, which for a subtree from leaf
/// 0 is that of RFC 6962 and for a single leaf its inclusion proof. Pure: no clock, no I/O.
/// </remarks>
public static class SubtreeProof
{
    /// <summary>No path is longer.</summary>
    public const int MaxLength = 1 + ProofPlan.MaxLength;

    /// <summary>Reports whether the leaves from <paramref name="start"/> up to <paramref name="end"/> form a subtree (section 4.1 of the draft).</summary>
    /// <returns>False, never an exception, for numbers that are no range.</returns>
    public static bool IsSubtree(long start, long end) =>
        start >= 0 && start < end && ((ulong)start & (BitOperations.RoundUpToPowerOf2((ulong)(end - start)) - 1)) == 0;

    /// <summary>The root of a subtree: MTH(D[start:end]).</summary>
    /// <exception cref="ArgumentException">The range is no subtree.</exception>
    public static Digest Root(ISubtreeReader reader, long start, long end, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        Digest root = default;
        ProofPlan.Read(reader, [Range(start, end)], hasher, new Span<Digest>(ref root));
        return root;
    }

    /// <summary>The path from leaf <paramref name="index"/> to the root of a subtree (section 4.3 of the draft).</summary>
    /// <param name="reader">A tree that the subtree is in.</param>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">The leaf after its last.</param>
    /// <param name="index">The leaf, counted from the beginning of the whole tree.</param>
    /// <param name="hasher">The tree's.</param>
    /// <exception cref="ArgumentException">The range is no subtree, or the leaf is not in it.</exception>
    public static Digest[] ProveInclusion(ISubtreeReader reader, long start, long end, long index, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        LeafRange subtree = Range(start, end);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, end);
        Span<LeafRange> siblings = stackalloc LeafRange[ProofPlan.MaxLength];
        siblings = siblings[..ProofPlan.Walk(subtree.Length, OneLeaf(index - start), siblings, out _)];
        // The way was planned in a tree that begins at leaf 0.
        foreach (ref LeafRange sibling in siblings)
            sibling = new LeafRange(start + sibling.Start, start + sibling.End);
        var path = new Digest[siblings.Length];
        ProofPlan.Read(reader, siblings, hasher, path);
        return path;
    }

    /// <summary>Reports whether <paramref name="path"/> proves that <paramref name="leaf"/> is leaf <paramref name="index"/> of a subtree with this root.</summary>
    /// <param name="path">From the leaf's sibling up.</param>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">The leaf after its last.</param>
    /// <param name="root">The subtree's root, which the verifier trusts.</param>
    /// <param name="index">Counted from the beginning of the whole tree.</param>
    /// <param name="leaf">The leaf's hash.</param>
    /// <param name="hasher">The tree's.</param>
    /// <returns>False, never an exception, for a path that does not hold and for a range that is no subtree.</returns>
    public static bool VerifyInclusion(
        ReadOnlySpan<Digest> path,
        long start,
        long end,
        Digest root,
        long index,
        Digest leaf,
        TreeHasher hasher
    )
    {
        ArgumentNullException.ThrowIfNull(hasher);
        return IsSubtree(start, end)
            && index >= start
            && InclusionProof.Verify(path, new TreeHead(end - start, root), index - start, leaf, hasher);
    }

    /// <summary>The path that proves a subtree to be a part of the tree of <paramref name="size"/> leaves (section 4.4 of the draft).</summary>
    /// <param name="reader">The tree, or a larger one that begins with it.</param>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">The leaf after its last.</param>
    /// <param name="size">The tree's.</param>
    /// <param name="hasher">The tree's.</param>
    /// <exception cref="ArgumentException">The range is no subtree of that tree.</exception>
    public static Digest[] ProveConsistency(
        ISubtreeReader reader,
        long start,
        long end,
        long size,
        TreeHasher hasher
    ) => ProveConsistency(reader, Range(start, end), size, hasher);

    /// <summary>Reports whether <paramref name="path"/> proves that a subtree with this root is a part of <paramref name="tree"/>.</summary>
    /// <param name="path">As <see cref="ProveConsistency(ISubtreeReader, long, long, long, TreeHasher)"/> makes it.</param>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">The leaf after its last.</param>
    /// <param name="root">The subtree's root.</param>
    /// <param name="tree">The head that the verifier trusts.</param>
    /// <param name="hasher">The tree's.</param>
    /// <returns>False, never an exception, for a path that does not hold and for a range that is no subtree of the tree.</returns>
    public static bool VerifyConsistency(
        ReadOnlySpan<Digest> path,
        long start,
        long end,
        Digest root,
        TreeHead tree,
        TreeHasher hasher
    )
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if (!IsSubtree(start, end) || end > tree.Size)
            return false;
        Span<LeafRange> siblings = stackalloc LeafRange[ProofPlan.MaxLength];
        int count = ProofPlan.Walk(tree.Size, new LeafRange(start, end), siblings, out LeafRange last);
        int given = IsRoot(last, start) ? 0 : 1;
        if (path.Length != given + count)
            return false;

        // Both roots grow from the last node that they share. What hangs to the left of it and still in the subtree is
        // part of both; all else is only in the tree.
        Digest inSubtree = given == 0 ? root : path[0];
        Digest inTree = inSubtree;
        for (int i = 0; i < count; i++)
        {
            Digest sibling = path[given + i];
            if (siblings[i].Start >= end)
            {
                inTree = hasher.Node(inTree, sibling);
                continue;
            }
            inTree = hasher.Node(sibling, inTree);
            if (siblings[i].Start >= start)
                inSubtree = hasher.Node(sibling, inSubtree);
        }
        return inSubtree == root && inTree == tree.Root;
    }

    internal static Digest[] ProveConsistency(ISubtreeReader reader, LeafRange subtree, long size, TreeHasher hasher)
    {
        Span<LeafRange> nodes = stackalloc LeafRange[MaxLength];
        nodes = PlanConsistency(reader, subtree, size, hasher, nodes);
        var path = new Digest[nodes.Length];
        ProofPlan.Read(reader, nodes, hasher, path);
        return path;
    }

    internal static int ProveConsistency(
        ISubtreeReader reader,
        LeafRange subtree,
        long size,
        TreeHasher hasher,
        Span<Digest> path
    )
    {
        Span<LeafRange> nodes = stackalloc LeafRange[MaxLength];
        nodes = PlanConsistency(reader, subtree, size, hasher, nodes);
        if (path.Length < nodes.Length)
            throw new ArgumentException($"the path has {nodes.Length} hashes", nameof(path));
        ProofPlan.Read(reader, nodes, hasher, path[..nodes.Length]);
        return nodes.Length;
    }

    private static Span<LeafRange> PlanConsistency(
        ISubtreeReader reader,
        LeafRange subtree,
        long size,
        TreeHasher hasher,
        Span<LeafRange> nodes
    )
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(hasher);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(subtree.End, size);
        int count = ProofPlan.Walk(size, subtree, nodes[1..], out nodes[0]);
        nodes = nodes[..(1 + count)];
        return IsRoot(nodes[0], subtree.Start) ? nodes[1..] : nodes;
    }

    // Section 4.4.1 of the draft: SUBTREE_SUBPROOF(0, n, D[n], true) = {}, for whoever checks the proof knows the subtree's
    // root already.
    private static bool IsRoot(LeafRange last, long start) => last.Start == start;

    private static LeafRange Range(long start, long end) =>
        IsSubtree(start, end)
            ? new LeafRange(start, end)
            : throw new ArgumentException($"the leaves from {start} to {end} are no subtree", nameof(end));

    private static LeafRange OneLeaf(long index) => new(index, index + 1);
}
