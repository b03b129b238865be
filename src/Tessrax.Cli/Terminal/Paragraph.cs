namespace Tessrax.Cli.Terminal;

/// <summary>A text that wraps, with something before each of its lines.</summary>
/// <param name="parts">The text.</param>
/// <param name="before">What stands before its first line.</param>
/// <param name="below">What stands before the others, as wide or wider; spaces if null.</param>
/// <param name="tone">How that is meant.</param>
internal sealed class Paragraph(
    IReadOnlyList<Cell> parts,
    string before = "",
    string? below = null,
    Tone tone = Tone.Dim
) : IBlock
{
    /// <summary>How far the lines below the first are set in where they belong to it.</summary>
    public const string Hanging = "  ";

    private const int LeastText = 8;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal)
    {
        int margin = TextWidth.Of(before);
        Cell first = new(before, tone);
        Cell rest = new(below ?? new string(' ', margin), tone);
        List<TextLine> lines = Wrapping.Wrap(
            parts,
            Math.Max(width - margin, LeastText),
            Math.Max(width - TextWidth.Of(rest.Text), LeastText)
        );
        for (int i = 0; i < lines.Count; i++)
        {
            Cell beginning = i == 0 ? first : rest;
            yield return beginning.Text.Length == 0 ? lines[i] : new TextLine([beginning, .. lines[i].Parts]);
        }
    }
}
