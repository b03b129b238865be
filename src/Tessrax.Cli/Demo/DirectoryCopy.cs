namespace Tessrax.Cli.Demo;

/// <summary>Copies directories.</summary>
internal static class DirectoryCopy
{
    /// <summary>Copies all that is in a directory, over what is there already.</summary>
    /// <param name="from">The directory.</param>
    /// <param name="to">Made if it is not there.</param>
    /// <param name="without">The name of directories that are left out, wherever they are; null for none.</param>
    public static void Make(string from, string to, string? without = null)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            if (Path.GetFileName(folder) != without)
                Make(folder, Path.Combine(to, Path.GetFileName(folder)), without);
        }
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }
}
