using System.Text.Json;

namespace Tessrax.Docs;

/// <summary>What stands in the navigation, from <c>docs/site.json</c>: sections with the files of their pages, in order.</summary>
/// <param name="Sections">The sections.</param>
internal sealed record SiteMap(IReadOnlyList<MapSection> Sections)
{
    /// <summary>The file that says it.</summary>
    public const string File = "docs/site.json";

    /// <summary>All Markdown files of the site, each once.</summary>
    public IEnumerable<string> Files =>
        Sections.SelectMany(section => section.Pages).Where(page => page.EndsWith(".md", StringComparison.Ordinal));

    /// <exception cref="JsonException">The file is not one.</exception>
    public static SiteMap Read(string repository)
    {
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(repository, File)));
        return new SiteMap([
            .. document
                .RootElement.GetProperty("sections")
                .EnumerateArray()
                .Select(section => new MapSection(
                    section.GetProperty("title").GetString()!,
                    [.. section.GetProperty("pages").EnumerateArray().Select(page => page.GetString()!)]
                )),
        ]);
    }

    /// <summary>The same with all of some files: those that no section names stand in one at the end.</summary>
    public SiteMap With(IReadOnlyList<string> files)
    {
        string[] others = [.. files.Except(Files)];
        return others.Length > 0 ? new SiteMap([.. Sections, new MapSection("More", others)]) : this;
    }

    /// <summary>Where a Markdown file of the repository lies in the site: those of <c>docs</c> at its top, others in the folder that they have here.</summary>
    public static string AddressOf(string file)
    {
        string name =
            file.StartsWith("docs/", StringComparison.Ordinal) ? file["docs/".Length..]
            : file.Contains('/', StringComparison.Ordinal) ? file
            : $"project/{file.ToLowerInvariant()}";
        string folder = name[..(name.LastIndexOf('/') + 1)];
        string last = name[folder.Length..^".md".Length];
        return folder + (last is "README" ? "overview" : last) + ".html";
    }
}

/// <summary>A section of the navigation.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Pages">Files of Markdown, or addresses of pages that are made.</param>
internal sealed record MapSection(string Title, IReadOnlyList<string> Pages);
