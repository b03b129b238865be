using System.Globalization;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>A disk of some megabytes, in memory, mounted where only the tests see it.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string mount = Directory.CreateTempSubdirectory("tessrax-disk-").FullName;

    /// <param name="megabytes">How large it is.</param>
    public SmallDisk(int megabytes)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        PrivateNet.Run("mount", "-t", "tmpfs", "-o", size, "tessrax", mount);
        Folder = Path.Combine(mount, "data");
    }

    /// <summary>A place on it, for whoever makes a folder there.</summary>
    public string Folder { get; }

    private string Ballast => Path.Combine(mount, "ballast");

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
                file.Write(page);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        PrivateNet.Run("umount", "--lazy", mount);
        Directory.Delete(mount);
    }
}
