namespace Tessrax.Cli.Terminal;

/// <summary>Rows in columns: wrapped on a terminal, a card a row where they do not fit, and plain in a pipe.</summary>
/// <remarks>Ids are never broken over lines in a column: people copy them. The first thousand rows give the widths; the others are laid out as they come, so a list of any length takes no memory.</remarks>
/// <param name="columns">The heads of the columns.</param>
/// <param name="rows">The rows.</param>
/// <param name="above">What these rows go on from, laid out before: they have its columns, and no heads. Null if they begin.</param>
internal sealed class Grid(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Cell>> rows, Grid? above = null)
    : IBlock
{
    private const int Measured = 1000;
    private const int LeastColumn = 12;

    // Text of more lines is hard to read in a column narrower than that.
    private const int MostLines = 3;
    private const int GoodColumn = 24;

    // In a pipe nothing limits a column: one long text is not to make every row as long.
    private const int MostPadding = 256;
    private const string Gap = "  ";

    private int[]? laid;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal)
    {
        using IEnumerator<IReadOnlyList<Cell>> rest = rows.GetEnumerator();
        var first = new List<IReadOnlyList<Cell>>();
        while (first.Count < Measured && rest.MoveNext())
            first.Add(rest.Current);
        IEnumerable<IReadOnlyList<Cell>> all = first.Concat(Remaining(rest));
        IEnumerable<TextLine> lines = FitWidths(first, width) is { } widths
            ? LayGrid(all, widths, width, isTerminal)
            : all.SelectMany((row, i) => LayCard(row, above is null ? i : i + 1, width, isTerminal));
        foreach (TextLine line in lines)
            yield return line;
    }

    private static IEnumerable<IReadOnlyList<Cell>> Remaining(IEnumerator<IReadOnlyList<Cell>> rest)
    {
        while (rest.MoveNext())
            yield return rest.Current;
    }

    // Null if the columns cannot be made narrow enough.
    private int[]? FitWidths(List<IReadOnlyList<Cell>> measured, int width)
    {
        int[] widths = [.. columns.Select((name, i) => Most(measured, i, WidthOf, above?.laid?[i] ?? WidthOf(name)))];
        if (width == CliContext.UnlimitedWidth)
            return [.. widths.Select(column => Math.Min(column, MostPadding))];
        int room = width - (Gap.Length * (columns.Count - 1));
        if (widths.Sum() <= room)
            return widths;
        int[] least =
        [
            .. columns.Select(
                (name, i) =>
                    Most(measured, i, Wrapping.LongestId, Math.Min(widths[i], Math.Max(LeastColumn, WidthOf(name))))
            ),
        ];
        if (least.Sum() > room)
            return null;
        int[] wanted = [.. widths];
        for (int over = widths.Sum() - room; over > 0; over--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]))
                    widest = i;
            }
            widths[widest]--;
        }
        bool isReadable = widths.Zip(wanted, (has, whole) => has >= GoodColumn || whole <= has * MostLines).All(x => x);
        return isReadable || above is not null ? widths : null;
    }

    private static int Most(List<IReadOnlyList<Cell>> rows, int column, Func<string, int> measure, int least) =>
        rows.Aggregate(least, (most, row) => Math.Max(most, measure(row[column].Text)));

    private static int WidthOf(string text) => TextWidth.Of(Sanitizer.Clean(text));

    private IEnumerable<TextLine> LayGrid(
        IEnumerable<IReadOnlyList<Cell>> all,
        int[] widths,
        int width,
        bool isTerminal
    )
    {
        laid = widths;
        IEnumerable<TextLine> heads = LayRow(
            [.. columns.Select(name => new Cell(name, Tone.Strong))],
            widths,
            isTerminal
        );
        foreach (TextLine line in above is null ? heads : [])
            yield return line;
        if (isTerminal && above is null)
            yield return new TextLine([new Cell(string.Join(Gap, widths.Select(w => new string('─', w))), Tone.Dim)]);
        foreach (IReadOnlyList<Cell> row in all)
        {
            laid = widths = Grown(row, widths, width);
            foreach (TextLine line in LayRow(row, widths, isTerminal))
                yield return line;
        }
    }

    // A later row may need more than those that were measured, such as an index of one digit more: it gets it while there is room.
    private static int[] Grown(IReadOnlyList<Cell> row, int[] widths, int width)
    {
        int most = width == CliContext.UnlimitedWidth ? MostPadding : width;
        int[] needed = [.. row.Select((cell, i) => Math.Max(widths[i], Math.Min(WidthOf(cell.Text), most)))];
        return needed.Sum() + (Gap.Length * (widths.Length - 1)) <= width ? needed : widths;
    }

    private static IEnumerable<TextLine> LayRow(IReadOnlyList<Cell> row, int[] widths, bool isTerminal)
    {
        // In a pipe a row is a line, whatever comes after the rows that were measured.
        List<TextLine>[] cells =
        [
            .. row.Select((cell, i) => Wrapping.Wrap([cell], isTerminal ? widths[i] : CliContext.UnlimitedWidth)),
        ];
        int height = cells.Max(lines => lines.Count);
        for (int y = 0; y < height; y++)
        {
            var parts = new List<Cell>();
            int missing = 0;
            for (int x = 0; x < cells.Length; x++)
            {
                TextLine text = y < cells[x].Count ? cells[x][y] : TextLine.Empty;
                if (text.Parts.Count > 0)
                {
                    if (missing > 0)
                        parts.Add(new string(' ', missing));
                    parts.AddRange(text.Parts);
                    missing = 0;
                }
                missing += Math.Max(0, widths[x] - text.Width) + Gap.Length;
            }
            yield return new TextLine(parts);
        }
    }

    private IEnumerable<TextLine> LayCard(IReadOnlyList<Cell> row, int number, int width, bool isTerminal)
    {
        if (number > 0)
            yield return TextLine.Empty;
        var facts = new Facts([.. row.Select((cell, i) => (columns[i], cell))]);
        foreach (TextLine line in facts.Lay(width, isTerminal))
            yield return line;
    }
}
