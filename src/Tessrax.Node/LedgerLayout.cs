namespace Tessrax.Node;

/// <summary>How a ledger lies on disk, where that is a choice. Written down in <c>ledger.json</c>; it changes no entry and no root.</summary>
/// <param name="EntryBundles">Whether entry bundles are kept as files beside the tiles, so that any web server can serve the whole log. Without them
/// this program's own readers make bundles from the segments, and the entries lie on the disk once.</param>
/// <param name="SegmentDirectories">Where segments lie, absolute or relative to the ledger: segment n in directory n modulo their number; none for
/// <c>segments</c> alone. Directories on several disks share the load.</param>
public sealed record LedgerLayout(bool EntryBundles, IReadOnlyList<string> SegmentDirectories)
{
    /// <summary>No more directories than this.</summary>
    public const int MaxDirectories = 64;

    /// <summary>Segments in one directory, no bundles.</summary>
    public static LedgerLayout Default { get; } = new(false, []);
}
