using System.Security.Cryptography;
using System.Text;
using Tessrax.Server.Api;
using Tessrax.Web;

namespace Tessrax.Server.Static;

/// <summary>The verifier for browsers, as <c>eng/wasm.sh verifier</c> makes it: a folder of files, all read when the first is asked for, so that what a browser gets is of one making.</summary>
/// <param name="folder">Where they lie; null if they are not installed.</param>
internal sealed class VerifierFiles(string? folder)
{
    /// <summary>The page that can be opened by itself; a server shows what stands in its <c>main</c>.</summary>
    public const string PageName = "verify.html";

    private const string Beside = "verifier";
    private const string Opening = "<main id=\"main\" tabindex=\"-1\">";
    private const string Closing = "</main>";

    private static readonly Dictionary<string, string> Types = new(AssetFile.Types, StringComparer.Ordinal)
    {
        [".html"] = BytesAnswer.Html,
        [".mjs"] = AssetFile.Types[".js"],
        [".txt"] = "text/plain; charset=utf-8",
        [".wasm"] = "application/wasm",
    };

    private readonly Lazy<Loaded> loaded = new(() => Load(folder!));

    /// <summary>Whether there is one.</summary>
    public bool AreThere => folder is not null;

    /// <summary>What stands in the page's <c>main</c>: markup that is as much part of the installation as this program.</summary>
    public string Page => loaded.Value.Page;

    /// <summary>The media types of the files.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = [.. Types.Values.Distinct()];

    /// <summary>The folder that counts: the one that was named, else the one beside the program or beside its folder.</summary>
    /// <returns>Null if none was named and none is there.</returns>
    /// <exception cref="TessraxException">TSX1012: the one that was named holds no verifier.</exception>
    public static string? Find(string? named)
    {
        if (named is not null)
            return File.Exists(Path.Combine(named, PageName))
                ? named
                : throw ErrorCodes.BadUsage.Because(
                    $"{named} holds no {PageName}",
                    "--verifier names the folder that eng/wasm.sh verifier makes"
                );
        string program = AppContext.BaseDirectory;
        string[] places = [Path.Combine(program, Beside), Path.Combine(program, "..", Beside)];
        return Array.Find(places, place => File.Exists(Path.Combine(place, PageName)));
    }

    /// <summary>The address of a file, behind <c>--path-base</c>. Files find each other beside them.</summary>
    public string PathOf(string name) => $"/verifier/{loaded.Value.Hash}/{name}";

    /// <summary>The file at an address; null if there is none, or none of that making any more.</summary>
    public AssetFile? Find(string hash, string name) =>
        AreThere && loaded.Value.Hash == hash ? loaded.Value.Files.GetValueOrDefault(name) : null;

    private static Loaded Load(string folder)
    {
        var files = new SortedDictionary<string, AssetFile>(StringComparer.Ordinal);
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
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
            byte[] hash = SHA256.HashData(bytes);
            all.AppendData(Encoding.UTF8.GetBytes(name));
            all.AppendData([0]);
            all.AppendData(hash);
            files[name] = new AssetFile(name, ShortText(hash), type, bytes, Packed(path, ".br"), Packed(path, ".gz"));
        }
        string page = Encoding.UTF8.GetString(files[PageName].Bytes.Span);
        return new Loaded(ShortText(all.GetHashAndReset()), MainOf(page), files);
    }

    private static string MainOf(string page)
    {
        int from = page.IndexOf(Opening, StringComparison.Ordinal);
        int to = page.IndexOf(Closing, StringComparison.Ordinal);
        if (from < 0 || to < from)
            throw ErrorCodes.NoSuchPage.Because(
                "the verifier for browsers is of another version than this server",
                "whoever runs it makes it anew with eng/wasm.sh verifier"
            );
        return page[(from + Opening.Length)..to];
    }

    // Empty if it was not packed.
    private static byte[] Packed(string path, string extension) =>
        File.Exists(path + extension) ? File.ReadAllBytes(path + extension) : [];

    private static string ShortText(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 8));

    private sealed record Loaded(string Hash, string Page, SortedDictionary<string, AssetFile> Files);
}
