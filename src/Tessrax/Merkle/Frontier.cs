using System.Numerics;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>The right edge of a growing tree: all that it takes to append leaves and to know the root.</summary>
/// <remarks>One hash per bit of the size, so O(log n) space; an append takes O(log n) time, and O(1) on average. It keeps no
/// leaves and makes no proofs: that is <see cref="MerkleTree"/>'s task. Not safe for concurrent use.</remarks>
public sealed class Frontier
{
    /// <summary>No tree grows beyond 2^62 leaves.</summary>
    public const long MaxSize = 1L << 62;

    private readonly TreeHasher hasher;

    // peaks[l] is the root of the perfect subtree of 2^l leaves that ends the tree's part of that size; it is meaningful
    // while bit l of Size is set.
    private readonly Digest[] peaks;

    // Made when many leaves come at once, and kept for the next time.
    private Digest[]? scratch;

    /// <summary>The edge of an empty tree.</summary>
    public Frontier(TreeHasher hasher)
        : this(hasher, 0, new Digest[63]) { }

    private Frontier(TreeHasher hasher, long size, Digest[] peaks)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        this.hasher = hasher;
        this.peaks = peaks;
        Size = size;
    }

    /// <summary>How many leaves were appended.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the perfect subtrees that the tree is made of, the largest first: one for each bit of the size.</summary>
    public IReadOnlyList<Digest> Peaks =>
        [
            .. Enumerable
                .Range(0, peaks.Length)
                .Reverse()
                .Where(level => (Size >> level & 1) == 1)
                .Select(level => peaks[level]),
        ];

    /// <summary>The edge of a tree whose leaves are elsewhere.</summary>
    /// <param name="hasher">The tree's.</param>
    /// <param name="size">How many leaves it has.</param>
    /// <param name="peaks">As <see cref="Peaks"/> gives them. Whether they are the right ones, its root tells.</param>
    /// <exception cref="ArgumentException">Another number of peaks than the size has bits, or no size of a tree.</exception>
    public static Frontier FromPeaks(TreeHasher hasher, long size, IReadOnlyList<Digest> peaks)
    {
        ArgumentNullException.ThrowIfNull(peaks);
        if (size is < 0 or > MaxSize || BitOperations.PopCount((ulong)size) != peaks.Count)
            throw new ArgumentException("there is one peak for each bit of the size", nameof(peaks));
        var frontier = new Frontier(hasher, size, new Digest[63]);
        int next = 0;
        for (int level = 62; level >= 0; level--)
        {
            if ((size >> level & 1) == 1)
                frontier.peaks[level] = peaks[next++];
        }
        return frontier;
    }

    /// <summary>The size and the root together.</summary>
    public TreeHead Head => new(Size, Root());

    /// <summary>Appends a leaf by its hash.</summary>
    /// <exception cref="InvalidOperationException">The tree has 2^62 leaves.</exception>
    public void Append(Digest leaf)
    {
        RequireRoom(1);
        Append(leaf, 0);
    }

    /// <summary>Appends many leaves by their hashes: the same as one after another, with whole levels hashed at once.</summary>
    /// <exception cref="InvalidOperationException">The tree would have more than 2^62 leaves; none was appended.</exception>
    public void Append(ReadOnlySpan<Digest> leaves)
    {
        RequireRoom(leaves.Length);
        while (!leaves.IsEmpty)
        {
            // The largest perfect subtree that may begin here and that the leaves fill.
            int level = Math.Min(PerfectSubtree.MaxLevel, BitOperations.Log2((uint)leaves.Length));
            level = Math.Min(level, BitOperations.TrailingZeroCount(Size));
            Digest root = leaves[0];
            if (level > 0)
            {
                scratch ??= new Digest[PerfectSubtree.ScratchSize];
                root = PerfectSubtree.Root(leaves[..(1 << level)], scratch, hasher);
            }
            Append(root, level);
            leaves = leaves[(1 << level)..];
        }
    }

    /// <summary>The root (RFC 6962, section 2.1), in O(log n).</summary>
    public Digest Root() => Root(null);

    /// <summary>The root of the tree that has one more subtree at its right end, smaller than any other.</summary>
    internal Digest Root(Digest? tail)
    {
        Digest? root = tail;
        for (int level = 0; level < peaks.Length; level++)
        {
            if ((Size >> level & 1) == 1)
                root = root is { } right ? hasher.Node(peaks[level], right) : peaks[level];
        }
        return root ?? hasher.Empty;
    }

    /// <summary>The edge of the first <paramref name="size"/> leaves of a tree that is there already.</summary>
    /// <param name="tree">The tree's full subtrees.</param>
    /// <param name="size">At most as many leaves as the tree has.</param>
    /// <param name="hasher">The tree's hashes.</param>
    public static Frontier Of(ISubtreeReader tree, long size, TreeHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        var peaks = new Digest[63];
        var wanted = new List<Subtree>();
        for (int level = 0; level < peaks.Length; level++)
        {
            if ((size >> level & 1) == 1)
                wanted.Add(new Subtree(level, (size >> level) - 1));
        }
        var found = new Digest[wanted.Count];
        tree.Read(wanted.ToArray(), found);
        for (int i = 0; i < found.Length; i++)
            peaks[wanted[i].Level] = found[i];
        return new Frontier(hasher, size, peaks);
    }

    /// <summary>A copy that grows on its own.</summary>
    public Frontier Clone() => new(hasher, Size, [.. peaks]);

    private void RequireRoom(int leaves)
    {
        if (Size > MaxSize - leaves)
            throw new InvalidOperationException("a tree holds at most 2^62 leaves");
    }

    // Adding one carries through the bits that are set from there on: two subtrees of a size become one of the next.
    private void Append(Digest subtree, int level)
    {
        long count = 1L << level;
        for (; (Size >> level & 1) == 1; level++)
            subtree = hasher.Node(peaks[level], subtree);
        peaks[level] = subtree;
        Size += count;
    }
}
