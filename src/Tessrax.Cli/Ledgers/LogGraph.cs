using System.Text;
using Tessrax.Cli.Terminal;
using Tessrax.Ledger;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a graph is drawn with.</summary>
/// <param name="Entry">An entry of a story.</param>
/// <param name="Origin">The first entry of one.</param>
/// <param name="Alone">An entry that belongs to no other.</param>
/// <param name="Line">A story that goes on.</param>
/// <param name="Many">Several that have no column of their own.</param>
/// <param name="Branch">Where lines meet.</param>
/// <param name="Across">On the way there.</param>
/// <param name="Meet">A line that goes there, before the last.</param>
/// <param name="Last">The last line that does.</param>
/// <param name="Rule">Between epochs.</param>
internal sealed record GraphMarks(
    char Entry,
    char Origin,
    char Alone,
    char Line,
    char Many,
    char Branch,
    char Across,
    char Meet,
    char Last,
    char Rule
)
{
    public static GraphMarks Unicode { get; } = new('●', '◉', '○', '│', '┊', '├', '─', '┴', '┘', '─');

    public static GraphMarks Ascii { get; } = new('*', '@', 'o', '|', ':', '|', '_', '/', '/', '-');
}

/// <summary>A row of the list beside a graph.</summary>
/// <param name="Receipt">The entry.</param>
/// <param name="Text">What is told of it.</param>
/// <param name="Rule">What stands below it; null for nothing.</param>
internal sealed record GraphRow(Receipt Receipt, IReadOnlyList<Cell> Text, Cell? Rule);

/// <summary>Entries, the newest first, beside lines that show which of them belong together.</summary>
/// <param name="rows">The entries.</param>
/// <param name="marks">What to draw with.</param>
/// <param name="isShort">Whether each gets a line, cut to the terminal.</param>
internal sealed class LogGraph(IEnumerable<GraphRow> rows, GraphMarks marks, bool isShort) : IBlock
{
    private const int MostColumns = 16;
    private const int LeastText = 12;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal)
    {
        var lanes = new StoryLanes();
        // The lines take at most half of what the text can spare.
        var pen = new Pen(marks, Math.Clamp((width - LeastText) / 4, 2, MostColumns));
        foreach (GraphRow row in rows)
        {
            StoryPlace place = lanes.Add(StoryLinks.Of(row.Receipt));
            if (place.Joins.Count > 0)
                yield return new TextLine([new Cell(pen.Joins(place), Tone.Dim)]);
            foreach (TextLine line in Lay(pen.Entry(place), pen.Lines(place.Below), row.Text, width, isTerminal))
                yield return line;
            if (row.Rule is not { } rule)
                continue;
            string beside = pen.Lines(place.Below);
            foreach (TextLine line in Lay(beside, beside, [rule], width, isTerminal))
                yield return line;
        }
    }

    private IEnumerable<TextLine> Lay(string first, string rest, IReadOnlyList<Cell> text, int width, bool isTerminal)
    {
        int margin = Math.Max(first.Length, rest.Length);
        var block = new Paragraph(text, first.PadRight(margin), rest.PadRight(margin), Tone.Dim);
        return isShort && isTerminal
            ? [Wrapping.Cut(new TextLine([new Cell(first.PadRight(margin), Tone.Dim), .. text]), width)]
            : block.Lay(width, isTerminal);
    }

    /// <summary>Draws what stands before a line of text. Lines beyond the last column share it.</summary>
    private sealed class Pen(GraphMarks marks, int columns)
    {
        /// <summary>Before an entry.</summary>
        public string Entry(StoryPlace place)
        {
            char[] drawn = Draw(Passing(place));
            int at = Math.Min(place.Column, columns - 1);
            if (drawn.Length <= 2 * at)
                Array.Resize(ref drawn, (2 * at) + 2);
            drawn[2 * at] =
                place.IsAlone ? marks.Alone
                : StoryPlace.IsOn(place.Below, place.Column) ? marks.Entry
                : marks.Origin;
            return Text(drawn);
        }

        /// <summary>Before what comes between two entries.</summary>
        public string Lines(bool[] lines) => Text(Draw(lines));

        /// <summary>The line above an entry that several lines meet in.</summary>
        public string Joins(StoryPlace place)
        {
            char[] drawn = Draw(place.Above);
            int first = Math.Min(place.Column, columns - 1);
            int last = Math.Min(place.Joins[^1], columns - 1);
            if (first == last)
                return Text(drawn);
            drawn[2 * first] = marks.Branch;
            for (int at = (2 * first) + 1; at < 2 * last; at++)
            {
                if (at % 2 != 0 || drawn[at] is '\0')
                    drawn[at] = marks.Across;
            }
            foreach (int join in place.Joins)
            {
                int at = Math.Min(join, columns - 1);
                drawn[2 * at] = at == last ? marks.Last : marks.Meet;
            }
            return Text(drawn);
        }

        // The lines that meet in it are gone where it stands.
        private static bool[] Passing(StoryPlace place) =>
            [.. place.Above.Select((runs, column) => runs && !place.Joins.Contains(column))];

        private char[] Draw(bool[] lines)
        {
            int last = Array.FindLastIndex(lines, static runs => runs);
            var drawn = new char[2 * Math.Min(last + 1, columns)];
            for (int column = 0; column <= last; column++)
            {
                int at = Math.Min(column, columns - 1);
                if (lines[column])
                    drawn[2 * at] = column > at ? marks.Many : marks.Line;
            }
            return drawn;
        }

        private static string Text(char[] drawn) => new StringBuilder().Append(drawn).Replace('\0', ' ').ToString();
    }
}
