using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Tessrax.Docs;

/// <summary>Markdown files of the repository as pages. Links between them become links between pages; files that they refer to come along.</summary>
/// <param name="repository">The repository's folder.</param>
/// <param name="files">All Markdown files of the site.</param>
internal sealed class MarkdownPages(string repository, IReadOnlySet<string> files)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .Build();

    private readonly SortedSet<string> faults = new(StringComparer.Ordinal);

    /// <summary>Files that pages refer to, by their address in the site.</summary>
    public SortedDictionary<string, string> Copies { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with what was read, in words.</summary>
    public IReadOnlyCollection<string> Faults => faults;

    /// <summary>The page of a file.</summary>
    public Page Read(string file)
    {
        MarkdownDocument document = Markdown.Parse(File.ReadAllText(Path.Combine(repository, file)), Pipeline);
        string address = SiteMap.AddressOf(file);
        // Comments tell the tests how to run a page; nobody reads them.
        foreach (HtmlBlock comment in document.Descendants<HtmlBlock>().ToArray())
            comment.Parent!.Remove(comment);
        foreach (LinkInline link in document.Descendants<LinkInline>())
            Turn(link, file, address);
        HeadingBlock[] headings = [.. document.Descendants<HeadingBlock>()];
        if (headings is not [{ Level: 1 }, ..] || headings.Count(heading => heading.Level == 1) > 1)
            faults.Add($"{file} does not begin with its one title");
        return new Page(address, headings.Length > 0 ? TextOf(headings[0]) : file, Render(document))
        {
            Lead = document.OfType<ParagraphBlock>().Select(TextOf).FirstOrDefault() ?? "",
            Headings =
            [
                .. headings
                    .Where(heading => heading.Level is 2 or 3)
                    .Select(heading => new Heading(heading.Level, heading.GetAttributes().Id ?? "", TextOf(heading))),
            ],
            Passages = [.. PassagesOf(document)],
        };
    }

    private static string Render(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new AnchoredHeadings());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new PlainCode());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new WideTables());
        renderer.Render(document);
        // What heads a column without a name is no heading.
        return writer.ToString().Replace("<th></th>", "<td></td>", StringComparison.Ordinal);
    }

    // A link to a file becomes one to its page, one to a file that is no page takes that file along, and one to a folder leads nowhere that a reader of the site could go.
    private void Turn(LinkInline link, string file, string address)
    {
        string url = link.Url ?? "";
        if (url.Length == 0 || url.StartsWith('#') || url.Contains("://", StringComparison.Ordinal))
            return;
        string[] parts = url.Split('#', 2);
        string? target = Html.Resolve(file, parts[0]);
        string full = Path.Combine(repository, target ?? "..");
        // A page that is made has no file; whether it is there is found out when all are.
        if (
            target?.StartsWith("docs/", StringComparison.Ordinal) == true
            && target.EndsWith(".html", StringComparison.Ordinal)
        )
            return;
        if (target is null || !Path.Exists(full))
        {
            faults.Add($"{file} links to {url}, which is not there");
            return;
        }
        if (files.Contains(target))
            link.Url = Html.Relative(address, SiteMap.AddressOf(target)) + (parts.Length > 1 ? $"#{parts[1]}" : "");
        else if (files.Contains($"{target}/README.md"))
            link.Url = Html.Relative(address, SiteMap.AddressOf($"{target}/README.md"));
        else if (target == "spec/schema")
            link.Url = Html.Relative(address, SchemaPages.Index);
        else if (Directory.Exists(full))
            Unlink(link, target);
        else
        {
            string place = target.StartsWith("docs/", StringComparison.Ordinal) ? target["docs/".Length..] : target;
            Copies[place] = full;
            link.Url = Html.Relative(address, place);
        }
    }

    private static void Unlink(LinkInline link, string target)
    {
        link.Url = null;
        var shown = new HtmlInline(
            $"<span class=\"repo\" title=\"in the repository: {Html.Text(target)}\">{Html.Text(TextOf(link))}</span>"
        );
        link.ReplaceBy(shown, copyChildren: false);
    }

    private static IEnumerable<Passage> PassagesOf(MarkdownDocument document)
    {
        (string id, string title) = ("", "");
        var text = new StringBuilder();
        foreach (Block block in document)
        {
            if (block is HeadingBlock heading)
            {
                if (title.Length > 0)
                    yield return new Passage(id, title, text.ToString().Trim());
                (id, title) = (heading.Level == 1 ? "" : heading.GetAttributes().Id ?? "", TextOf(heading));
                text.Clear();
            }
            else
                text.Append(TextOf(block)).Append(' ');
        }
        if (title.Length > 0)
            yield return new Passage(id, title, text.ToString().Trim());
    }

    private static string TextOf(MarkdownObject part)
    {
        var text = new StringBuilder();
        AppendText(text, part);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void AppendText(StringBuilder text, MarkdownObject part)
    {
        switch (part)
        {
            case ContainerBlock blocks:
                foreach (Block block in blocks)
                    AppendText(text, block);
                break;
            case CodeBlock code:
                text.Append(code.Lines.ToString()).Append(' ');
                break;
            case LeafBlock { Inline: { } inline }:
                AppendText(text, inline);
                text.Append(' ');
                break;
            case ContainerInline inlines:
                foreach (Inline inline in inlines)
                    AppendText(text, inline);
                break;
            case LiteralInline literal:
                text.Append(literal.Content.AsSpan());
                break;
            case CodeInline code:
                text.Append(code.Content);
                break;
            case HtmlEntityInline entity:
                text.Append(entity.Transcoded.AsSpan());
                break;
            case LineBreakInline:
                text.Append(' ');
                break;
        }
    }

    private sealed class AnchoredHeadings : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            string id = heading.GetAttributes().Id ?? "";
            renderer.Write($"<h{heading.Level} id=\"{Html.Text(id)}\">").WriteLeafInline(heading);
            if (heading.Level > 1)
                renderer.Write(
                    $" <a class=\"anchor\" href=\"#{Html.Text(id)}\" aria-hidden=\"true\" tabindex=\"-1\">#</a>"
                );
            renderer.WriteLine($"</h{heading.Level}>");
        }
    }

    private sealed class PlainCode : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block) =>
            renderer.Write(Html.Block(block.Lines.ToString(), (block as FencedCodeBlock)?.Info ?? ""));
    }

    private sealed class WideTables : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.WriteLine("<div class=\"table\" tabindex=\"0\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
