namespace Tessrax.Node.Files;

/// <summary>A large file that is written piece by piece and appears under its name whole, durable, or not at all.</summary>
/// <remarks>
/// <code>
/// open(dir/.NAME.PID.COUNT.tmp, O_CREAT|O_EXCL, mode)
/// write, write, ...                        1 MiB at a time
/// fsync, close, rename, fsync(dir)         by Commit
/// </code>
/// Without <see cref="Commit"/> the temporary file is removed.
/// </remarks>
public sealed class StreamedFile : IDisposable
{
    private const int Piece = 1 << 20;

    private readonly IDisk disk;
    private readonly string path;
    private readonly bool overwrite;
    private readonly string directory;
    private readonly string temporary;
    private readonly byte[] piece = new byte[Piece];
    private IDiskFile? file;
    private int filled;
    private long position;

    private StreamedFile(IDisk disk, string path, bool overwrite, UnixFileMode? mode)
    {
        this.disk = disk;
        this.path = path;
        this.overwrite = overwrite;
        directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        temporary = DurableFile.TemporaryName(disk, directory, path);
        file = disk.Open(temporary, DiskAccess.Create, mode);
    }

    /// <summary>Begins a file.</summary>
    /// <param name="disk">The file system.</param>
    /// <param name="path">Its name.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <param name="mode">Its permissions; null leaves them to the umask.</param>
    /// <exception cref="TessraxException">TSX3010: there is something of that name; TSX3005, 3006, 3008.</exception>
    public static StreamedFile Create(IDisk disk, string path, bool overwrite, UnixFileMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentException.ThrowIfNullOrEmpty(path);
        // The rename decides; this says so before anything is read and written for nothing.
        if (!overwrite && disk.Exists(path))
            throw ErrorCodes.AlreadyExists.Because($"{path} exists already");
        string name = Path.GetFileName(path);
        Remains.Drop(disk, Path.GetDirectoryName(Path.GetFullPath(path)) ?? path, name, alone: false);
        StreamedFile? made = null;
        DiskErrors.Writing(path, () => made = new StreamedFile(disk, path, overwrite, mode));
        return made!;
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="TessraxException">TSX3005, 3006, 3008, 3009.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int part = Math.Min(bytes.Length, piece.Length - filled);
            bytes[..part].CopyTo(piece.AsSpan(filled));
            filled += part;
            bytes = bytes[part..];
            if (filled == piece.Length)
                DiskErrors.Writing(path, Flush);
        }
    }

    /// <summary>Makes the file durable and gives it its name.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something of that name by now; TSX3005, 3006, 3008; TSX3009: it may be there, but is not confirmed.</exception>
    public void Commit()
    {
        DiskErrors.Writing(
            path,
            () =>
            {
                Flush();
                file!.SyncAll();
                file.Dispose();
                disk.Rename(temporary, path, overwrite);
                file = null;
            }
        );
        DurableFile.SyncName(disk, directory, path);
    }

    /// <summary>Removes what was not committed.</summary>
    public void Dispose()
    {
        if (file is null)
            return;
        file.Dispose();
        file = null;
        DurableFile.Remove(disk, temporary);
    }

    private void Flush()
    {
        file!.Write(piece.AsSpan(0, filled), position);
        position += filled;
        filled = 0;
    }
}
