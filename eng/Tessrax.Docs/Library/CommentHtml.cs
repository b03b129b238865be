using System.Xml.Linq;

namespace Tessrax.Docs.Library;

/// <summary>Comments as HTML and as text.</summary>
/// <param name="addresses">Where what is described stands, by its name in comments: an address with <c>#</c>.</param>
internal sealed class CommentHtml(IReadOnlyDictionary<string, string> addresses)
{
    /// <summary>What an element says, as HTML for a page.</summary>
    public string Of(XElement? element, string page)
    {
        if (element is null)
            return "";
        var html = new StringBuilder();
        Append(html, element, page);
        return html.ToString().Trim();
    }

    /// <summary>What an element says, as text.</summary>
    public static string TextOf(XElement? element)
    {
        if (element is null)
            return "";
        var text = new StringBuilder();
        foreach (XNode node in element.DescendantNodes())
        {
            if (node is XText said)
                text.Append(said.Value);
            else if (node is XElement { IsEmpty: true } link)
                text.Append(Label(link));
        }
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private void Append(StringBuilder html, XElement element, string page)
    {
        foreach (XNode node in element.Nodes())
        {
            if (node is XText text)
                html.Append(Html.Text(text.Value));
            else if (node is XElement inner)
                AppendElement(html, inner, page);
        }
    }

    private void AppendElement(StringBuilder html, XElement element, string page)
    {
        string inner = Of(element, page);
        html.Append(
            element.Name.LocalName switch
            {
                "c" => $"<code>{inner}</code>",
                "code" => Html.Block(element.Value.Trim('\n', ' ')),
                "para" => $"<p>{inner}</p>",
                "see" or "seealso" => See(element, inner, page),
                "paramref" or "typeparamref" => Html.Code(element.Attribute("name")?.Value ?? ""),
                "list" => $"<ul>{inner}</ul>",
                "item" => $"<li>{inner}</li>",
                "term" => $"<strong>{inner}</strong> ",
                "b" => $"<strong>{inner}</strong>",
                "i" or "em" => $"<em>{inner}</em>",
                _ => inner,
            }
        );
    }

    private string See(XElement element, string inner, string page)
    {
        if (element.Attribute("href")?.Value is { } href)
            return Html.Link(href, inner.Length > 0 ? inner : Html.Text(href));
        string label = inner.Length > 0 ? inner : Html.Code(Label(element));
        return element.Attribute("cref")?.Value is { } cref && addresses.TryGetValue(cref, out string? address)
            ? Html.Link(Html.Relative(page, address), label)
            : label;
    }

    // "M:Tessrax.Ledger.Receipt.Parse(System.Byte[])" reads "Receipt.Parse", and a type by its name.
    private static string Label(XElement element)
    {
        if (element.Attribute("cref")?.Value is not { } cref)
            return (element.Attribute("langword") ?? element.Attribute("name"))?.Value ?? "";
        string[] names = cref[2..].Split('(')[0].Split('.');
        string[] shown = cref[0] == 'T' ? names[^1..] : names[Math.Max(0, names.Length - 2)..];
        return string.Join('.', shown.Where(name => name != "#ctor").Select(name => name.Split('`')[0]));
    }
}
