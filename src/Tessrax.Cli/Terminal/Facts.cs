namespace Tessrax.Cli.Terminal;

/// <summary>Names and what they are: beside each other, or below where there is no room.</summary>
/// <param name="facts">The names and their values.</param>
/// <param name="margin">What stands before each.</param>
/// <param name="tone">How the names are meant.</param>
internal sealed class Facts(IReadOnlyList<(string Name, Cell Value)> facts, string margin = "", Tone tone = Tone.Dim)
    : IBlock
{
    private const int LeastValue = 16;
    private const int Gap = 2;

    public IEnumerable<TextLine> Lay(int width, bool isTerminal)
    {
        int names = facts.Count == 0 ? 0 : facts.Max(fact => TextWidth.Of(Sanitizer.Clean(fact.Name)));
        int room = width - margin.Length - names - Gap;
        bool isBeside = room >= LeastValue;
        foreach ((string name, Cell value) in facts)
        {
            string clean = margin + Sanitizer.Clean(name);
            // An id that is whole on a line of its own is not broken beside its name.
            bool fits = isBeside && (Wrapping.LongestId(value.Text) is var id && (id <= room || id > width - Gap));
            if (!fits)
                yield return new TextLine([new Cell(clean, tone)]);
            string before = fits
                ? clean + new string(' ', margin.Length + names - TextWidth.Of(clean) + Gap)
                : margin + new string(' ', Gap);
            foreach (TextLine line in new Paragraph([value], before, tone: tone).Lay(width, isTerminal))
                yield return line;
        }
    }
}
