using System.Text;
using Tessrax.Cli.Terminal;

namespace Tessrax.Cli.Ledgers;

/// <summary>Shows where a query is wrong.</summary>
/// <example><code>
///   event:x-a AND )
///                 ^
/// error TSX1018: column 15: ')' closes nothing
/// </code></example>
internal static class QueryFault
{
    private const string Margin = "  ";
    private const string Ellipsis = "…";

    /// <summary>The error, with its column; on a terminal the query is shown with a caret below that column.</summary>
    /// <param name="context">Where to show it.</param>
    /// <param name="query">The query as it was given.</param>
    /// <param name="error">An error with an offset in bytes.</param>
    public static TessraxException Point(CliContext context, string query, TessraxException error)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(query);
        string before = Sanitizer.Clean(Encoding.UTF8.GetString(utf8, 0, (int)error.Offset));
        string behind = Sanitizer.Clean(Encoding.UTF8.GetString(utf8.AsSpan((int)error.Offset)));
        // As people see it: what is escaped takes more columns than it has characters.
        int column = TextWidth.Of(before) + 1;
        if (context.Notices.IsTerminal && !context.Json)
            Draw(context.Notices, before, behind);
        return new TessraxException(error.Code, $"column {column}: {error.Message}", error.Hint)
        {
            Offset = error.Offset,
        };
    }

    // The end of what lies before and the beginning of what lies behind, where both do not fit.
    private static void Draw(TextOutput output, string before, string behind)
    {
        int room = Math.Max(output.Width, Page.LeastWidth) - Margin.Length - 1;
        string left = LastColumns(before, room * 2 / 3);
        string right = FirstColumns(behind, room - TextWidth.Of(left));
        output.Line(Tone.Plain, $"{Margin}{left}{right}");
        output.Line(Tone.Bad, $"{Margin}{new string(' ', TextWidth.Of(left))}^");
    }

    private static string LastColumns(string text, int most)
    {
        if (TextWidth.Of(text) <= most)
            return text;
        Rune[] runes = [.. text.EnumerateRunes()];
        int from = runes.Length;
        for (int columns = 1; from > 0 && columns + TextWidth.Of(runes[from - 1]) <= most; from--)
            columns += TextWidth.Of(runes[from - 1]);
        return Ellipsis + string.Concat(runes[from..]);
    }

    private static string FirstColumns(string text, int most)
    {
        if (TextWidth.Of(text) <= most)
            return text;
        Rune[] runes = [.. text.EnumerateRunes()];
        int to = 0;
        for (int columns = 1; to < runes.Length && columns + TextWidth.Of(runes[to]) <= most; to++)
            columns += TextWidth.Of(runes[to]);
        return string.Concat(runes[..to]) + Ellipsis;
    }
}
