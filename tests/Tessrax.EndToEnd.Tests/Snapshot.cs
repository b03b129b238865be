using System.Text.RegularExpressions;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Compares what a person sees with a file under Snapshots/.</summary>
/// <remarks>Run the tests with <c>TESSRAX_UPDATE_SNAPSHOTS=1</c> to write the files anew; the difference is then reviewed as
/// any other change is. Whatever differs from run to run is masked first.</remarks>
internal static partial class Snapshot
{
    /// <summary>Whether files are to be written rather than compared.</summary>
    public static bool IsUpdating => Environment.GetEnvironmentVariable("TESSRAX_UPDATE_SNAPSHOTS") == "1";

    /// <summary>Compares with Snapshots/<paramref name="name"/>.txt.</summary>
    /// <param name="name">The file's name without its extension.</param>
    /// <param name="actual">What was printed.</param>
    /// <param name="folder">The folder of the run, shown as <c>~</c>.</param>
    public static void Check(string name, string actual, string? folder = null) =>
        CheckFile(
            Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests", "Snapshots", name + ".txt"),
            Mask(actual, folder)
        );

    /// <summary>Compares with any file, unmasked.</summary>
    public static void CheckFile(string path, string actual)
    {
        if (IsUpdating)
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing: run the tests with TESSRAX_UPDATE_SNAPSHOTS=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>The text with digests, keys, times, durations, versions and the folder replaced by what they are.</summary>
    public static string Mask(string text, string? folder = null)
    {
        if (folder is not null)
            text = text.Replace(folder, "~", StringComparison.Ordinal);
        text = Vkey().Replace(text, "+<vkey>");
        text = Hex().Replace(text, "<64 hex digits>");
        text = Base64().Replace(text, "<base64>");
        text = Time().Replace(text, "<time>");
        text = Seconds().Replace(text, "<seconds> s");
        return Version().Replace(text, "tessraxctl <version>");
    }

    [GeneratedRegex(@"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")]
    private static partial Regex Vkey();

    [GeneratedRegex(@"\b[0-9a-f]{64}\b")]
    private static partial Regex Hex();

    [GeneratedRegex(@"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43,}={0,2}(?![A-Za-z0-9+/=])")]
    private static partial Regex Base64();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b\d+(\.\d+)? m?s\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"tessraxctl \d+\.\d+\.\d+\S*")]
    private static partial Regex Version();
}
