using Tessrax.Node.Files;

namespace Tessrax.Cli.Conformance;

/// <summary>A disk that says that it has written segments, and after some time has not: what a write that nobody synced comes to when the power goes.</summary>
/// <param name="honest">How many writes to segments still arrive.</param>
internal sealed class LyingDisk(int honest) : IDisk
{
    private static readonly SystemDisk Real = SystemDisk.Instance;
    private int left = honest;

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null) =>
        new LyingFile(this, path.EndsWith(".seg", StringComparison.Ordinal), Real.Open(path, access, mode));

    public bool Exists(string path) => Real.Exists(path);

    public IReadOnlyList<string> List(string directory) => Real.List(directory);

    public void CreateDirectory(string path) => Real.CreateDirectory(path);

    public void Rename(string from, string to, bool overwrite) => Real.Rename(from, to, overwrite);

    public void RenameDirectory(string from, string to) => Real.RenameDirectory(from, to);

    public void Delete(string path) => Real.Delete(path);

    public void DeleteDirectory(string path) => Real.DeleteDirectory(path);

    public void SyncDirectory(string path) => Real.SyncDirectory(path);

    public void SyncTree(string directory) => Real.SyncTree(directory);

    private sealed class LyingFile(LyingDisk disk, bool isSegment, IDiskFile real) : IDiskFile
    {
        public long Length => real.Length;

        public int Read(Span<byte> destination, long position) => real.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            if (!isSegment || Interlocked.Decrement(ref disk.left) >= 0)
                real.Write(source, position);
        }

        public void Truncate(long length) => real.Truncate(length);

        public void SyncData() => real.SyncData();

        public void SyncAll() => real.SyncAll();

        public void Dispose() => real.Dispose();
    }
}
