using System.Text;
using Tessrax.Web;

namespace Tessrax.Server.Static;

/// <summary>The verifier for browsers, as <c>eng/wasm.sh verifier</c> makes it; read when it is first asked for.</summary>
/// <param name="folder">Where it lies; null if it is not installed.</param>
internal sealed class VerifierFiles(string? folder)
{
    /// <summary>The page that can be opened by itself; a server shows what stands in its <c>main</c>.</summary>
    public const string PageName = "verify.html";

    private const string Opening = "<main id=\"main\" tabindex=\"-1\">";
    private const string Closing = "</main>";

    private readonly Lazy<Loaded> loaded = new(() => Load(folder!));

    /// <summary>Whether there is one.</summary>
    public bool AreThere => folder is not null;

    /// <summary>What stands in the page's <c>main</c>: markup that is as much part of the installation as this program.</summary>
    public string Page => loaded.Value.Page;

    /// <inheritdoc cref="FileFolder.Find"/>
    public static string? Find(string? named) =>
        FileFolder.Find(named, "verifier", PageName, "--verifier names the folder that eng/wasm.sh verifier makes");

    /// <summary>The address of a file, behind <c>--path-base</c>. Files find each other beside them.</summary>
    public string PathOf(string name) => $"/verifier/{loaded.Value.All.Hash}/{name}";

    /// <summary>The file at an address; null if there is none, or none of that making any more.</summary>
    public AssetFile? Find(string hash, string name) =>
        AreThere && loaded.Value.All.Hash == hash ? loaded.Value.All.Files.GetValueOrDefault(name) : null;

    private static Loaded Load(string folder)
    {
        FileFolder all = FileFolder.Read(folder);
        return new Loaded(all, MainOf(Encoding.UTF8.GetString(all.Files[PageName].Bytes.Span)));
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

    private sealed record Loaded(FileFolder All, string Page);
}
