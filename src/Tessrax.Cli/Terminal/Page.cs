namespace Tessrax.Cli.Terminal;

/// <summary>Part of a page that knows how it looks in any width.</summary>
internal interface IBlock
{
    /// <summary>Its lines, each of at most so many columns.</summary>
    /// <param name="width">The columns; <see cref="CliContext.UnlimitedWidth"/> in a pipe.</param>
    /// <param name="isTerminal">Whether a person looks at it, or a program may read it: then it looks the same everywhere.</param>
    IEnumerable<TextLine> Lay(int width, bool isTerminal);
}

/// <summary>What a verb has to show to people: blocks one below the other. Printed by <see cref="CliContext.Print"/>.</summary>
/// <remarks>Texts may come from strangers: they are cleaned when they are laid out (<see cref="Sanitizer"/>), so a line feed in one begins no line.</remarks>
internal sealed class Page
{
    /// <summary>Narrower terminals are taken for one of this width.</summary>
    public const int LeastWidth = 20;

    private readonly List<IBlock> blocks = [];

    /// <summary>An empty line.</summary>
    public Page Blank() => Add(new Paragraph([]));

    /// <summary>A line of text, wrapped where it is too long, and set in from its second line on: nothing that it quotes begins a line.</summary>
    public Page Line(string text) => Line(new Cell(text));

    /// <inheritdoc cref="Line(string)"/>
    public Page Line(Tone tone, string text) => Line(new Cell(text, tone));

    /// <inheritdoc cref="Line(string)"/>
    public Page Line(params Cell[] parts) => Add(new Paragraph(parts, below: Paragraph.Hanging, tone: Tone.Plain));

    /// <summary>A line that belongs to the one above it.</summary>
    public Page Indented(params Cell[] parts) => Add(new Paragraph(parts, "  "));

    /// <summary>A command to go on with, set in: left whole, so that it can be copied.</summary>
    public Page Command(string text) => Add(new Whole(new TextLine(["  ", text])));

    /// <summary>What begins a part of the page, after an empty line unless it is the first.</summary>
    public Page Heading(string text)
    {
        if (blocks.Count > 0)
            Blank();
        return Line(Tone.Strong, text);
    }

    /// <summary>Rows in columns.</summary>
    public Page Grid(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Cell>> rows) =>
        Add(new Grid(columns, rows));

    /// <summary>Names and what they are, one a line.</summary>
    public Page Facts(params (string Name, Cell Value)[] facts) => Add(new Facts(facts));

    /// <summary>The same, set in, with names as they are.</summary>
    public Page Definitions(IReadOnlyList<(string Name, Cell Value)> facts) => Add(new Facts(facts, "  ", Tone.Plain));

    /// <summary>A JSON value set out.</summary>
    public Page Json(Canonical.JsonValue value) => Add(new JsonBlock(value));

    /// <summary>A tree.</summary>
    public Page Tree(Branch root) => Add(new Branches(root));

    public Page Add(IBlock block)
    {
        blocks.Add(block);
        return this;
    }

    /// <summary>The lines of the page, made as they are asked for.</summary>
    public IEnumerable<TextLine> Lay(int width, bool isTerminal) =>
        blocks.SelectMany(block => block.Lay(Math.Max(width, LeastWidth), isTerminal));

    private sealed class Whole(TextLine line) : IBlock
    {
        public IEnumerable<TextLine> Lay(int width, bool isTerminal) => [line];
    }
}
