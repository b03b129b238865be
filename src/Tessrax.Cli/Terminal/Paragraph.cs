namespace Tessrax.Cli.Terminal;

/// <summary>A text that wraps, with something before each of its lines.</summary>
/// <param name="parts">The text.</param>
/// <param name="before">What stands before its first line.</param>
/// <param name="below">What stands before the others, as wide; spaces if null.</param>
/// <param name="tone">How that is meant.</param>
internal sealed class Paragraph(
    IReadOnlyList<Cell> parts,
    string before = "",
    string? below = null,
    Tone tone = Tone.Dim
) : IBlock
{
    private const int LeastText = 8;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal)
    {
        int margin = TextWidth.Of(before);
        Cell first = new(before, tone);
        Cell rest = new(below ?? new string(' ', margin), tone);
        List<TextLine> lines = Wrapping.Wrap(parts, Math.Max(width - margin, LeastText));
        for (int i = 0; i < lines.Count; i++)
            yield return margin == 0 ? lines[i] : new TextLine([i == 0 ? first : rest, .. lines[i].Parts]);
    }
}
