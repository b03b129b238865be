using System.Reflection;
using Tessrax.Docs.Library;

namespace Tessrax.Docs;

/// <summary>Makes the site from a repository: the Markdown files, the packages' comments, the verbs, the addresses of a server, the schemas.</summary>
internal static class SiteBuilder
{
    /// <summary>The first page.</summary>
    public const string Home = "index.html";

    // Pages of these kinds are made as they lie in the repository.
    private static readonly string[] Folders = ["docs", "spec"];

    private static readonly string[] Runnable = ["sh", "console", "csharp", "js", "json"];

    private static readonly Assembly[] Packages =
    [
        typeof(ErrorCode).Assembly,
        typeof(Node.NodeEnvironment).Assembly,
        typeof(Node.RocksDb.RocksIndexes).Assembly,
        typeof(Node.Postgres.PostgresStores).Assembly,
        typeof(Client.LedgerClient).Assembly,
        typeof(Interactive.Ledger).Assembly,
    ];

    /// <param name="repository">The repository's folder.</param>
    public static Site Build(string repository)
    {
        SiteMap map = SiteMap.Read(repository);
        var faults = new List<string>();
        map = map.With([.. Folders.SelectMany(folder => MarkdownIn(repository, folder))]);
        HashSet<string> files = [.. map.Files];
        var markdown = new MarkdownPages(repository, files);
        var pages = new SortedDictionary<string, Page>(StringComparer.Ordinal);
        foreach (string file in map.Files)
            Add(markdown.Read(file));
        var library = new LibraryPages(Packages);
        foreach (
            Page page in library
                .Pages()
                .Concat(CommandPages.All())
                .Concat(SchemaPages.Read(repository))
                .Append(HttpPages.Read(repository))
        )
            Add(page);
        faults.AddRange(markdown.Faults);
        foreach (string file in Directory.GetFiles(Path.Combine(repository, "spec", "schema"), "*.json"))
            markdown.Copies[$"spec/schema/{Path.GetFileName(file)}"] = file;
        var others = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string address, string file) in markdown.Copies)
            others[address] = File.ReadAllBytes(file);
        foreach (string name in (string[])["docs.js", "mark.svg"])
            others[name] = Embedded(name);
        others["docs.css"] = [.. Embedded("site.css"), .. Embedded("docs.css")];
        others[SearchIndex.Address] = Encoding.UTF8.GetBytes(SearchIndex.Of(pages.Values));
        var frame = new Frame([
            .. map.Sections.Select(section => (section.Title, (IReadOnlyList<Page>)[.. section.Pages.Select(Named)])),
        ]);
        var written = new SortedDictionary<string, string>(
            pages.ToDictionary(page => page.Key, page => frame.Around(page.Value)),
            StringComparer.Ordinal
        );
        (IReadOnlyList<string> dead, long inside, long outside) = LinkCheck.Of(
            written,
            others.Keys.ToHashSet(StringComparer.Ordinal)
        );
        faults.AddRange(dead);
        return new Site(written, others, faults)
        {
            Figures =
            [
                ("pages", pages.Count),
                ("  from Markdown", files.Count),
                ("  of the library", pages.Keys.Count(each => each.StartsWith("library/", StringComparison.Ordinal))),
                ("  of verbs", pages.Keys.Count(each => each.StartsWith("cli/", StringComparison.Ordinal))),
                ("  of schemas", pages.Keys.Count(each => each.StartsWith("spec/schema/", StringComparison.Ordinal))),
                .. Snippets(repository, files),
                ("addresses of the server", pages[HttpPages.Address].Headings.Count),
                ("public types", library.Types),
                ("their members", library.Members),
                ("comments shown", library.Described),
                ("passages in the search", pages.Values.Sum(page => page.Passages.Count)),
                ("links within, all checked", inside),
                ("  that lead nowhere", dead.Count),
                ("links to elsewhere, not followed", outside),
                (
                    "bytes",
                    written.Values.Sum(page => (long)Encoding.UTF8.GetByteCount(page))
                        + others.Values.Sum(file => (long)file.Length)
                ),
            ],
        };

        void Add(Page page)
        {
            if (!pages.TryAdd(page.Address, page))
                faults.Add($"two pages are {page.Address}");
        }

        Page Named(string name) =>
            pages[name.EndsWith(".md", StringComparison.Ordinal) ? SiteMap.AddressOf(name) : name];
    }

    // What GuideTests and the tests of single guides do with them.
    private static IEnumerable<(string, long)> Snippets(string repository, IEnumerable<string> files)
    {
        GuideBlock[] all =
        [
            .. files
                .Where(file => file.StartsWith("docs/", StringComparison.Ordinal))
                .SelectMany(file => Guide.Read(file, File.ReadAllLines(Path.Combine(repository, file))))
                .Where(block => !block.IsHidden && Runnable.Contains(block.Language)),
        ];
        GuideBlock[] run = [.. all.Where(block => block.NotRun is null)];
        yield return ("snippets in the guides", all.Length);
        yield return ("  commands that are run", run.Count(block => block.Language is "sh" or "console"));
        yield return (
            "  programs that are compiled and run",
            run.Count(block => block is { Language: "csharp", Compiled: null })
        );
        yield return (
            "  programs that are compiled",
            run.Count(block => block.Compiled is not null || block.Language == "js")
        );
        yield return ("  documents that are read", run.Count(block => block.Language == "json"));
        yield return ("  not run, each with the reason", all.Length - run.Length);
    }

    private static IEnumerable<string> MarkdownIn(string repository, string folder) =>
        Directory
            .GetFiles(Path.Combine(repository, folder), "*.md")
            .Select(file => $"{folder}/{Path.GetFileName(file)}")
            .Order(StringComparer.Ordinal);

    private static byte[] Embedded(string name)
    {
        using Stream stream = typeof(SiteBuilder).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
