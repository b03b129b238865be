using System.Diagnostics;

namespace Tessrax.EndToEnd.Tests;

/// <summary>When a process is killed: so long after so many acknowledged entries, or after its start if <paramref name="Entries"/> is negative.</summary>
internal readonly record struct KillAt(int Entries, TimeSpan Delay)
{
    /// <summary>Mostly in the middle of writing, now and then while it starts and recovers.</summary>
    public static KillAt Draw(Random random, int mostEntries) =>
        random.Next(8) == 0
            ? new KillAt(-1, TimeSpan.FromMilliseconds(random.Next(300)))
            : new KillAt(random.Next(mostEntries), TimeSpan.FromMicroseconds(random.Next(4000)));
}

/// <summary>Runs something and ends it with SIGKILL.</summary>
internal static class KillRun
{
    /// <summary>What draws the moments of killing; on failure its seed is told.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TESSRAX_KILL_SEED"), out int seed)
            ? seed
            : Random.Shared.Next();

    /// <summary>Runs <c>Tessrax.KillTarget</c>, kills it, and gives the lines that it had printed.</summary>
    public static List<string> Target(KillAt at, params string[] args)
    {
        using Process process = Start(args);
        long start = Stopwatch.GetTimestamp();
        var lines = new List<string>();
        for (int entries = 0; entries < at.Entries && process.StandardOutput.ReadLine() is { } line; )
        {
            lines.Add(line);
            entries += IsAcknowledgement(line) ? 1 : 0;
        }
        Wait(at.Entries < 0 ? start : Stopwatch.GetTimestamp(), at.Delay);
        process.Kill();
        while (process.StandardOutput.ReadLine() is { } line)
            lines.Add(line);
        process.WaitForExit();
        string error = process.StandardError.ReadToEnd();
        Assert.True(error.Length == 0, error);
        return lines;
    }

    /// <summary>Starts <c>Tessrax.KillTarget</c>.</summary>
    public static Process Start(params string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Tessrax.KillTarget.dll");
        return Process.Start(
            new ProcessStartInfo("dotnet", [program, .. args])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
    }

    /// <summary>Runs tessraxctl and kills it after a time; what it had printed.</summary>
    public static string Ctl(Ctl ctl, TimeSpan delay, params string[] args)
    {
        using Process process = ctl.Start(args);
        process.StandardInput.Close();
        Wait(Stopwatch.GetTimestamp(), delay);
        process.Kill();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>The acknowledged entries among lines: index and leaf.</summary>
    public static IReadOnlyList<(long Index, string Leaf)> Acknowledged(IEnumerable<string> lines) =>
        [.. lines.Where(IsAcknowledgement).Select(l => l.Split(' ')).Select(l => (long.Parse(l[1]), l[2]))];

    private static bool IsAcknowledgement(string line) => line.StartsWith("ack ", StringComparison.Ordinal);

    // Sleeping is too coarse for the moments within one append.
    private static void Wait(long since, TimeSpan delay)
    {
        while (Stopwatch.GetElapsedTime(since) < delay)
        {
            if (delay - Stopwatch.GetElapsedTime(since) > TimeSpan.FromMilliseconds(5))
                Thread.Sleep(1);
        }
    }
}
