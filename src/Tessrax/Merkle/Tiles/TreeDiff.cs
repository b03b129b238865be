using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Where two trees differ.</summary>
/// <param name="CommonSize">The size of the smaller one: that many leaves were compared.</param>
/// <param name="Differing">The leaves, among the common ones, that are not the same in both: exact, in order, and never touching each other.</param>
/// <param name="IsComplete">False if there are more ranges than were asked for; those given are then the first.</param>
/// <param name="Surplus">The leaves that only the larger tree has; empty if both have one size.</param>
public sealed record TreeDifference(
    long CommonSize,
    IReadOnlyList<LeafRange> Differing,
    bool IsComplete,
    LeafRange Surplus
)
{
    /// <summary>Whether the two trees are one.</summary>
    public bool IsSame => Differing.Count == 0 && Surplus.Length == 0;

    /// <summary>Whether the larger tree begins with the smaller one, or is the same.</summary>
    public bool IsExtension => Differing.Count == 0;
}

/// <summary>Compares two trees from above: two sizes of one log, two replicas, or two forks.</summary>
/// <remarks>Equal hashes stand for equal leaves, so only what differs is looked into: for d differing leaves of n, O(d log n) tiles
/// are read of each tree, and each once if the readers' caches hold a path of tiles.</remarks>
public static class TreeDiff
{
    /// <summary>The leaves in which two trees differ.</summary>
    /// <param name="a">A tree.</param>
    /// <param name="b">Another, of the same hash function.</param>
    /// <param name="mostRanges">How many ranges are looked for at most.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentException">The trees have different hash functions.</exception>
    /// <exception cref="TessraxException">TSX5018, 5019: a tile of one of them is missing or broken; those of the sources.</exception>
    public static async ValueTask<TreeDifference> CompareAsync(
        TileReader a,
        TileReader b,
        int mostRanges = int.MaxValue,
        CancellationToken cancel = default
    )
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRanges, 1);
        if (a.Hasher.Engine != b.Hasher.Engine)
            throw new ArgumentException("trees of different hash functions have nothing in common", nameof(b));
        // Their edges are checked even if nothing more is asked for.
        await a.OpenAsync(cancel).ConfigureAwait(false);
        await b.OpenAsync(cancel).ConfigureAwait(false);
        long common = Math.Min(a.Head.Size, b.Head.Size);
        var surplus = new LeafRange(common, Math.Max(a.Head.Size, b.Head.Size));
        var search = new Search(a, b, mostRanges, cancel);
        if (common > 0 && a.Head != b.Head)
            await search.RunAsync(common).ConfigureAwait(false);
        return new TreeDifference(common, search.Found, !search.IsCut, surplus);
    }

    /// <summary>The run of leaves that was cut out of a tree, if a smaller one is the larger without it: a replica rebuilt with a part left out,
    /// each of whose tiles is right in itself.</summary>
    /// <param name="whole">The larger tree.</param>
    /// <param name="cut">The smaller one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The leaves of <paramref name="whole"/> that <paramref name="cut"/> lacks, if nothing else differs; otherwise null. Where neighbours are the
    /// same, which of them was cut cannot be told: it is the last place that fits.</returns>
    /// <remarks>Reads all leaf hashes behind the cut once.</remarks>
    /// <exception cref="TessraxException">As <see cref="CompareAsync"/>.</exception>
    public static async ValueTask<LeafRange?> FindCutAsync(
        TileReader whole,
        TileReader cut,
        CancellationToken cancel = default
    )
    {
        TreeDifference difference = await CompareAsync(whole, cut, 1, cancel).ConfigureAwait(false);
        long lacking = whole.Head.Size - cut.Head.Size;
        if (lacking <= 0)
            return null;
        long start = difference.Differing.Count > 0 ? difference.Differing[0].Start : cut.Head.Size;
        for (long leaf = start; leaf < cut.Head.Size; leaf++)
        {
            Digest here = await cut.ReadLeafAsync(leaf, cancel).ConfigureAwait(false);
            if (here != await whole.ReadLeafAsync(leaf + lacking, cancel).ConfigureAwait(false))
                return null;
        }
        return new LeafRange(start, start + lacking);
    }

    private sealed class Search(TileReader a, TileReader b, int most, CancellationToken cancel)
    {
        private readonly Subtree[] wanted = new Subtree[1];
        private readonly Digest[] hash = new Digest[1];

        public List<LeafRange> Found { get; } = [];

        public bool IsCut { get; private set; }

        public async ValueTask RunAsync(long size)
        {
            var all = new LeafRange(0, size);
            var pending = new Stack<Subtree>();
            var parts = new Subtree[all.SubtreeCount];
            all.ListSubtrees(parts);
            for (int i = parts.Length - 1; i >= 0; i--)
                pending.Push(parts[i]);
            // Depth first, from the left: what is found comes in order, and the tiles of a path are still held.
            while (!IsCut && pending.TryPop(out Subtree next))
            {
                if (await HashAsync(a, next).ConfigureAwait(false) == await HashAsync(b, next).ConfigureAwait(false))
                    continue;
                if (next.Level == 0)
                {
                    Add(next.Index);
                    continue;
                }
                pending.Push(new Subtree(next.Level - 1, 2 * next.Index + 1));
                pending.Push(new Subtree(next.Level - 1, 2 * next.Index));
            }
        }

        private async ValueTask<Digest> HashAsync(TileReader reader, Subtree subtree)
        {
            wanted[0] = subtree;
            await reader.ReadAsync(wanted, hash, cancel).ConfigureAwait(false);
            return hash[0];
        }

        private void Add(long leaf)
        {
            if (Found.Count > 0 && Found[^1].End == leaf)
                Found[^1] = Found[^1] with { End = leaf + 1 };
            else if (Found.Count < most)
                Found.Add(new LeafRange(leaf, leaf + 1));
            else
                IsCut = true;
        }
    }
}
