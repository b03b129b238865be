using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Publishing;

/// <summary>The newest checkpoint of a log elsewhere that this user has accepted, as a mark is kept of one's own ledger. Whatever is behind it, or another history, is found out.</summary>
/// <remarks>Unlike a pinned trust root's checkpoint it was not verified entry by entry, so that no check begins there.</remarks>
public sealed class SeenCheckpoint
{
    // It is held for as long as one small file is written.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly NodeEnvironment environment;
    private readonly string folder;

    /// <param name="environment">Disk, clock, and where the user's state is, which there must be.</param>
    /// <param name="name">Names the log, in letters and digits.</param>
    public SeenCheckpoint(NodeEnvironment environment, string name)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentException.ThrowIfNullOrEmpty(name);
        this.environment = environment;
        folder = System.IO.Path.Combine(
            environment.StateDirectory ?? throw new ArgumentException("there is no home", nameof(environment)),
            "seen",
            name
        );
        Path = System.IO.Path.Combine(folder, "checkpoint");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The signed checkpoint; empty if there is none, or what is there is too large to be one.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3007: it cannot be read.</exception>
    public byte[] Read() => LedgerMark.ReadNote(environment.Disk, Path);

    /// <summary>Puts a checkpoint in the place of what was read, durably. Of several processes that do so at once one succeeds, and the others see what it put there.</summary>
    /// <returns>False if something else is there by now; nothing was changed then.</returns>
    /// <exception cref="TessraxException">TSX3002: another process has held it for two seconds; TSX3005 to TSX3009: it cannot be written.</exception>
    public bool TryReplace(ReadOnlySpan<byte> read, ReadOnlySpan<byte> now)
    {
        // Its lock is a file of the system's, whatever the disk is.
        DiskErrors.Writing(folder, () => Directory.CreateDirectory(folder));
        using WriterLock held = WriterLock.Acquire(folder, $"writes {Path}", Patience, environment.Clock);
        if (!Read().AsSpan().SequenceEqual(read))
            return false;
        Remains.Drop(environment.Disk, folder, System.IO.Path.GetFileName(Path));
        DurableFile.Write(environment.Disk, Path, now, DurableFileOptions.Replace);
        return true;
    }
}
