using Tessrax.Node.Files;
using Tessrax.Node.Tests.Files;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>The real disk without its syncs, which these tests do not wait for; the process may die at any step that changes something.</summary>
internal sealed class SteppedDisk : IDisk
{
    private static readonly SystemDisk Real = SystemDisk.Instance;

    /// <summary>Steps taken that change something.</summary>
    public int Steps { get; private set; }

    /// <summary>The step, from 1, before which the process dies; none if 0.</summary>
    public int DiesAt { get; set; }

    /// <summary>A directory that may not be entered; none if null.</summary>
    public string? Barred { get; set; }

    public void Restart(int diesAt = 0) => (Steps, DiesAt) = (0, diesAt);

    public IDiskFile Open(string path, DiskAccess access, UnixFileMode? mode = null)
    {
        if (access == DiskAccess.Create)
            Step();
        return new SteppedFile(this, Real.Open(path, access, mode));
    }

    public bool Exists(string path) => Real.Exists(path);

    public IReadOnlyList<string> List(string directory) =>
        directory == Barred ? throw new UnauthorizedAccessException("barred") : Real.List(directory);

    public void CreateDirectory(string path) => Real.CreateDirectory(path);

    public void Rename(string from, string to, bool overwrite)
    {
        Step();
        Real.Rename(from, to, overwrite);
    }

    public void RenameDirectory(string from, string to)
    {
        Step();
        Real.RenameDirectory(from, to);
    }

    public void Delete(string path)
    {
        Step();
        Real.Delete(path);
    }

    public void DeleteDirectory(string path)
    {
        Step();
        Real.DeleteDirectory(path);
    }

    public void SyncDirectory(string path) { }

    public void SyncTree(string path) { }

    private void Step()
    {
        if (++Steps == DiesAt)
            throw new SimulatedCrash();
    }

    private sealed class SteppedFile(SteppedDisk disk, IDiskFile real) : IDiskFile
    {
        public long Length => real.Length;

        public int Read(Span<byte> destination, long position) => real.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            disk.Step();
            real.Write(source, position);
        }

        public void Truncate(long length)
        {
            disk.Step();
            real.Truncate(length);
        }

        public void SyncData() { }

        public void SyncAll() { }

        public void Dispose() => real.Dispose();
    }
}
