using Tessrax.Node.Files;

namespace Tessrax.Node.Tests.Appending;

/// <summary>The real disk, with a place to step in where files are written and synced.</summary>
internal abstract class ForwardingDisk : IDisk
{
    private static readonly SystemDisk Real = SystemDisk.Instance;

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null) =>
        new ForwardingFile(this, path, Real.Open(path, access, mode));

    public bool Exists(string path) => Real.Exists(path);

    public IReadOnlyList<string> List(string directory) => Real.List(directory);

    public void CreateDirectory(string path) => Real.CreateDirectory(path);

    public virtual void Rename(string from, string to, bool overwrite) => Real.Rename(from, to, overwrite);

    public void RenameDirectory(string from, string to) => Real.RenameDirectory(from, to);

    public void Delete(string path) => Real.Delete(path);

    public void DeleteDirectory(string path) => Real.DeleteDirectory(path);

    public void SyncDirectory(string path) => Real.SyncDirectory(path);

    public void SyncTree(string directory) => Real.SyncTree(directory);

    protected virtual void HasRead(string path, int bytes) { }

    protected virtual void Write(string path, Action real) => real();

    protected virtual void Sync(string path, Action real) => real();

    private sealed class ForwardingFile(ForwardingDisk disk, string path, IDiskFile real) : IDiskFile
    {
        public long Length => real.Length;

        public int Read(Span<byte> destination, long position)
        {
            int read = real.Read(destination, position);
            disk.HasRead(path, read);
            return read;
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            byte[] bytes = source.ToArray();
            disk.Write(path, () => real.Write(bytes, position));
        }

        public void Truncate(long length) => disk.Write(path, () => real.Truncate(length));

        public void SyncData() => disk.Sync(path, real.SyncData);

        public void SyncAll() => disk.Sync(path, real.SyncAll);

        public void Dispose() => real.Dispose();
    }
}
