using System.CommandLine;
using System.Text.RegularExpressions;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli;

/// <summary>Hints propose commands for <c>DIR</c>: where it is sure which ledger is meant, the command names it, so that it can be run as it stands.</summary>
internal static partial class HintText
{
    private static readonly string[] UrlVerbs = LedgerArgument.UrlVerbs.Split(", ");

    // They are about two ledgers, or about one that is not trusted yet.
    private static readonly string[] Others = ["diff", "move", "rollover", "verify"];

    // Here DIR is another ledger than the one at hand: one that is trusted, or is yet to be made.
    private static readonly string[] OfOthers = ["trust export", "init"];

    /// <summary>The ledger that a command line is about: a directory that is there, or a URL, as it was typed; null if it is about none, or about several.</summary>
    public static string? LedgerOf(ParseResult parsed) =>
        parsed.CommandResult.Command is var verb
        && verb.Arguments.OfType<LedgerArgument>().FirstOrDefault() is { } ledger
        && !Others.Contains(verb.Name)
        && parsed.GetResult(ledger) is { Tokens: [{ Value: { } given }, ..] }
        && (TileSource.IsUrl(given) || Directory.Exists(given))
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
                        IsAbout(match.Groups["verb"].Value, ledger)
                            ? $"tessraxctl {match.Groups["verb"].Value} {ShellText.Word(ledger)}"
                            : match.Value
                );

    private static bool IsAbout(string verb, string ledger) =>
        !OfOthers.Contains(verb) && (!TileSource.IsUrl(ledger) || UrlVerbs.Any(known => IsOf(verb, known)));

    // "tx" stands for all verbs of its group.
    private static bool IsOf(string verb, string known) =>
        verb == known || verb.StartsWith($"{known} ", StringComparison.Ordinal);

    // tessraxctl policy history DIR
    [GeneratedRegex(@"tessraxctl (?<verb>[a-z-]+( [a-z-]+)?) DIR\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Command();
}
