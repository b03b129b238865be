using Tessrax.Node.Files;

namespace Tessrax.Node.Tests.Appending;

/// <summary>The real disk until <see cref="Fails"/> says otherwise of a path: then opening, writing and syncing it fail.</summary>
internal sealed class BrokenDisk : IDisk
{
    private static readonly SystemDisk Real = SystemDisk.Instance;

    /// <summary>Whether an operation (open, write, sync, syncdir, mkdir, rename, delete) on a path fails.</summary>
    public Func<string, string, bool> Fails { get; set; } = (_, _) => false;

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
    {
        if (access != DiskAccess.Read)
            Try("open", path);
        return new BrokenFile(this, path, Real.Open(path, access, mode));
    }

    public bool Exists(string path) => Real.Exists(path);

    public IReadOnlyList<string> List(string directory) => Real.List(directory);

    public void CreateDirectory(string path)
    {
        Try("mkdir", path);
        Real.CreateDirectory(path);
    }

    public void Rename(string from, string to, bool overwrite)
    {
        Try("rename", to);
        Real.Rename(from, to, overwrite);
    }

    public void Delete(string path)
    {
        Try("delete", path);
        Real.Delete(path);
    }

    public void RenameDirectory(string from, string to)
    {
        Try("rename", to);
        Real.RenameDirectory(from, to);
    }

    public void DeleteDirectory(string path)
    {
        Try("delete", path);
        Real.DeleteDirectory(path);
    }

    public void SyncDirectory(string path)
    {
        Try("syncdir", path);
        Real.SyncDirectory(path);
    }

    public void SyncTree(string directory)
    {
        Try("sync", directory);
        Real.SyncTree(directory);
    }

    private void Try(string operation, string path)
    {
        if (Fails(operation, path))
            throw new UnauthorizedAccessException($"{operation} {path}");
    }

    private sealed class BrokenFile(BrokenDisk disk, string path, IDiskFile real) : IDiskFile
    {
        public long Length => real.Length;

        public int Read(Span<byte> destination, long position) => real.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            disk.Try("write", path);
            real.Write(source, position);
        }

        public void Truncate(long length)
        {
            disk.Try("write", path);
            real.Truncate(length);
        }

        public void SyncData()
        {
            disk.Try("sync", path);
            real.SyncData();
        }

        public void SyncAll()
        {
            disk.Try("sync", path);
            real.SyncAll();
        }

        public void Dispose() => real.Dispose();
    }
}
