using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;

namespace Tessrax.Cli;

/// <summary>What could stand where the cursor is; the shells' scripts ask for it by <c>tessraxctl __complete WORD...</c>.</summary>
/// <remarks>The last word is the one being typed, perhaps empty. One candidate a line; no line means: complete file names.</remarks>
internal static class Completion
{
    public const string Verb = "__complete";

    public static int Answer(Command root, IReadOnlyList<string> words, CliContext context)
    {
        foreach (string candidate in Candidates(root, words))
            context.Raw(Encoding.UTF8.GetBytes(candidate + "\n"));
        return 0;
    }

    public static IEnumerable<string> Candidates(Command root, IReadOnlyList<string> words)
    {
        string current = words.Count > 0 ? words[^1] : "";
        Command verb = root;
        Option? pending = null;
        int arguments = 0;
        foreach (string word in words.SkipLast(1))
        {
            if (pending is not null)
                pending = null;
            else if (word.StartsWith('-') && word.Length > 1)
                pending = verb.AllOptions()
                    .FirstOrDefault(o => (o.Name == word || o.Aliases.Contains(word)) && TakesValue(o));
            else if (verb.Subcommands.FirstOrDefault(c => c.Name == word) is { } deeper)
                verb = deeper;
            else
                arguments++;
        }
        IEnumerable<string> all =
            pending is not null ? Values(pending)
            : current.StartsWith('-') ? verb.AllOptions().Where(o => !o.Hidden).Select(o => o.Name)
            : verb.Subcommands.Any() ? verb.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)
            : verb.Arguments.ElementAtOrDefault(arguments) is { } argument ? Values(argument)
            : [];
        return all.Where(c => c.StartsWith(current, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Values(Symbol symbol) =>
        symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label);

    private static bool TakesValue(Option option) =>
        option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
}
