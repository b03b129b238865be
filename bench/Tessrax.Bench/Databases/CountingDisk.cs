using Tessrax.Node.Files;

namespace Tessrax.Bench.Databases;

/// <summary>The machine's disk, which counts how often something was made durable.</summary>
internal sealed class CountingDisk : IDisk
{
    private static readonly IDisk Disk = SystemDisk.Instance;
    private long syncs;

    /// <summary>How many calls of fsync, fdatasync and the like there were.</summary>
    public long Syncs => Interlocked.Read(ref syncs);

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null) =>
        new CountingFile(this, Disk.Open(path, access, mode));

    public bool Exists(string path) => Disk.Exists(path);

    public long Allocated(string path) => Disk.Allocated(path);

    public IReadOnlyList<string> List(string directory) => Disk.List(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Disk.ListDirectories(directory);

    public string? LinkTarget(string path) => Disk.LinkTarget(path);

    public void CreateDirectory(string path) => Disk.CreateDirectory(path);

    public void Rename(string from, string to, bool overwrite) => Disk.Rename(from, to, overwrite);

    public void RenameDirectory(string from, string to) => Disk.RenameDirectory(from, to);

    public void Delete(string path) => Disk.Delete(path);

    public void DeleteDirectory(string path) => Disk.DeleteDirectory(path);

    public void SyncDirectory(string path)
    {
        Interlocked.Increment(ref syncs);
        Disk.SyncDirectory(path);
    }

    public void SyncTree(string directory)
    {
        Interlocked.Increment(ref syncs);
        Disk.SyncTree(directory);
    }

    private sealed class CountingFile(CountingDisk disk, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void Truncate(long length) => file.Truncate(length);

        public void SyncData()
        {
            Interlocked.Increment(ref disk.syncs);
            file.SyncData();
        }

        public void SyncAll()
        {
            Interlocked.Increment(ref disk.syncs);
            file.SyncAll();
        }

        public void Dispose() => file.Dispose();
    }
}
