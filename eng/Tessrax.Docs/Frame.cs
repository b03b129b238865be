namespace Tessrax.Docs;

/// <summary>What stands around every page: where one is, what else there is, and the search.</summary>
/// <param name="sections">The navigation: sections with the pages in them.</param>
internal sealed class Frame(IReadOnlyList<(string Title, IReadOnlyList<Page> Pages)> sections)
{
    /// <summary>A page as it is written.</summary>
    public string Around(Page page)
    {
        string To(string address) => Html.Text(Html.Relative(page.Address, address));
        string name = page.Address == SiteBuilder.Home ? "Tessrax" : $"{page.Title} · Tessrax";
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="{Html.Text(Short(page.Lead))}">
            <title>{Html.Text(name)}</title>
            <link rel="stylesheet" href="{To("docs.css")}">
            <link rel="icon" type="image/svg+xml" href="{To("mark.svg")}">
            <script src="{To("docs.js")}" defer></script>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the page</a>
            <header class="top"><div><div class="bar">
            <a class="brand" href="{To(SiteBuilder.Home)}"><img src="{To(
                "mark.svg"
            )}" width="28" height="28" alt=""><span>Tessrax <span class="of">documentation</span></span></a>
            <a class="menu" href="#pages">All pages</a>
            <form class="find" role="search" data-root="{To("")}" data-index="{To(SearchIndex.Address)}" hidden>
            <label class="sr" for="q">Search the documentation</label>
            <input id="q" type="search" placeholder="Search ( / )" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
            <ol id="found" role="listbox" aria-label="What was found" hidden></ol>
            </form>
            </div></div></header>
            <div class="book">
            <main id="main" tabindex="-1">
            <article>
            {page.Html}</article>
            {Neighbours(page)}</main>
            <nav class="pages" id="pages" aria-label="Pages">
            {Navigation(page)}</nav>
            {Contents(page)}</div>
            </body>
            </html>

            """;
    }

    private string Navigation(Page page)
    {
        var list = new StringBuilder();
        string here = page.Under ?? page.Address;
        foreach ((string title, IReadOnlyList<Page> pages) in sections)
        {
            list.Append("<h2>").Append(Html.Text(title)).Append("</h2>\n<ul>\n");
            foreach (Page each in pages)
            {
                string current = each.Address == here ? " aria-current=\"page\"" : "";
                list.Append($"<li><a href=\"{Html.Text(Html.Relative(page.Address, each.Address))}\"{current}>")
                    .Append(Html.Text(each.Title))
                    .Append("</a></li>\n");
            }
            list.Append("</ul>\n");
        }
        return list.ToString();
    }

    private static string Contents(Page page)
    {
        if (page.Headings.Count < 2)
            return "";
        var list = new StringBuilder(
            "<nav class=\"contents\" aria-label=\"On this page\">\n<h2>On this page</h2>\n<ul>\n"
        );
        foreach (Heading heading in page.Headings)
            list.Append($"<li class=\"level-{heading.Level}\">")
                .Append(Html.Link($"#{heading.Id}", Html.Text(heading.Text)))
                .Append("</li>\n");
        return list.Append("</ul>\n</nav>\n").ToString();
    }

    // Whoever reads from the first page to the last goes by these.
    private string Neighbours(Page page)
    {
        Page[] all = [.. sections.SelectMany(section => section.Pages)];
        int at = Array.FindIndex(all, each => each.Address == page.Address);
        if (at < 0)
            return "";
        string before = at > 0 ? Neighbour(page, all[at - 1], "prev", "Before") : "<span></span>";
        string next = at + 1 < all.Length ? Neighbour(page, all[at + 1], "next", "Next") : "";
        return $"<nav class=\"neighbours\" aria-label=\"Before and after\">{before}{next}</nav>\n";
    }

    private static string Neighbour(Page from, Page to, string rel, string word) =>
        $"<a rel=\"{rel}\" href=\"{Html.Text(Html.Relative(from.Address, to.Address))}\"><small>{word}</small>{Html.Text(to.Title)}</a>";

    private static string Short(string text) =>
        text.Length <= 160 ? text : text[..(text.LastIndexOf(' ', 157) is > 0 and int at ? at : 157)] + "…";
}
