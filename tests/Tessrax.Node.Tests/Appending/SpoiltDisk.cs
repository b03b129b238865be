using Tessrax.Node.Files;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>The real disk, but for records: writing or syncing a segment fails when told, with the bytes written or not.</summary>
internal sealed class SpoiltDisk : ForwardingDisk
{
    private const int Enospc = 28;
    private const int Eio = 5;
    private string? operation;
    private bool lands;
    private bool full;

    /// <summary>From now on, an operation (write, sync) on a segment fails; before that it takes place, or not.</summary>
    public void Spoil(string which, bool lands, bool full = false) =>
        (operation, this.lands, this.full) = (which, lands, full);

    public void Mend() => operation = null;

    protected override void Write(string path, Action real) => Do("write", path, real);

    protected override void Sync(string path, Action real) => Do("sync", path, real);

    private void Do(string which, string path, Action real)
    {
        bool spoilt = operation == which && path.EndsWith(".seg", StringComparison.Ordinal);
        if (!spoilt || lands)
            real();
        if (!spoilt)
            return;
        // A full disk takes the zeros that make good for it.
        operation = full ? null : operation;
        throw new IOException(full ? "no space" : "input/output error", full ? Enospc : Eio);
    }
}

/// <summary>The real disk, whose next sync of a segment does not return until it is told.</summary>
internal sealed class SlowDisk : ForwardingDisk, IDisposable
{
    private readonly ManualResetEventSlim goesOn = new(true);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When a sync has been stopped.</summary>
    public Task Stopped => stopped.Task;

    public void Stop() => goesOn.Reset();

    public void GoOn() => goesOn.Set();

    public void Dispose() => goesOn.Dispose();

    protected override void Sync(string path, Action real)
    {
        if (path.EndsWith(".seg", StringComparison.Ordinal) && !goesOn.IsSet)
        {
            stopped.TrySetResult();
            Assert.True(goesOn.Wait(TimeSpan.FromMinutes(1)));
        }
        real();
    }
}

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
