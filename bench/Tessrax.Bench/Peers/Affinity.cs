using System.Runtime.InteropServices;

namespace Tessrax.Bench.Peers;

/// <summary>Keeps the measuring thread on one core, where the system can.</summary>
internal static partial class Affinity
{
    /// <summary>Pins the calling thread to the first core it may use. Does nothing elsewhere than on Linux.</summary>
    public static void PinToOneCore() => Keep(firstOnly: true);

    /// <summary>Lets the calling thread, and those it starts, use every core.</summary>
    public static void Free() => Keep(firstOnly: false);

    private static unsafe void Keep(bool firstOnly)
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int Words = 16;
        ulong* cores = stackalloc ulong[Words];
        int count = Math.Min(Environment.ProcessorCount, 64 * Words);
        for (int i = 0; i < (firstOnly ? 1 : count); i++)
            cores[i / 64] |= 1UL << i % 64;
        _ = sched_setaffinity(0, Words * sizeof(ulong), cores);
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int sched_setaffinity(int thread, nuint bytes, ulong* cores);
}
