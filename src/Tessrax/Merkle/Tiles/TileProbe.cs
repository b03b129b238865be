using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>A tile as it was found.</summary>
/// <param name="Nodes">Its hashes; null if it is missing or has not the length of such a tile.</param>
/// <param name="Length">The bytes found, -1 if it is missing.</param>
/// <param name="Why">Why it could not be had, if it is not simply absent.</param>
internal readonly record struct ProbedTile(TileNodes? Nodes, int Length, string? Why)
{
    public bool IsMissing => Length < 0;
}

/// <summary>A bundle as it was found.</summary>
/// <param name="Leaves">The leaf hashes of its whole entries, as many as the tile has at most.</param>
/// <param name="Surplus">Bytes after them.</param>
/// <param name="IsMissing">Whether there is no such file.</param>
/// <param name="Why">Why it could not be had, if it is not simply absent.</param>
internal readonly record struct ProbedBundle(Digest[] Leaves, int Surplus, bool IsMissing, string? Why);

/// <summary>Reads the files of a static log for the check, one at a time, and bears with what is missing or cannot be read.</summary>
internal sealed class TileProbe(ITileSource source, TreeHasher hasher, CancellationToken cancel)
{
    /// <summary>After so many files that are not there, one after another, no more are asked for: a checkpoint may claim 2^62 leaves.</summary>
    public const int MostMissing = 1 << 16;

    // A file that cannot be read is a finding; a source that fails every time is not to be judged.
    private const int MostFailures = 3;

    private int missing;
    private int failures;

    public bool HasGivenUp => missing >= MostMissing;

    public async ValueTask<ProbedTile> ReadTileAsync(TileId tile)
    {
        (Fetched? fetched, string? why) = await FetchAsync(tile).ConfigureAwait(false);
        return fetched is { } found
            ? new ProbedTile(found.Expand(tile, hasher), found.Bytes.Length, null)
            : new ProbedTile(null, -1, why);
    }

    public async ValueTask<ProbedBundle> ReadBundleAsync(TileId bundle)
    {
        (Fetched? fetched, string? why) = await FetchAsync(bundle).ConfigureAwait(false);
        if (fetched is not { } found)
            return new ProbedBundle([], 0, true, why);
        var leaves = new Digest[bundle.Width];
        int count = EntryBundle.Hash(found.Bytes, hasher, leaves, out int used);
        // The full bundle in place of a partial one goes on, and may.
        bool goesOn = found.IsFull && !bundle.IsFull && count == bundle.Width;
        return new ProbedBundle(leaves[..count], goesOn ? 0 : found.Bytes.Length - used, false, null);
    }

    private async ValueTask<(Fetched? Fetched, string? Why)> FetchAsync(TileId tile)
    {
        cancel.ThrowIfCancellationRequested();
        if (HasGivenUp)
            return (null, null);
        try
        {
            Fetched? fetched = await TileFetch.ReadAsync(source, tile, cancel).ConfigureAwait(false);
            failures = 0;
            missing = fetched is null ? missing + 1 : 0;
            return (fetched, null);
        }
        catch (TessraxException e) when (++failures < MostFailures)
        {
            return (null, e.Message);
        }
    }
}
