using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tessrax.Cli;

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static class UsageErrors
{
    public static TessraxException Describe(ParseResult parsed)
    {
        Command verb = parsed.CommandResult.Command;
        string path = verb.Path();
        string help = $"see {path} --help";
        if (parsed.UnmatchedTokens is [string stray, ..])
        {
            string kind =
                stray.StartsWith('-') ? "option"
                : verb.Subcommands.Any() ? "verb"
                : "argument";
            string? meant = kind == "argument" ? null : Nearest(stray, Names(verb, kind));
            string hint = meant is null ? help : $"did you mean {meant}? {help}";
            return ErrorCodes.BadUsage.Because($"{kind} '{stray}' is not known to {path}", hint);
        }
        if (verb.Subcommands.Any(c => !c.Hidden) && verb.Action is null)
            return ErrorCodes.BadUsage.Because($"{path} needs a verb: {string.Join(", ", Names(verb, "verb"))}", help);
        return ErrorCodes.BadUsage.Because(Sentence(parsed.Errors[0]), help);
    }

    private static IEnumerable<string> Names(Command verb, string kind)
    {
        if (kind == "verb")
            return verb.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        return verb.AllOptions().Where(o => !o.Hidden).Select(o => o.Name);
    }

    private static string Sentence(ParseError error)
    {
        if (error.SymbolResult is OptionResult { Option: { } option, Tokens: [Token value, ..] } && IsNumber(option))
            return $"{option.Name} needs a whole number, not '{value.Value}'";
        string message = string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
    }

    private static bool IsNumber(Option option) =>
        option.ValueType == typeof(int) || option.ValueType == typeof(long) || option.ValueType == typeof(long?);

    private static string? Nearest(string word, IEnumerable<string> candidates)
    {
        (string Name, int Distance) best = candidates
            .Select(name => (Name: name, Distance: Distance(word, name)))
            .OrderBy(c => c.Distance)
            .FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, word.Length / 3) ? best.Name : null;
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
