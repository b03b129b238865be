using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Makes the hashes of a tile anew from what lies below it, so that one that is damaged or missing hides nothing else.</summary>
/// <remarks>Below lies: for leaf hashes the bundle of entries, for the others the tiles of the level below. What comes out counts only
/// if it gives a hash that is known from above.</remarks>
internal sealed class TileDerivation(TileProbe probe, TreeHasher hasher)
{
    // 2^8 ways to choose are tried at most for a tile whose hash is known, 2^3 for each of the right edge.
    private const int MostDoubts = 8;
    private const int MostEdgeDoubts = 3;

    /// <summary>The hashes of a tile from below.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="declared">What its own file says, as a hint where what is below contradicts itself.</param>
    /// <param name="root">What a full tile must give, if that is known.</param>
    /// <returns>The best that could be made; null if something below is missing.</returns>
    public async ValueTask<TileNodes?> DeriveAsync(TileId tile, TileNodes? declared, Digest? root)
    {
        if (tile.Level == 0)
        {
            ProbedBundle bundle = await probe.ReadBundleAsync(BundleOf(tile)).ConfigureAwait(false);
            return bundle.Leaves.Length == tile.Width ? TileNodes.Expand(bundle.Leaves, hasher) : null;
        }
        // What the tiles below say of themselves is enough, as a rule.
        if (await GatherAsync(tile, declared, thorough: false).ConfigureAwait(false) is not { } simple)
            return null;
        TileNodes first = TileNodes.Expand(simple.Hashes, hasher);
        if (root is null || first.Root == root)
            return first;
        if (await GatherAsync(tile, declared, thorough: true).ConfigureAwait(false) is not { } thorough)
            return first;
        return Choices(thorough, MostDoubts).FirstOrDefault(made => made.Root == root) ?? first;
    }

    /// <summary>What a tile of the right edge may be from below, the likeliest first, with each hash held against what lies further below.</summary>
    public async ValueTask<IReadOnlyList<TileNodes>> DeriveThoroughlyAsync(TileId tile, TileNodes? declared) =>
        tile.Level > 0 && await GatherAsync(tile, declared, thorough: true).ConfigureAwait(false) is { } found
            ? [.. Choices(found, MostEdgeDoubts)]
            : [];

    /// <summary>The hash that most witnesses give for a full tile: its own file, what lies below it, and what its parent may have said.</summary>
    /// <returns>The likeliest, and the other one if two contradict each other and nothing decides; nulls if nothing is known.</returns>
    public async ValueTask<(Digest? First, Digest? Second)> VoteAsync(TileId tile, Digest? hint)
    {
        ProbedTile found = await probe.ReadTileAsync(tile).ConfigureAwait(false);
        Digest? own = found.Nodes?.Root;
        if (own is not null && own == hint)
            return (own, null);
        TileNodes? below = await DeriveAsync(tile, found.Nodes, hint).ConfigureAwait(false);
        Digest? derived = below?.Root;
        if (derived is not null && (derived == hint || derived == own))
            return (derived, null);
        return own is null ? (derived ?? hint, null) : (own, derived);
    }

    public static TileId BundleOf(TileId tile) => new(TileId.Entries, tile.Index, tile.Width);

    public static TileId ChildOf(TileId tile, int place) =>
        new(tile.Level - 1, tile.Index * TileId.FullWidth + place, TileId.FullWidth);

    private async ValueTask<Gathered?> GatherAsync(TileId tile, TileNodes? declared, bool thorough)
    {
        var hashes = new Digest[tile.Width];
        var doubts = new List<(int Place, Digest Second)>();
        for (int i = 0; i < hashes.Length; i++)
        {
            TileId child = ChildOf(tile, i);
            Digest? first = null;
            Digest? second = null;
            if (!thorough)
                first = (await probe.ReadTileAsync(child).ConfigureAwait(false)).Nodes?.Root;
            if (first is null)
                (first, second) = await VoteAsync(child, declared?[0, i]).ConfigureAwait(false);
            if (first is not { } hash)
                return null;
            hashes[i] = hash;
            if (second is { } other)
                doubts.Add((i, other));
        }
        return new Gathered(hashes, doubts);
    }

    private IEnumerable<TileNodes> Choices(Gathered found, int mostDoubts)
    {
        int ways = found.Doubts.Count <= mostDoubts ? 1 << found.Doubts.Count : 1;
        for (int way = 0; way < ways; way++)
        {
            Digest[] hashes = [.. found.Hashes];
            for (int i = 0; i < found.Doubts.Count; i++)
            {
                if ((way >> i & 1) == 1)
                    hashes[found.Doubts[i].Place] = found.Doubts[i].Second;
            }
            yield return TileNodes.Expand(hashes, hasher);
        }
    }

    // The likeliest hashes of a tile, and the other ones where two witnesses contradict each other.
    private sealed record Gathered(Digest[] Hashes, List<(int Place, Digest Second)> Doubts);
}
