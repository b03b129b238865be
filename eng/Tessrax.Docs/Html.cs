using System.Net;

namespace Tessrax.Docs;

/// <summary>Text that becomes HTML, and addresses between pages.</summary>
internal static class Html
{
    /// <summary>Text that stands for itself.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Text in the type of code.</summary>
    public static string Code(string text) => $"<code>{Text(text)}</code>";

    /// <summary>A block of code.</summary>
    public static string Block(string text, string language = "") =>
        $"<pre class=\"code\"{(language.Length > 0 ? $" data-language=\"{Text(language)}\"" : "")} tabindex=\"0\"><code>{Text(text)}</code></pre>\n";

    /// <summary>A link.</summary>
    public static string Link(string address, string html) => $"<a href=\"{Text(address)}\">{html}</a>";

    /// <summary>A heading that can be linked to.</summary>
    public static string Heading(int level, string id, string html) =>
        $"<h{level} id=\"{Text(id)}\">{html} <a class=\"anchor\" href=\"#{Text(id)}\" aria-hidden=\"true\" tabindex=\"-1\">#</a></h{level}>\n";

    /// <summary>A table that scrolls by itself where it is too wide.</summary>
    public static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        var table = new StringBuilder("<div class=\"table\" tabindex=\"0\"><table><thead><tr>");
        foreach (string head in heads)
            table.Append(head.Length > 0 ? $"<th scope=\"col\">{Text(head)}</th>" : "<td></td>");
        table.Append("</tr></thead><tbody>\n");
        foreach (string[] row in rows)
        {
            table.Append("<tr>");
            foreach (string cell in row)
                table.Append("<td>").Append(cell).Append("</td>");
            table.Append("</tr>\n");
        }
        return table.Append("</tbody></table></div>\n").ToString();
    }

    /// <summary>An address seen from a page: <c>../errors.html</c> from <c>spec/ledger.html</c>.</summary>
    public static string Relative(string from, string to)
    {
        string[] source = from.Split('/')[..^1];
        string[] target = to.Split('/');
        int shared = 0;
        while (shared < source.Length && shared < target.Length - 1 && source[shared] == target[shared])
            shared++;
        return string.Concat(Enumerable.Repeat("../", source.Length - shared)) + string.Join('/', target[shared..]);
    }

    /// <summary>The address that a link leads to, from a page, without <c>.</c> and <c>..</c>; null if it leaves the site.</summary>
    public static string? Resolve(string from, string link)
    {
        var parts = new List<string>(from.Split('/')[..^1]);
        foreach (string part in link.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                    return null;
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
                parts.Add(part);
        }
        return string.Join('/', parts);
    }
}
