namespace Tessrax.Node.Files;

/// <summary>How a file is opened.</summary>
public enum DiskAccess
{
    /// <summary>An existing file, to read.</summary>
    Read,

    /// <summary>An existing file, to read and write.</summary>
    Write,

    /// <summary>A new file, to read and write; fails if the name exists.</summary>
    Create,
}

/// <summary>The file system, as small as the ledger needs it, so that a test can stand in for it and fail at any step.</summary>
/// <remarks>Every method throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> on failure, as the
/// framework does; <see cref="DiskErrors"/> gives them their codes. Names are durable only after <see cref="SyncDirectory"/>.</remarks>
public interface IDisk
{
    /// <summary>Opens a file. <paramref name="mode"/> counts for <see cref="DiskAccess.Create"/> only; null leaves it to the umask.</summary>
    IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null);

    /// <summary>Reports whether <paramref name="path"/> is a file.</summary>
    bool Exists(string path);

    /// <summary>The bytes that a file takes on the disk, as <c>du</c> counts them; its length where the system does not tell.</summary>
    long Allocated(string path)
    {
        using IDiskFile file = Open(path, DiskAccess.Read);
        return file.Length;
    }

    /// <summary>The names of the files in a directory, in no order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>The names of the directories in a directory, in no order; none if it is not there.</summary>
    IReadOnlyList<string> ListDirectories(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path))]
            : [];

    /// <summary>Where a symbolic link leads, as it says; null if it is none.</summary>
    string? LinkTarget(string path) => new FileInfo(path).LinkTarget;

    /// <summary>Makes a directory, and those above it, where they are missing.</summary>
    void CreateDirectory(string path);

    /// <summary>Gives a file another name in one step: a crash leaves the old name or the new one.</summary>
    void Rename(string from, string to, bool overwrite);

    /// <summary>Gives a directory, with all that is in it, another name in one step; fails if there is something of that name.</summary>
    void RenameDirectory(string from, string to);

    /// <summary>Removes a file; nothing happens if there is none.</summary>
    void Delete(string path);

    /// <summary>Removes a directory and all that is in it, in many steps; nothing happens if there is none.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes the names in a directory durable: what was created, renamed or deleted in it.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes all files and names below a directory durable, if it is there; where the system can, by one call that syncs the whole file system.</summary>
    void SyncTree(string directory);
}

/// <summary>An open file of an <see cref="IDisk"/>. Positions are bytes from its start; several threads may read at once.</summary>
/// <remarks>Every method throws <see cref="IOException"/> on failure.</remarks>
public interface IDiskFile : IDisposable
{
    /// <summary>The present length in bytes, which another process may change.</summary>
    long Length { get; }

    /// <summary>Reads at a position; returns fewer bytes than asked for only at the end of the file.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Writes all the bytes at a position, or throws with any part of them written.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>Makes the file end at this length, which is at most its present one.</summary>
    void Truncate(long length);

    /// <summary>Makes the bytes written durable, with the metadata that is needed to read them back (fdatasync).</summary>
    /// <remarks>After a failure the bytes count as lost, whatever a later read or sync says.</remarks>
    void SyncData();

    /// <summary>Makes bytes and all metadata durable (fsync).</summary>
    void SyncAll();
}
