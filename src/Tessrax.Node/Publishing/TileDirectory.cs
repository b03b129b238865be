using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;

namespace Tessrax.Node.Publishing;

/// <summary>A static log (C2SP tlog-tiles) in a directory: <c>checkpoint</c> and <c>tile/</c>. A ledger's directory stands for its <c>tiles/</c>,
/// whose bundles are made from the segments where there are none as files.</summary>
public sealed class TileDirectory : ITileSource
{
    /// <summary>Where a ledger offers itself as a static log.</summary>
    public const string LedgerFolder = "tiles";

    internal const string CheckpointFile = "checkpoint";

    private readonly IDisk disk;
    private readonly SegmentBundles? bundles;

    /// <param name="path">The log's directory, or a ledger's.</param>
    /// <param name="disk">The file system.</param>
    public TileDirectory(string path, IDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(disk);
        this.disk = disk;
        bool isLedger = disk.Exists(LedgerDirectory.FileOf(path));
        Path = isLedger ? System.IO.Path.Combine(path, LedgerFolder) : path;
        bundles = SegmentBundles.Of(Path, disk);
    }

    private TileDirectory(string path, IDisk disk, SegmentBundles? bundles)
    {
        this.disk = disk;
        this.bundles = bundles;
        Path = path;
    }

    /// <summary>What lies in a log's directory and nothing else, whether it is a ledger's or not.</summary>
    internal static TileDirectory OfFiles(string folder, IDisk disk) => new(folder, disk, null);

    /// <summary>The directory that holds <c>checkpoint</c>.</summary>
    public string Path { get; }

    /// <summary>Whether nothing of a log is there: neither <c>checkpoint</c> nor <c>tile/</c>.</summary>
    public bool IsEmpty =>
        !disk.Exists(System.IO.Path.Combine(Path, CheckpointFile))
        && !Directory.Exists(System.IO.Path.Combine(Path, "tile"));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (tile.IsBundle && bundles is not null)
            return new(bundles.Read(tile) is { } made ? made.AsMemory() : null);
        return new(Read(FileOf(Path, tile.Path), tile.IsBundle ? EntryBundle.MaxBytes : tile.Full.HashBytes));
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new(Read(FileOf(Path, CheckpointFile), SignedNote.MaxBytes));
    }

    internal static string FileOf(string folder, string path) =>
        System.IO.Path.Combine(folder, path.Replace('/', System.IO.Path.DirectorySeparatorChar));

    // One byte more than is allowed is enough to see that there are too many.
    private ReadOnlyMemory<byte>? Read(string file, int most)
    {
        try
        {
            using IDiskFile open = disk.Open(file, DiskAccess.Read);
            byte[] bytes = new byte[Math.Min(open.Length, most + 1L)];
            int read = open.Read(bytes, 0);
            return bytes.AsMemory(0, read);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            TessraxException error = DiskErrors.WhileReading(e, file);
            return error.Code == ErrorCodes.NoSuchFile ? null : throw error;
        }
    }
}
