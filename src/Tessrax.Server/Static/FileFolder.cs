using System.Text;
using Tessrax.Hashing;
using Tessrax.Server.Api;
using Tessrax.Web;

namespace Tessrax.Server.Static;

/// <summary>A folder of files that are handed out as they lie there, all read at once, so that what a browser gets is of one making.</summary>
/// <param name="Hash">The first 16 hexadecimal digits of a hash over all names and contents.</param>
/// <param name="Files">The files, by their paths from the folder, with <c>/</c>; those of other types than the known ones are none.</param>
internal sealed record FileFolder(string Hash, IReadOnlyDictionary<string, AssetFile> Files)
{
    private static readonly Dictionary<string, string> Types = new(AssetFile.Types, StringComparer.Ordinal)
    {
        [".html"] = BytesAnswer.Html,
        [".json"] = BodyLimit.Json,
        [".mjs"] = AssetFile.Types[".js"],
        [".txt"] = "text/plain; charset=utf-8",
        [".wasm"] = "application/wasm",
    };

    /// <summary>The media types of the files.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = [.. Types.Values.Distinct()];

    /// <summary>The folder that counts: the one that was named, else the one beside the program or beside its folder.</summary>
    /// <param name="named">The one that was named; null if none was.</param>
    /// <param name="beside">What it is called where it lies beside.</param>
    /// <param name="page">The file by which it is known.</param>
    /// <param name="hint">What to do about one that does not hold it.</param>
    /// <returns>Null if none was named and none is there.</returns>
    /// <exception cref="TessraxException">TSX1012: the one that was named does not hold that file.</exception>
    public static string? Find(string? named, string beside, string page, string hint)
    {
        if (named is not null)
            return File.Exists(Path.Combine(named, page))
                ? named
                : throw ErrorCodes.BadUsage.Because($"{named} holds no {page}", hint);
        string program = AppContext.BaseDirectory;
        string[] places = [Path.Combine(program, beside), Path.Combine(program, "..", beside)];
        return Array.Find(places, place => File.Exists(Path.Combine(place, page)));
    }

    /// <summary>Reads one.</summary>
    public static FileFolder Read(string folder)
    {
        var files = new Dictionary<string, AssetFile>(StringComparer.Ordinal);
        var all = new Sha256Hasher();
        foreach (
            string path in Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            if (!Types.TryGetValue(Path.GetExtension(path), out string? type))
                continue;
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            byte[] bytes = File.ReadAllBytes(path);
            Digest hash = HashEngine.Sha256.Hash(bytes);
            all.Append(Encoding.UTF8.GetBytes(name));
            all.Append([0]);
            all.Append(hash.Span);
            files[name] = new AssetFile(name, ShortText(hash), type, bytes, Packed(path, ".br"), Packed(path, ".gz"));
        }
        return new FileFolder(ShortText(all.Finish()), files);
    }

    // Empty if it was not packed.
    private static byte[] Packed(string path, string extension) =>
        File.Exists(path + extension) ? File.ReadAllBytes(path + extension) : [];

    private static string ShortText(Digest hash) => hash.ToHex()[..16];
}
