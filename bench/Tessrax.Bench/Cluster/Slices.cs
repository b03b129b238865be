using System.Runtime.InteropServices;

namespace Tessrax.Bench.Cluster;

/// <summary>Gives each of some processes the same share of one processor, whatever the others do: one after the other runs for a slice of time and is held for the rest.</summary>
/// <remarks>So a machine with two processors has as many small ones as there are slices. What is left of the last slice is nobody's.</remarks>
internal sealed partial class Slices : IDisposable
{
    private const int Continue = 18;
    private const int Stop = 19;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    private readonly int[] processes;
    private readonly Thread thread;
    private volatile bool isOver;

    /// <param name="processes">Their ids.</param>
    /// <param name="slices">How many there are, no fewer than processes: each has one of so many.</param>
    public Slices(int[] processes, int slices)
    {
        this.processes = processes;
        thread = new Thread(() => Run(slices)) { IsBackground = true };
        thread.Start();
    }

    /// <summary>From now on all of them run.</summary>
    public void Dispose()
    {
        isOver = true;
        thread.Join();
        foreach (int process in processes)
            Signal(process, Continue);
    }

    private void Run(int slices)
    {
        foreach (int process in processes)
            Signal(process, Stop);
        for (int i = 0; !isOver; i = (i + 1) % slices)
        {
            if (i < processes.Length)
                Signal(processes[i], Continue);
            Thread.Sleep(Slice);
            if (i < processes.Length)
                Signal(processes[i], Stop);
        }
    }

    private static void Signal(int process, int signal)
    {
        if (kill(process, signal) != 0)
            throw new InvalidOperationException("a process that was measured has ended");
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);
}
