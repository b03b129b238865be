using System.CommandLine;
using System.Text.RegularExpressions;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli;

/// <summary>Hints propose commands for <c>DIR</c>: where it is known which ledger is meant, the command names it, so that it can be run as it stands.</summary>
internal static partial class HintText
{
    private static readonly string[] UrlVerbs = LedgerArgument.UrlVerbs.Split(", ");

    /// <summary>The ledger that a command line is about: a directory or a URL, as it was typed; null if it is about none.</summary>
    public static string? LedgerOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments is [LedgerArgument ledger, ..]
        && parsed.GetResult(ledger) is { Tokens: [{ Value: { Length: > 0 } given }, ..] }
            ? given
            : null;

    /// <summary>A hint whose commands name a ledger. A command that takes no URL is left as it is where the ledger is one.</summary>
    /// <param name="hint">As the error has it.</param>
    /// <param name="ledger">The ledger; null to leave the hint alone.</param>
    public static string Naming(string hint, string? ledger) =>
        ledger is null
            ? hint
            : Command()
                .Replace(
                    hint,
                    match =>
                        TileSource.IsUrl(ledger) && !UrlVerbs.Any(verb => IsOf(match.Groups["verb"].Value, verb))
                            ? match.Value
                            : $"tessraxctl {match.Groups["verb"].Value} {ShellText.Word(ledger)}"
                );

    // "tx" stands for all verbs of its group.
    private static bool IsOf(string verb, string known) =>
        verb == known || verb.StartsWith($"{known} ", StringComparison.Ordinal);

    // tessraxctl policy history DIR
    [GeneratedRegex(@"tessraxctl (?<verb>[a-z-]+( [a-z-]+)?) DIR\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Command();
}
