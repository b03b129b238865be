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
