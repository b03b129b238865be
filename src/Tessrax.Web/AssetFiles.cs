using System.IO.Compression;
using System.Reflection;
using Tessrax.Hashing;

namespace Tessrax.Web;

/// <summary>A style sheet, a script or a picture that pages refer to.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Hash">The first 16 hexadecimal digits of its SHA-256, which are in its address: another content has another one.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Bytes">What it holds.</param>
/// <param name="Brotli">The same, compressed.</param>
/// <param name="Gzip">The same, compressed for those that know no better.</param>
public sealed record AssetFile(
    string Name,
    string Hash,
    string ContentType,
    ReadOnlyMemory<byte> Bytes,
    ReadOnlyMemory<byte> Brotli,
    ReadOnlyMemory<byte> Gzip
)
{
    /// <summary>The media types of the pages' files, by their extensions.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } =
        new Dictionary<string, string>
        {
            [".css"] = "text/css; charset=utf-8",
            [".js"] = "text/javascript; charset=utf-8",
            [".svg"] = "image/svg+xml",
        };

    /// <summary>The media types that there are.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = [.. Types.Values];

    /// <summary>The media type of a file of a name.</summary>
    public static string TypeOf(string name) => Types[Path.GetExtension(name)];
}

/// <summary>All files that pages refer to. They are in the program, so that a server needs no folder beside it.</summary>
public static class AssetFiles
{
    private const string Prefix = "asset/";
    private static readonly Dictionary<string, AssetFile> Files = Load();

    /// <summary>The file at an address; null if there is none, or none of that content any more.</summary>
    public static AssetFile? Find(string hash, string name) =>
        Files.TryGetValue(name, out AssetFile? file) && file.Hash == hash ? file : null;

    /// <summary>The file of a name that is always there.</summary>
    public static AssetFile Named(string name) => Files[name];

    /// <summary>Whether there is a file of a name: what npm brings is not there where a server was built without it.</summary>
    public static bool Has(string name) => Files.ContainsKey(name);

    /// <summary>The address of a file, behind what a proxy strips.</summary>
    public static string PathOf(string name) => $"/assets/{Files[name].Hash}/{name}";

    private static Dictionary<string, AssetFile> Load()
    {
        Assembly program = typeof(AssetFiles).Assembly;
        return program
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Read(program, name))
            .ToDictionary(file => file.Name);
    }

    private static AssetFile Read(Assembly program, string resource)
    {
        using Stream stream = program.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        string name = resource[Prefix.Length..];
        return new AssetFile(
            name,
            HashEngine.Sha256.Hash(bytes).ToHex()[..16],
            AssetFile.TypeOf(name),
            bytes,
            Compress(bytes, static to => new BrotliStream(to, CompressionLevel.SmallestSize, leaveOpen: true)),
            Compress(bytes, static to => new GZipStream(to, CompressionLevel.SmallestSize, leaveOpen: true))
        );
    }

    private static byte[] Compress(byte[] bytes, Func<Stream, Stream> by)
    {
        using var to = new MemoryStream();
        using (Stream packed = by(to))
            packed.Write(bytes);
        return to.ToArray();
    }
}
