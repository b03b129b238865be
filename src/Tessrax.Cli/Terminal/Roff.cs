using System.Text;

namespace Tessrax.Cli.Terminal;

/// <summary>A manual page in the macros of man(7), which groff and mandoc both read.</summary>
internal sealed class Roff
{
    private readonly StringBuilder page = new();

    /// <param name="name">The page's name.</param>
    /// <param name="source">Program and version.</param>
    public Roff(string name, string source) =>
        page.Append($".TH {Quoted(name.ToUpperInvariant())} 1 \"\" {Quoted(source)} \"Tessrax\"\n");

    public Roff Section(string title)
    {
        page.Append($".SH {Quoted(title)}\n");
        return this;
    }

    /// <summary>A paragraph.</summary>
    public Roff Text(string text)
    {
        page.Append($".PP\n{Escape(text)}\n");
        return this;
    }

    /// <summary>A line in bold.</summary>
    public Roff Bold(string text)
    {
        page.Append($"\\fB{Escape(text)}\\fR\n");
        return this;
    }

    /// <summary>Something and what it is.</summary>
    public Roff Item(string term, string text)
    {
        page.Append($".TP\n\\fB{Escape(term)}\\fR\n{Escape(text)}\n");
        return this;
    }

    /// <summary>Lines as they are.</summary>
    public Roff Verbatim(IEnumerable<string> lines)
    {
        page.Append(".PP\n.nf\n");
        foreach (string line in lines)
            page.Append($"{Escape(line)}\n");
        page.Append(".fi\n");
        return this;
    }

    public override string ToString() => page.ToString();

    /// <summary>Text that stands for itself: no escapes, no requests at the start of a line, and hyphens and quotes that can be copied into a shell.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        bool isStart = true;
        foreach (char c in text)
        {
            if (isStart && c is '.' or '\'')
                escaped.Append("\\&");
            escaped.Append(
                c switch
                {
                    '\\' => "\\e",
                    '-' => "\\-",
                    '\'' => "\\(aq",
                    '`' => "\\(ga",
                    '^' => "\\(ha",
                    '~' => "\\(ti",
                    _ => c.ToString(),
                }
            );
            isStart = c == '\n';
        }
        return escaped.ToString();
    }

    // Within quotes a quote is written twice.
    private static string Quoted(string text) => $"\"{Escape(text).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
