using System.Runtime.InteropServices;

namespace Tessrax.Bench.Peers;

/// <summary>Keeps the measuring thread on one core, where the system can.</summary>
internal static partial class Affinity
{
    /// <summary>Pins the calling thread to the first core it may use. Does nothing elsewhere than on Linux.</summary>
    public static unsafe void PinToOneCore()
    {
        if (!OperatingSystem.IsLinux())
            return;
        ulong first = 1;
        _ = sched_setaffinity(0, sizeof(ulong), &first);
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int sched_setaffinity(int thread, nuint bytes, ulong* cores);
}
