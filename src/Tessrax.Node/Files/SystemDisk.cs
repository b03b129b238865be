using Microsoft.Win32.SafeHandles;

namespace Tessrax.Node.Files;

/// <summary>The real file system.</summary>
public sealed class SystemDisk : IDisk
{
    private SystemDisk() { }

    /// <summary>The one instance; it has no state.</summary>
    public static SystemDisk Instance { get; } = new();

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
    {
        // A sharing mode that keeps the framework from locking readers out of a segment that is being written.
        const FileShare share = FileShare.ReadWrite | FileShare.Delete;
        if (access != DiskAccess.Create)
        {
            if (access == DiskAccess.Read && !OperatingSystem.IsWindows() && IsPipe(path))
                throw new IOException($"{path} is not a regular file");
            FileAccess wanted = access == DiskAccess.Read ? FileAccess.Read : FileAccess.ReadWrite;
            SystemFile? opened = null;
            NotADirectory(
                path,
                () => opened = new SystemFile(File.OpenHandle(path, FileMode.Open, wanted, share), path)
            );
            return opened!;
        }
        if (mode is null || OperatingSystem.IsWindows())
        {
            return new SystemFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, share), path);
        }
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
            UnixCreateMode = mode,
        };
        return new SystemFile(new FileStream(path, options), path);
    }

    // The framework says "access denied" for one.
    private static void NotADirectory(string path, Action step)
    {
        try
        {
            step();
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(path))
        {
            throw new IOException($"{path} is a directory", e);
        }
    }

    // Such as /dev/stdout, whatever it is connected to at present.
    private static bool LeadsToDescriptor(string path) =>
        new FileInfo(path).LinkTarget?.StartsWith("/proc/", StringComparison.Ordinal) == true;

    // Opening a pipe waits for a writer, who may never come, and cannot be interrupted.
    private static bool IsPipe(string path)
    {
        FileSystemInfo? file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = file.ResolveLinkTarget(returnFinalTarget: true);
        if (file is not FileInfo { Exists: true, Length: 0 })
            return false;
        using SafeFileHandle handle = Libc.OpenAtOnce(path);
        try
        {
            return RandomAccess.GetLength(handle) < 0;
        }
        catch (NotSupportedException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public long Allocated(string path)
    {
        if (!OperatingSystem.IsWindows() && IsPipe(path))
            throw new IOException($"{path} is not a regular file");
        using SafeFileHandle handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        return OperatingSystem.IsLinux() ? Libc.AllocatedBytes(handle, path) : RandomAccess.GetLength(handle);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    /// <remarks>The framework's own move looks whether the name is free and then renames over it: two at once would both succeed.
    /// link(2) decides in one step.</remarks>
    public void Rename(string from, string to, bool overwrite)
    {
        // A device would be replaced by a file, for whoever may write there; so would a pipe or a socket that somebody waits at.
        if (OperatingSystem.IsLinux() && (Libc.IsSpecial(to) || LeadsToDescriptor(to)))
            throw new IOException($"{to} is a device, a pipe or a socket, and no place for files");
        if (!overwrite && !OperatingSystem.IsWindows() && Libc.TryLink(from, to))
            File.Delete(from);
        else
            NotADirectory(to, () => File.Move(from, to, overwrite));
    }

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc/>
    public void Delete(string path) => NotADirectory(path, () => File.Delete(path));

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException) { }
    }

    /// <inheritdoc/>
    /// <remarks>Windows has no such call; its file systems journal names.</remarks>
    public void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            using SafeFileHandle handle = Libc.Open(path, write: false);
            Libc.Sync(handle, path);
        }
    }

    /// <inheritdoc/>
    public void SyncTree(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle handle = Libc.Open(directory, write: false);
            Libc.SyncFileSystem(handle, directory);
            return;
        }
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using SafeFileHandle handle = File.OpenHandle(
                file,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite
            );
            RandomAccess.FlushToDisk(handle);
        }
        foreach (string below in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories))
            SyncDirectory(below);
        SyncDirectory(directory);
    }
}

/// <summary>A file of the real file system. Closing it makes nothing durable.</summary>
internal sealed class SystemFile : IDiskFile
{
    private readonly SafeFileHandle handle;
    private readonly FileStream? stream;
    private readonly string path;

    public SystemFile(SafeFileHandle handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    public SystemFile(FileStream stream, string path)
        : this(stream.SafeFileHandle, path)
    {
        this.stream = stream;
    }

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long position)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = RandomAccess.Read(handle, destination[total..], position + total);
            if (read == 0)
            {
                break;
            }
            total += read;
        }
        return total;
    }

    // RandomAccess.Write goes on after a short write until all is written, or throws.
    public void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(handle, source, position);

    public void SyncData()
    {
        if (OperatingSystem.IsLinux())
        {
            Libc.SyncData(handle, path);
        }
        else
        {
            // On macOS this is fcntl(F_FULLFSYNC): there, fsync leaves bytes in the drive's cache.
            RandomAccess.FlushToDisk(handle);
        }
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void SyncAll() => RandomAccess.FlushToDisk(handle);

    public void Dispose()
    {
        handle.Dispose();
        stream?.Dispose();
    }
}
