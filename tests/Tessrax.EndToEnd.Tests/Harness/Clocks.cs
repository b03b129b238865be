using System.Globalization;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Clocks that are off, by Debian's faketime; right ones where that is not installed.</summary>
/// <remarks>For commands only: under faketime the waits of a process with many threads end at once, and it does not get to hear of SIGTERM.</remarks>
internal static class Clocks
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory
            .GetDirectories("/usr/lib", "*-linux-*")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1"))
            .FirstOrDefault(File.Exists)
        : null;

    /// <summary>Whether there are any.</summary>
    public static bool CanLie => Library is not null;

    /// <summary>What a process is started with so that its clock is off by so many seconds.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OffBy(int seconds) =>
        Library is null || seconds == 0
            ? []
            :
            [
                new("LD_PRELOAD", Library),
                new("FAKETIME", string.Create(CultureInfo.InvariantCulture, $"{seconds:+0;-0;+0}s")),
                // Waiting must go on as it does.
                new("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ];
}
