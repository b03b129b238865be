namespace Tessrax.Cli.Terminal;

/// <summary>A node of a tree that is shown.</summary>
internal sealed class Branch(params Cell[] label)
{
    private readonly List<Branch> children = [];

    public IReadOnlyList<Cell> Label => label;

    public IReadOnlyList<Branch> Children => children;

    /// <summary>Adds a node below this one.</summary>
    /// <returns>The new node.</returns>
    public Branch Add(params Cell[] below)
    {
        var child = new Branch(below);
        children.Add(child);
        return child;
    }
}

/// <summary>A tree with its guides.</summary>
internal sealed class Branches(Branch root) : IBlock
{
    private const int Narrow = 40;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal) => Lay(root, "", "", width, isTerminal);

    private static IEnumerable<TextLine> Lay(Branch node, string before, string below, int width, bool isTerminal)
    {
        (string more, string pass, string last, string none) =
            width < Narrow ? ("├ ", "│ ", "└ ", "  ") : ("├── ", "│   ", "└── ", "    ");
        foreach (TextLine line in new Paragraph(node.Label, before, below).Lay(width, isTerminal))
            yield return line;
        for (int i = 0; i < node.Children.Count; i++)
        {
            bool isLast = i == node.Children.Count - 1;
            IEnumerable<TextLine> lines = Lay(
                node.Children[i],
                below + (isLast ? last : more),
                below + (isLast ? none : pass),
                width,
                isTerminal
            );
            foreach (TextLine line in lines)
                yield return line;
        }
    }
}
