using Tessrax.Node.Files;

namespace Tessrax.Node.Snapshots;

/// <summary>Puts off every sync until <see cref="Flush"/>: for a directory that nobody may see before all of it is durable. Each batch of a ledger being
/// restored would otherwise wait for the disk once more.</summary>
internal sealed class DeferredSyncDisk(IDisk disk) : IDisk
{
    private readonly SortedSet<string> files = new(StringComparer.Ordinal);
    private readonly SortedSet<string> directories = new(StringComparer.Ordinal);

    /// <summary>Makes durable all that was written, then the names of it.</summary>
    public void Flush()
    {
        foreach (string path in files)
        {
            using IDiskFile file = disk.Open(path, DiskAccess.Write);
            file.SyncAll();
        }
        foreach (string path in directories)
            disk.SyncDirectory(path);
        files.Clear();
        directories.Clear();
    }

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
    {
        IDiskFile file = disk.Open(path, access, mode);
        if (access == DiskAccess.Read)
            return file;
        files.Add(path);
        return new UnsyncedFile(file);
    }

    public bool Exists(string path) => disk.Exists(path);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void CreateDirectory(string path)
    {
        disk.CreateDirectory(path);
        directories.Add(path);
    }

    public void Rename(string from, string to, bool overwrite)
    {
        disk.Rename(from, to, overwrite);
        if (files.Remove(from))
            files.Add(to);
    }

    public void RenameDirectory(string from, string to) => throw new NotSupportedException();

    public void Delete(string path)
    {
        disk.Delete(path);
        files.Remove(path);
    }

    public void DeleteDirectory(string path) => throw new NotSupportedException();

    public void SyncDirectory(string path) => directories.Add(path);

    // From any thread, for files that are noted already.
    public void SyncTree(string directory) { }

    private sealed class UnsyncedFile(IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void Truncate(long length) => file.Truncate(length);

        public void SyncData() { }

        public void SyncAll() { }

        public void Dispose() => file.Dispose();
    }
}
