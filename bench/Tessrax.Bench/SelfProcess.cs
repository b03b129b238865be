using System.Diagnostics;

namespace Tessrax.Bench;

/// <summary>This program once more, in a process of its own.</summary>
internal static class SelfProcess
{
    /// <summary>How to start it; what it prints is read by whoever does.</summary>
    public static ProcessStartInfo With(params string[] arguments) =>
        new(
            Environment.ProcessPath!,
            [
                // Through `dotnet X.dll`, the process is dotnet.
                .. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
                    ? new[] { Environment.GetCommandLineArgs()[0] }
                    : [],
                .. arguments,
            ]
        )
        {
            RedirectStandardOutput = true,
        };
}
