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
        foreach (string candidate in Candidates(root, words, context))
            context.Raw(Encoding.UTF8.GetBytes(candidate + "\n"));
        return 0;
    }

    public static IEnumerable<string> Candidates(Command root, IReadOnlyList<string> words, CliContext context)
    {
        string current = words.Count > 0 ? words[^1] : "";
        var before = CommandWords.Of(root, words.SkipLast(1).Select(word => AtHome(word, context)));
        (Command verb, Option? pending) = (before.Verb, before.Pending);
        List<string> arguments = [.. before.Arguments];
        string? ledger = arguments.FirstOrDefault(Directory.Exists) ?? context.Variable("TESSRAX_LEDGER");
        // Where the ledger's directory is left out, what follows it comes in its place.
        int place =
            verb.Arguments is [LedgerArgument, ..] && ledger is not null && !arguments.Exists(Directory.Exists)
                ? arguments.Count + 1
                : arguments.Count;
        IEnumerable<string> all =
            pending is not null ? Values(pending)
            : current.StartsWith('-') && !before.OnlyArguments
                ? verb.AllOptions().Where(o => !o.Hidden).Select(o => o.Name)
            : verb.Subcommands.Any() ? verb.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)
            : (verb.Arguments.ElementAtOrDefault(place) ?? Repeated(verb)) is { } argument ? Values(argument)
            : [];
        return all.Where(c => c.StartsWith(current, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        IEnumerable<string> Values(Symbol symbol) =>
            symbol
                .GetCompletions(CompletionContext.Empty)
                .Select(item => item.Label)
                .Concat(LedgerCompletion.Values(symbol, verb, current, ledger, context));
    }

    // The last argument, if any number of words may stand in its place.
    private static Argument? Repeated(Command verb) =>
        verb.Arguments.LastOrDefault() is { Arity.MaximumNumberOfValues: > 1 } last ? last : null;

    // Shells hand on what was typed.
    private static string AtHome(string word, CliContext context) =>
        word is "~" or ['~', '/', ..] && context.Variable("HOME") is { } home ? home + word[1..] : word;
}
