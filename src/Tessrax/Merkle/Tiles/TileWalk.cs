using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>One run of <see cref="TileCheck"/> over a tree: from the right edge down, and from left to right.</summary>
/// <remarks>Each tile is held against the hash that its parent has for it. Where it does not fit, its hashes are made anew from below: if
/// that gives the parent's hash, the damage is in this file alone and is told to the leaf, and everything below is still authentic.
/// If not, the parts below are held against each other, so that each further damage is told too.</remarks>
internal sealed class TileWalk(TileProbe probe, TileFindings findings, TreeHead head, IProgress<long>? progress)
{
    // Four levels with ten choices each: more is not worth the hashing.
    private const int MostWays = 10_000;

    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    private readonly TileDerivation derivation = new(probe, Hasher);

    // Whether what lies below a tile of the right edge gives the same hashes as its file.
    private readonly bool[] bornOut = new bool[TileId.MaxLevel + 1];
    private bool saidEnough;

    public long Tiles { get; private set; }

    public long Bundles { get; private set; }

    public async ValueTask RunAsync()
    {
        List<TileId> edge = [.. TileId.PartialIn(head.Size)];
        var found = new ProbedTile[TileId.MaxLevel + 1];
        foreach (TileId tile in edge)
        {
            found[tile.Level] = await probe.ReadTileAsync(tile).ConfigureAwait(false);
            Tiles++;
        }
        TileNodes?[]? settled = await SettleAsync(edge, found).ConfigureAwait(false);
        if (settled is null)
            ReportUnsettled(edge, found);
        foreach (TileId tile in settled is null ? [] : edge)
            Report(tile, found[tile.Level], settled![tile.Level]);
        // The highest level holds the leftmost leaves.
        for (int i = edge.Count - 1; i >= 0; i--)
        {
            int level = edge[i].Level;
            TileNodes? known = settled?[level] ?? found[level].Nodes;
            // Where all other tiles of the edge are borne out, it is this one's leaves that do not give the root.
            bool isAtFault =
                settled is null && known is null && edge.TrueForAll(t => t.Level == level || bornOut[t.Level]);
            await BelowAsync(edge[i], known, settled is not null, isAtFault).ConfigureAwait(false);
        }
    }

    // The edge's own files, or any of them made anew from below, so that together they give the signed root.
    private async ValueTask<TileNodes?[]?> SettleAsync(List<TileId> edge, ProbedTile[] found)
    {
        var choices = new List<TileNodes>[edge.Count];
        for (int i = 0; i < edge.Count; i++)
            choices[i] = found[edge[i].Level].Nodes is { } own ? [own] : [];
        if (TryChoose(edge, choices) is { } asFound)
            return asFound;
        for (int i = 0; i < edge.Count; i++)
        {
            TileNodes? own = found[edge[i].Level].Nodes;
            if (await derivation.DeriveAsync(edge[i], own, null).ConfigureAwait(false) is { } below)
                Add(edge[i], own, choices[i], below);
        }
        if (TryChoose(edge, choices) is { } simple)
            return simple;
        for (int i = 0; i < edge.Count; i++)
        {
            TileNodes? own = found[edge[i].Level].Nodes;
            foreach (TileNodes below in await derivation.DeriveThoroughlyAsync(edge[i], own).ConfigureAwait(false))
                Add(edge[i], own, choices[i], below);
        }
        return TryChoose(edge, choices);
    }

    private void Add(TileId tile, TileNodes? own, List<TileNodes> choices, TileNodes below)
    {
        if (own is not null && own.Hashes.SequenceEqual(below.Hashes))
            bornOut[tile.Level] = true;
        else if (!choices.Exists(c => c.Hashes.SequenceEqual(below.Hashes)))
            choices.Add(below);
    }

    // Which of its tiles is wrong the root cannot tell; what lies below may.
    private void ReportUnsettled(List<TileId> edge, ProbedTile[] found)
    {
        bool isTold = false;
        foreach (TileId tile in edge)
        {
            bool isDoubtful = found[tile.Level].Nodes is null || !bornOut[tile.Level];
            if (isDoubtful)
                Report(tile, found[tile.Level], null);
            isTold |= isDoubtful;
        }
        if (isTold)
            return;
        var all = new LeafRange(0, head.Size);
        string what = $"{edge[^1].Path} and the other tiles of the right edge do not give the signed root";
        findings.Add(new TileFinding(ErrorCodes.TileBroken, edge[^1].Path, all, what));
    }

    private TileNodes?[]? TryChoose(List<TileId> edge, List<TileNodes>[] choices)
    {
        long ways = 1;
        foreach (List<TileNodes> choice in choices)
            ways *= choice.Count;
        ways = Math.Min(ways, MostWays);
        for (long way = 0; way < ways; way++)
        {
            var tiles = new TileNodes?[TileId.MaxLevel + 1];
            long rest = way;
            for (int i = 0; i < edge.Count; i++)
            {
                tiles[edge[i].Level] = choices[i][(int)(rest % choices[i].Count)];
                rest /= choices[i].Count;
            }
            if (new TileEdge(head.Size, tiles, Hasher).Root == head.Root)
                return tiles;
        }
        return null;
    }

