using System.Security.Cryptography;
using System.Text;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Everything under a folder as text, a line a file: two texts are equal only if nothing was made, changed or removed.</summary>
internal static class LedgerTree
{
    /// <summary>Names, modes and digests. Of the writer's lock only the name: it tells who wrote last.</summary>
    public static string Of(string folder)
    {
        var lines = new StringBuilder();
        foreach (
            string path in Directory
                .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            string content =
                Directory.Exists(path) ? "folder"
                : Path.GetFileName(path) == "lock" ? "lock"
                : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
            if (content != "lock")
                lines.AppendLine($"{Path.GetRelativePath(folder, path)} {File.GetUnixFileMode(path)} {content}");
        }
        return lines.ToString();
    }

    /// <summary>Copies a folder.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
