using System.CommandLine;

namespace Tessrax.Cli;

/// <summary>What the words of a command line are, as far as they go: verbs, options with their values, arguments.</summary>
/// <param name="Verb">The verb that they lead to.</param>
/// <param name="BehindVerb">How many words there are up to it, itself included.</param>
/// <param name="Pending">The option whose value would come next; null if none.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="OnlyArguments">Whether nothing but arguments may follow: <c>--</c> was among them.</param>
internal sealed record CommandWords(
    Command Verb,
    int BehindVerb,
    Option? Pending,
    IReadOnlyList<string> Arguments,
    bool OnlyArguments
)
{
    public static CommandWords Of(Command root, IEnumerable<string> words)
    {
        Command verb = root;
        int behindVerb = 0;
        Option? pending = null;
        var arguments = new List<string>();
        bool onlyArguments = false;
        foreach ((int i, string word) in words.Index())
        {
            if (pending is not null)
            {
                pending = null;
            }
            else if (onlyArguments)
            {
                arguments.Add(word);
            }
            else if (word == "--")
            {
                onlyArguments = true;
            }
            else if (word.StartsWith('-') && word.Length > 1)
            {
                pending = verb.AllOptions()
                    .FirstOrDefault(o => (o.Name == word || o.Aliases.Contains(word)) && TakesValue(o));
            }
            else if (verb.Subcommands.FirstOrDefault(c => c.Name == word) is { } deeper)
            {
                (verb, behindVerb) = (deeper, i + 1);
            }
            else
            {
                arguments.Add(word);
            }
        }
        return new CommandWords(verb, behindVerb, pending, arguments, onlyArguments);
    }

    private static bool TakesValue(Option option) =>
        option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
}
