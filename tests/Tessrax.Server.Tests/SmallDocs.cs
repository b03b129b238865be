namespace Tessrax.Server.Tests;

/// <summary>A folder as eng/docs.sh makes it, with files that are nothing but handed out.</summary>
internal static class SmallDocs
{
    /// <summary>Makes one; gives its path.</summary>
    public static string Make(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "spec"));
        foreach ((string name, string text) in Files)
            File.WriteAllText(Path.Combine(folder, name), text);
        return folder;
    }

    private static readonly (string, string)[] Files =
    [
        ("index.html", "<p>the first page</p>"),
        ("spec/ledger.html", "<p>whole</p>"),
        ("spec/ledger.html.br", "packed"),
        ("docs.css", "body {}"),
        ("docs.js", "script"),
        ("secret.key", "secret"),
    ];
}
