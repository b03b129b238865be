using Tessrax.Node.Files;

namespace Tessrax.Node;

/// <summary>What a file system has room for.</summary>
/// <param name="FreeBytes">Bytes that this user may still write.</param>
/// <param name="FreeFiles">Files that may still be made; null where the file system does not count them, or the system does not tell.</param>
public readonly record struct DiskRoom(long FreeBytes, long? FreeFiles)
{
    /// <summary>As the system tells it; null if it does not.</summary>
    /// <param name="path">A directory on that file system.</param>
    public static DiskRoom? Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new DiskRoom(new DriveInfo(path).AvailableFreeSpace, Libc.FreeFiles(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
