namespace Tessrax.Server.Tests;

/// <summary>Who may do what with a file, where files have modes.</summary>
internal static class FileModes
{
    public const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
