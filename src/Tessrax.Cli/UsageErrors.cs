using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli;

/// <summary>What is wrong with a command line, and what was probably meant.</summary>
internal static partial class UsageErrors
{
    /// <summary>The error to report, or null if the command line can be run.</summary>
    public static TessraxException? Find(ParseResult parsed)
    {
        Command verb = parsed.CommandResult.Command;
        string path = verb.Path();
        string help = $"see {path} --help";
        if (Strays(parsed).FirstOrDefault() is { } stray)
        {
            string kind =
                stray.StartsWith('-') ? "option"
                : verb.Subcommands.Any() ? "verb"
                : "argument";
            string? meant = kind == "argument" ? null : Spelling.Nearest(stray, Names(verb, kind));
            bool isQuery = kind == "option" && verb.Arguments.Any(argument => argument.Name == "QUERY");
            if (isQuery)
                help = $"write NOT for a word that is not wanted, or -- before the query; {help}";
            if (kind == "verb" && PlacesBehind(verb, stray) is { } places)
                return ErrorCodes.BadUsage.Because($"verb '{stray}' is not known to {path}", $"{places}; {help}");
            string hint = meant is null ? help : $"did you mean {meant}? {help}";
            return ErrorCodes.BadUsage.Because($"{kind} '{stray}' is not known to {path}", hint);
        }
        if (verb.Subcommands.Any(c => !c.Hidden) && verb.Action is null)
            return ErrorCodes.BadUsage.Because($"{path} needs a verb: {string.Join(", ", Names(verb, "verb"))}", help);
        if (parsed.Errors is [ParseError error, ..])
            return ErrorCodes.BadUsage.Because(Sentence(error), help);
        if (
            parsed.CommandResult.Children.Select(child => NoUrl(child, path)).FirstOrDefault(e => e is not null) is
            { } url
        )
            return url;
        return parsed.CommandResult.Children.Select(NameOfEmpty).FirstOrDefault(name => name is not null) is { } empty
            ? ErrorCodes.BadUsage.Because($"{empty} is empty: no file or directory has that name", help)
            : null;
    }

    // A ledger's directory where a verb should stand.
    private static string? PlacesBehind(Command verb, string stray)
    {
        if (!Directory.Exists(stray))
            return null;
        string[] lines =
        [
            .. verb
                .Subcommands.Where(c => !c.Hidden && c.Arguments is [LedgerArgument, ..])
                .Select(c => $"{c.Path()} {stray}"),
        ];
        return lines.Length == 0 ? null : $"a directory stands behind the verb: {string.Join(", ", lines)}";
    }

    // A server's address where a directory must stand, or one without http:// before it. Null if this is neither.
    private static TessraxException? NoUrl(SymbolResult result, string path)
    {
        if (result is not ArgumentResult { Argument: { } argument, Tokens: [{ Value: var given }, ..] })
            return null;
        var ledger = argument as LedgerArgument;
        string[] kinds = argument.Name.Split('|');
        bool isPlace = ledger is not null || kinds.Any(kind => kind is "DIR" or "PATH");
        bool isUrl = TileSource.IsUrl(given);
        bool takesUrls = ledger is { TakesUrls: true } or { TakesLogs: true } || kinds.Contains("URL");
        if (!isPlace || (isUrl && takesUrls) || Directory.Exists(given) || File.Exists(given))
            return null;
        if (isUrl)
            return ErrorCodes.BadUsage.Because(
                $"{path} reads a directory, and {given} is the URL of a server",
                $"run it where the ledger lies; a URL may stand in: {LedgerArgument.UrlVerbs}"
            );
        if (ledger?.TakesUrls != true || !HostAndPort().IsMatch(given))
            return null;
        return ErrorCodes.BadUsage.Because(
            $"there is no directory {given}",
            $"if a server is meant, write its URL: http://{given}"
        );
    }

    // 127.0.0.1:8420, [::1]:8420, ledger.example.com:443/path
    [GeneratedRegex(@"^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}(/.*)?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HostAndPort();

    // A variable of a script that is not set comes here as nothing. Null if this names no file, or one.
    private static string? NameOfEmpty(SymbolResult result)
    {
        (string name, string? takes) = result switch
        {
            OptionResult { Option: { } option } => (option.Name, option.HelpName),
            ArgumentResult { Argument: { } argument } => (argument.Name, argument.HelpName ?? argument.Name),
            _ => ("", null),
        };
        bool isPlace = takes?.Split('|').Any(kind => kind is "FILE" or "DIR" or "PATH") == true;
        return isPlace && result.Tokens.Any(token => token.Value.Length == 0) ? name : null;
    }

    // The parser takes an unknown option for an argument where one fits: a typing error would name a file.
    private static IEnumerable<string> Strays(ParseResult parsed)
    {
        IEnumerable<string> meantAsTheyAre = parsed
            .Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash)
            .Select(token => token.Value);
        return parsed
            .CommandResult.Tokens.Select(token => token.Value)
            .Where(value => value is ['-', not (>= '0' and <= '9'), ..])
            .Except(meantAsTheyAre)
            .Concat(parsed.UnmatchedTokens);
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
        if (ChoiceOf(error) is { } choice)
            return choice;
        string message = string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
    }

    // A word that is none of those that may stand there.
    private static string? ChoiceOf(ParseError error)
    {
        (Symbol? symbol, IReadOnlyList<Token> given) = error.SymbolResult switch
        {
            OptionResult result => ((Symbol?)result.Option, result.Tokens),
            ArgumentResult result => (result.Argument, result.Tokens),
            _ => (null, []),
        };
        string[] words = [.. symbol?.GetCompletions(CompletionContext.Empty).Select(item => item.Label) ?? []];
        return words.Length > 0 && given.FirstOrDefault(token => !words.Contains(token.Value)) is { } stray
            ? $"{symbol!.Name} cannot be '{stray.Value}': it is one of {string.Join(", ", words)}"
            : null;
    }

    private static bool IsNumber(Option option) =>
        option.ValueType == typeof(int) || option.ValueType == typeof(long) || option.ValueType == typeof(long?);
}
