using System.Diagnostics;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Static logs made by <c>eng/static-log.mjs</c>, which shares no code with what is tested.</summary>
internal static class StaticLog
{
    /// <summary>The node that runs it; null if none is there.</summary>
    public static string? Node { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "node"))
            .FirstOrDefault(File.Exists);

    /// <summary>Whether node is there to run it.</summary>
    public static bool CanMake => Node is not null;

    /// <summary>Writes a log whose entry i is the text <c>entry i</c>, and gives its vkey.</summary>
    public static string Make(string folder, int size, params string[] options)
    {
        string script = Path.Combine(Spec.Root, "eng", "static-log.mjs");
        var info = new ProcessStartInfo("node", [script, folder, $"{size}", .. options])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(info)!;
        string vkey = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return vkey;
    }
}
