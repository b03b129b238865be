namespace Tessrax.Node.Files;

/// <summary>How a small file is written.</summary>
/// <param name="Overwrite">Whether a file of that name is replaced; otherwise TSX3010.</param>
/// <param name="Mode">The permissions of the new file; null leaves them to the umask.</param>
/// <param name="Sync">False for what can be derived again: the file is still whole or absent, but may be lost by a crash.</param>
public sealed record DurableFileOptions(bool Overwrite = true, UnixFileMode? Mode = null, bool Sync = true)
{
    /// <summary>Replaces, and is durable on return.</summary>
    public static DurableFileOptions Replace { get; } = new();

    /// <summary>Never replaces, and is durable on return.</summary>
    public static DurableFileOptions New { get; } = new(Overwrite: false);

    /// <summary>Never replaces, readable by its owner only: for keys.</summary>
    public static DurableFileOptions Secret { get; } =
        new(Overwrite: false, Mode: UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Replaces, and may be lost by a crash: for what can be derived again.</summary>
    public static DurableFileOptions Derived { get; } = new(Sync: false);
}

/// <summary>Writes small files whole: at every moment, and after every crash, the name holds the old bytes or the new ones.</summary>
/// <remarks>
/// <code>
/// open(dir/.NAME.PID.COUNT.tmp, O_CREAT|O_EXCL, mode)
/// write, fsync, close
/// rename(dir/.NAME.PID.COUNT.tmp, dir/NAME)      where nothing may be replaced: link, then unlink
/// open(dir), fsync, close
/// </code>
/// Without <see cref="DurableFileOptions.Sync"/> both fsyncs are left out. Until the rename, a failure removes the temporary
/// file and leaves the name as it was. If the last fsync fails the new bytes are under the name, but a crash may still bring
/// the old ones back: TSX3009.
/// </remarks>
public static class DurableFile
{
    private static long counter;

    /// <summary>Writes a file.</summary>
    /// <exception cref="TessraxException">TSX3005, 3006, 3008, 3009 or 3010.</exception>
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content, DurableFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        try
        {
            string temporary = WriteTemporary(disk, directory, path, content, options);
            try
            {
                disk.Rename(temporary, path, options.Overwrite);
            }
            catch (Exception e) when (DiskErrors.IsDisk(e))
            {
                Remove(disk, temporary);
                throw;
            }
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, path);
        }
        if (options.Sync)
        {
            SyncName(disk, directory, path);
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007, or 1006 if it is larger, before anything is allocated.</exception>
    public static byte[] Read(IDisk disk, string path, int limit)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using IDiskFile file = disk.Open(path, DiskAccess.Read);
            long length = file.Length;
            if (length > limit)
            {
                throw ErrorCodes.TooLarge.Because($"{path} has {length} bytes, more than {limit}");
            }
            byte[] content = new byte[length];
            int read = file.Read(content, 0);
            return read == content.Length ? content : content[..read];
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    /// <summary>A name beside a file that nobody uses.</summary>
    internal static string TemporaryName(IDisk disk, string directory, string path)
    {
        string temporary;
        do
        {
            long number = Interlocked.Increment(ref counter);
            temporary = Path.Combine(directory, Remains.NameOf(Path.GetFileName(path), number));
        } while (disk.Exists(temporary)); // left by a crash of an earlier process of the same number
        return temporary;
    }

    private static string WriteTemporary(
        IDisk disk,
        string directory,
        string path,
        ReadOnlySpan<byte> content,
        DurableFileOptions options
    )
    {
        string temporary = TemporaryName(disk, directory, path);
        IDiskFile file = disk.Open(temporary, DiskAccess.Create, options.Mode);
        try
        {
            using (file)
            {
                file.Write(content, 0);
                if (options.Sync)
                {
                    file.SyncAll();
                }
            }
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            Remove(disk, temporary);
            throw;
        }
        return temporary;
    }

    /// <summary>Makes a name durable that was just given.</summary>
    internal static void SyncName(IDisk disk, string directory, string path)
    {
        try
        {
            disk.SyncDirectory(directory);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw new TessraxException(
                ErrorCodes.OutcomeUnknown,
                $"{path} was written, but the disk did not confirm its name",
                null,
                e
            );
        }
    }

    // The first failure is what the caller hears of; a temporary file that stays behind does no harm.
    internal static void Remove(IDisk disk, string temporary)
    {
        try
        {
            disk.Delete(temporary);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e)) { }
    }
}
