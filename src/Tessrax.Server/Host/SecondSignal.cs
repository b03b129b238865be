using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessrax.Server.Host;

/// <summary>The first signal asks the server to end; a second one ends the process at once, which a crash may do as well.</summary>
/// <remarks>The first is heard here, too: what reads the command line hears it on .NET 10 alone, and on .NET 9 waits for the process to exit, which this holds back.</remarks>
internal sealed class SecondSignal : IDisposable
{
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] signals;
    private int count;

    public SecondSignal() =>
        signals = [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Count),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Count),
        ];

    /// <summary>Completes with the first signal.</summary>
    public Task First => first.Task;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
    }

    private void Count(PosixSignalContext context)
    {
        context.Cancel = true;
        first.TrySetResult();
        if (Interlocked.Increment(ref count) < 2)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
