using System.Runtime.InteropServices;

namespace Tessrax.Server.Host;

/// <summary>SIGTERM and SIGINT: the first asks the server to end, a second one ends the process at once, which a crash may do as well.</summary>
internal sealed class Ending : IDisposable
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] signals;

    public Ending() =>
        signals = [
            .. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }.Select(signal =>
                PosixSignalRegistration.Create(signal, Ask)
            ),
        ];

    public bool IsAsked => asked.Task.IsCompleted;

    /// <summary>Waits for a signal, but not for longer.</summary>
    public Task Wait(TimeSpan most) => Task.WhenAny(asked.Task, Task.Delay(most));

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
    }

    private void Ask(PosixSignalContext context) => context.Cancel = asked.TrySetResult();
}
