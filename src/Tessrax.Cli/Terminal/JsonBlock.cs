using Tessrax.Canonical;

namespace Tessrax.Cli.Terminal;

/// <summary>A JSON value set out for people: a member a line. Without colours it is JSON, and the same whatever the terminal.</summary>
internal sealed class JsonBlock(JsonValue value) : IBlock
{
    private const string Step = "  ";

    public IEnumerable<TextLine> Lay(int width, bool isTerminal) =>
        Lines(value, "", [], "").SelectMany(line => new Paragraph(line.Parts, line.Margin).Lay(width, isTerminal));

    private static IEnumerable<(string Margin, Cell[] Parts)> Lines(
        JsonValue value,
        string margin,
        Cell[] before,
        string after
    )
    {
        bool isObject = value.Kind == JsonKind.Object;
        int count = isObject ? value.Names.Length : value.Items.Length;
        if (value.Kind is not (JsonKind.Object or JsonKind.Array) || count == 0)
        {
            yield return (margin, [.. before, Bare(value), after]);
            yield break;
        }
        yield return (margin, [.. before, isObject ? "{" : "["]);
        for (int i = 0; i < count; i++)
        {
            string comma = i < count - 1 ? "," : "";
            Cell[] name = isObject ? [new Cell(Quoted(value.Names[i]), Tone.Name), ": "] : [];
            foreach ((string, Cell[]) line in Lines(value.Items[i], margin + Step, name, comma))
                yield return line;
        }
        yield return (margin, [isObject ? "}" : "]", after]);
    }

    private static Cell Bare(JsonValue value) =>
        value.Kind == JsonKind.String ? Quoted(value.AsString())
        : value.Kind is JsonKind.Object ? "{}"
        : value.Kind is JsonKind.Array ? "[]"
        : new Cell(value.ToString(), Tone.Value);

    private static string Quoted(string text) => Sanitizer.CleanJson(JsonValue.String(text).ToString());
}