    // expected: what the tile above has for it; null if nothing is known at all.
    private async ValueTask CheckAsync(TileId tile, Digest? expected)
    {
        if (HasGivenUp(tile))
            return;
        ProbedTile found = await probe.ReadTileAsync(tile).ConfigureAwait(false);
        Tiles++;
        if (found.Nodes is { } own && own.Root == expected)
        {
            await BelowAsync(tile, own, true, false).ConfigureAwait(false);
            return;
        }
        TileNodes? settled = null;
        if (expected is { } root)
        {
            TileNodes? below = await derivation.DeriveAsync(tile, found.Nodes, root).ConfigureAwait(false);
            settled = below?.Root == root ? below : null;
        }
        Report(tile, found, settled);
        bool contradicted = settled is null && expected is not null;
        await BelowAsync(tile, settled ?? found.Nodes, settled is not null, contradicted).ConfigureAwait(false);
    }

    // isSure: the hashes are authentic, or as good as the hash above. contradicted: what is below is known not to give that.
    private async ValueTask BelowAsync(TileId tile, TileNodes? hashes, bool isSure, bool contradicted)
    {
        if (tile.Level == 0)
        {
            await CheckBundleAsync(tile, hashes, contradicted).ConfigureAwait(false);
            return;
        }
        for (int i = 0; i < tile.Width; i++)
        {
            TileId child = TileDerivation.ChildOf(tile, i);
            Digest? expected = hashes?[0, i];
            if (!isSure && !probe.HasGivenUp)
                (expected, _) = await derivation.VoteAsync(child, expected).ConfigureAwait(false);
            await CheckAsync(child, expected).ConfigureAwait(false);
            if (saidEnough)
                return;
        }
    }

    private async ValueTask CheckBundleAsync(TileId tile, TileNodes? hashes, bool contradicted)
    {
        TileId bundle = TileDerivation.BundleOf(tile);
        if (HasGivenUp(bundle))
            return;
        ProbedBundle found = await probe.ReadBundleAsync(bundle).ConfigureAwait(false);
        Bundles++;
        int count = found.Leaves.Length;
        if (found.IsMissing)
            findings.AddMissing(bundle, found.Why);
        else if (contradicted || hashes is null)
            ReportWhole(bundle, found, contradicted);
        else
        {
            ReadOnlySpan<Digest> expected = hashes.Hashes;
            for (int i = 0; i < bundle.Width; i++)
            {
                int from = i;
                while (i < bundle.Width && (i >= count || found.Leaves[i] != expected[i]))
                    i++;
                if (i > from)
                    AddEntries(bundle, from, i, Describe(bundle, found, i));
            }
            if (count == bundle.Width && found.Surplus > 0)
                AddEntries(bundle, 0, bundle.Width, $"has {found.Surplus} bytes after its last entry");
        }
        progress?.Report(bundle.Leaves.End);
    }

    private void ReportWhole(TileId bundle, ProbedBundle found, bool contradicted)
    {
        if (found.Leaves.Length < bundle.Width || found.Surplus > 0)
            AddEntries(bundle, 0, bundle.Width, Describe(bundle, found, bundle.Width));
        else if (contradicted)
            AddEntries(bundle, 0, bundle.Width, "does not give the hash that the tree has in its place");
    }

    private static string Describe(TileId bundle, ProbedBundle found, int end) =>
        end > found.Leaves.Length
            ? $"has {found.Leaves.Length} whole entries that can be read instead of {bundle.Width}"
            : "has other entries than the tree";

    private void AddEntries(TileId bundle, int from, int to, string what)
    {
        long start = bundle.Leaves.Start;
        var leaves = new LeafRange(start + from, start + to);
        findings.Add(new TileFinding(ErrorCodes.EntriesBroken, bundle.Path, leaves, $"{bundle.Path} {what}"));
    }

    // settled: what the tile must be, if that could be found out.
    private void Report(TileId tile, ProbedTile found, TileNodes? settled)
    {
        if (found.IsMissing)
            findings.AddMissing(tile, found.Why);
        else if (found.Nodes is not { } own)
            AddTile(tile, 0, tile.Width, $"has {found.Length} bytes instead of {tile.HashBytes}");
        else if (settled is null)
            AddTile(tile, 0, tile.Width, "does not give the hash that the tree has in its place");
        else
            ReportDifferences(tile, own, settled);
    }

    private void ReportDifferences(TileId tile, TileNodes own, TileNodes settled)
    {
        for (int i = 0; i < tile.Width; i++)
        {
            int from = i;
            while (i < tile.Width && own[0, i] != settled[0, i])
                i++;
            if (i > from)
                AddTile(tile, from, i, "has other hashes than the tree");
        }
    }

    private void AddTile(TileId tile, int from, int to, string what)
    {
        int bits = TileId.Height * tile.Level;
        long start = tile.Leaves.Start;
        var leaves = new LeafRange(start + ((long)from << bits), start + ((long)to << bits));
        findings.Add(new TileFinding(ErrorCodes.TileBroken, tile.Path, leaves, $"{tile.Path} {what}"));
    }

    private bool HasGivenUp(TileId tile)
    {
        if (!probe.HasGivenUp)
            return false;
        if (!saidEnough)
            findings.Add(
                new TileFinding(
                    ErrorCodes.TileMissing,
                    tile.Path,
                    new LeafRange(tile.Leaves.Start, head.Size),
                    $"{TileProbe.MostMissing} files one after another are not there; from {tile.Path} on nothing more was asked for"
                )
            );
        saidEnough = true;
        return true;
    }
}
