using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessrax.Server.Host;

/// <summary>The first signal asks the server to end; a second one ends the process at once, which a crash may do as well.</summary>
internal sealed class SecondSignal : IDisposable
{
    private readonly PosixSignalRegistration[] signals;
    private int count;

    public SecondSignal() =>
        signals = [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Count),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Count),
        ];

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
    }

    private void Count(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref count) < 2)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
