using System.Diagnostics;
using System.Globalization;

namespace Tessrax.Bench.Peers;

/// <summary>What a process of this program takes, measured from the inside of a fresh one.</summary>
internal static class ProcessMemory
{
    /// <summary>The most memory that the process ever held, in MiB, if the system tells.</summary>
    public static double Peak()
    {
        if (!OperatingSystem.IsLinux())
            return Process.GetCurrentProcess().PeakWorkingSet64 / (double)(1 << 20);
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 6 - 2).Trim(), CultureInfo.InvariantCulture) / 1024.0;
    }

    /// <summary>Runs this program again, and gives the number that it prints.</summary>
    public static double OfChild(params string[] arguments)
    {
        using Process process = Process.Start(SelfProcess.With(arguments))!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"a second process failed: {process.ExitCode}");
    }
}
