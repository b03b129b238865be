using System.ComponentModel;
using System.Diagnostics;

namespace Tessrax.Bench.Peers;

/// <summary><c>b3sum --num-threads 1</c> over a file in the page cache; what starting it takes is measured and taken off.</summary>
internal sealed class B3Sum : IDisposable
{
    private readonly string empty = Path.GetTempFileName();
    private readonly string file = Path.GetTempFileName();
    private readonly long bytes;

    public B3Sum(long bytes)
    {
        this.bytes = bytes;
        using FileStream stream = File.OpenWrite(file);
        var block = new byte[1 << 20];
        new Random(4).NextBytes(block);
        for (long written = 0; written < bytes; written += block.Length)
            stream.Write(block);
    }

    /// <summary>Nanoseconds for each MiB of one run; null if the program is not there.</summary>
    public double? Run()
    {
        double? whole = Time(file);
        double? start = Time(empty);
        return (whole - start) / (bytes / (1 << 20));
    }

    public void Dispose()
    {
        File.Delete(empty);
        File.Delete(file);
    }

    private static double? Time(string path)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            var info = new ProcessStartInfo("b3sum", ["--num-threads", "1", path]) { RedirectStandardOutput = true };
            using Process process = Process.Start(info)!;
            _ = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            return null;
        }
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
    }
}
