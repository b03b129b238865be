using Tessrax.Web;

namespace Tessrax.Server.Static;

/// <summary>The documentation, as <c>eng/docs.sh</c> makes it; read when it is first asked for.</summary>
/// <param name="folder">Where it lies; null if it is not installed.</param>
internal sealed class DocsFiles(string? folder)
{
    /// <summary>The first page.</summary>
    public const string PageName = "index.html";

    private readonly Lazy<FileFolder> loaded = new(() => FileFolder.Read(folder!));

    /// <summary>Whether there is any.</summary>
    public bool AreThere => folder is not null;

    /// <inheritdoc cref="FileFolder.Find"/>
    public static string? Find(string? named) =>
        FileFolder.Find(named, "docs", PageName, "--docs names the folder that eng/docs.sh makes");

    /// <summary>The file at an address; null if there is none.</summary>
    public AssetFile? At(string name) => AreThere ? loaded.Value.Files.GetValueOrDefault(name) : null;
}
