namespace Tessrax.Node.Files;

/// <summary>Symbolic links within a ledger: what is done to a file through one is done to a file elsewhere.</summary>
internal static class DiskLinks
{
    /// <summary>Whether a link stands on the way to a file, from a directory on.</summary>
    /// <param name="directory">Where the way begins; may be a link itself.</param>
    /// <param name="file">The file's path within it.</param>
    public static bool IsThrough(string directory, string file)
    {
        string path = directory;
        foreach (string part in file.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                return true;
        }
        return false;
    }
}
