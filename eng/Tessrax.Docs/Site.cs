using System.IO.Compression;

namespace Tessrax.Docs;

/// <summary>A site, not yet written.</summary>
/// <param name="Pages">Its pages, by their addresses.</param>
/// <param name="Others">Its other files.</param>
/// <param name="Faults">What is wrong with it, in words.</param>
internal sealed record Site(
    IReadOnlyDictionary<string, string> Pages,
    IReadOnlyDictionary<string, byte[]> Others,
    IReadOnlyList<string> Faults
)
{
    // What is smaller gains nothing.
    private const int PackFrom = 1024;

    /// <summary>What it holds, for whoever made it.</summary>
    public IReadOnlyList<(string What, long Count)> Figures { get; init; } = [];

    /// <summary>Writes it into a folder, in the place of what was there; each file beside a compressed copy, for servers.</summary>
    public void Write(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        foreach ((string address, string page) in Pages)
            Write(folder, address, Encoding.UTF8.GetBytes(page));
        foreach ((string address, byte[] bytes) in Others)
            Write(folder, address, bytes);
    }

    private static void Write(string folder, string address, byte[] bytes)
    {
        string path = Path.Combine(folder, address);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        if (bytes.Length < PackFrom)
            return;
        using FileStream packed = File.Create(path + ".br");
        using var brotli = new BrotliStream(packed, CompressionLevel.Optimal);
        brotli.Write(bytes);
    }
}
