namespace Tessrax.Docs;

/// <summary>The blocks of a Markdown file and what its comments say of running them: CONTRIBUTING.md tells how such a file is written.</summary>
internal static class Guide
{
    /// <summary>The languages that a block may be in.</summary>
    public static IReadOnlyList<string> Languages { get; } =
    ["sh", "csharp", "json", "js", "console", "text", "http", "yaml", "sql"];

    private const string Fence = "```";
    private const string Opening = "<!--";
    private const string Closing = "-->";

    /// <summary>The blocks, and what is to happen between them, in order.</summary>
    /// <param name="file">The file's name, for those who look for a line of it.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="FormatException">A block or a comment does not end, or a comment says nothing that is known.</exception>
    public static IEnumerable<GuideBlock> Read(string file, IReadOnlyList<string> lines)
    {
        var block = new GuideBlock(file, 0, "", "");
        for (int at = 0; at < lines.Count; at++)
        {
            string line = lines[at].Trim();
            if (line.StartsWith(Opening, StringComparison.Ordinal))
            {
                int end = End(at, each => each.EndsWith(Closing, StringComparison.Ordinal));
                string said = string.Join('\n', lines.Skip(at).Take(end - at + 1))
                    .Trim()[Opening.Length..^Closing.Length]
                    .Trim();
                GuideBlock? setup = Setup(said, at);
                if (setup is not null)
                    yield return setup;
                else
                    block = Told(block, said, at);
                at = end;
            }
            else if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                int end = End(at + 1, each => each.Trim() == Fence);
                int indent = lines[at].Length - lines[at].TrimStart().Length;
                yield return block with
                {
                    Line = at + 1,
                    Language = line[Fence.Length..],
                    Text = string.Join(
                        '\n',
                        lines
                            .Skip(at + 1)
                            .Take(end - at - 1)
                            .Select(each => each.Length >= indent ? each[indent..] : each)
                    ),
                };
                block = new GuideBlock(file, 0, "", "");
                at = end;
            }
        }

        int End(int from, Func<string, bool> isEnd)
        {
            for (int at = from; at < lines.Count; at++)
                if (isEnd(lines[at]))
                    return at;
            throw new FormatException($"{file}, line {from}: what begins here does not end");
        }

        GuideBlock? Setup(string said, int at)
        {
            string[] parts = said.Split('\n', 2);
            return parts[0] switch
            {
                "setup" => new GuideBlock(file, at + 1, "sh", parts[^1]) { IsHidden = true },
                "setup csharp" => new GuideBlock(file, at + 1, "csharp", parts[^1]) { IsHidden = true },
                _ => null,
            };
        }

        GuideBlock Told(GuideBlock before, string said, int at)
        {
            string[] parts = said.Split(": ", 2);
            return parts switch
            {
                ["not run", string why] => before with { NotRun = why },
                ["compiled", string why] => before with { Compiled = why },
                ["file", string name] => before with { SavedAs = name },
                ["fails", string code] => before with
                {
                    ExitCode = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture),
                },
                ["prints", string text] => before with { Prints = text },
                _ => throw new FormatException(
                    $"{file}, line {at + 1}: the comment '{said}' says nothing that is known"
                ),
            };
        }
    }
}

/// <summary>A block of a guide.</summary>
/// <param name="File">The guide.</param>
/// <param name="Line">The line that it begins at, from 1.</param>
/// <param name="Language">What it is written in.</param>
/// <param name="Text">What it says.</param>
internal sealed record GuideBlock(string File, int Line, string Language, string Text)
{
    /// <summary>Whether it stands in a comment: what a reader has at that point in any case.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Why it is not run; null if it is.</summary>
    public string? NotRun { get; init; }

    /// <summary>Why a program is compiled and not run; null if it is run.</summary>
    public string? Compiled { get; init; }

    /// <summary>The name of the file that it becomes; null for none.</summary>
    public string? SavedAs { get; init; }

    /// <summary>What its last command ends with.</summary>
    public int ExitCode { get; init; }

    /// <summary>What stands in what it prints; null for anything.</summary>
    public string? Prints { get; init; }

    /// <summary>Where it stands, for people.</summary>
    public string Place => $"{File}:{Line}";
}
