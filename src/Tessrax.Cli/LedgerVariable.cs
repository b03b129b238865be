using System.CommandLine;
using System.CommandLine.Parsing;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli;

/// <summary>Puts <c>$TESSRAX_LEDGER</c> where the ledger's directory was left out.</summary>
/// <remarks>A verb's further arguments would otherwise slide into its place: <c>show 5</c> means entry 5 of the ledger
/// named by the variable. The directory counts as left out if there is room for one more argument and the first
/// one given is not an existing directory (nor a URL, nor a file where the verb takes one).</remarks>
internal static class LedgerVariable
{
    /// <returns>The command line as it is meant, and what is read from it.</returns>
    public static (string[] Args, ParseResult Parsed) Apply(
        Command root,
        ParserConfiguration configuration,
        string[] args,
        string? ledger
    )
    {
        ParseResult parsed = root.Parse(args, configuration);
        Command verb = parsed.CommandResult.Command;
        if (ledger is null || verb.Arguments is not [LedgerArgument place, ..])
            return (args, parsed);
        List<Token> given = [.. parsed.CommandResult.Tokens.Where(t => t.Type == TokenType.Argument)];
        long room = verb.Arguments.Sum(a => (long)a.Arity.MaximumNumberOfValues);
        bool leftOut = given.Count < room && (given.Count == 0 || !Stands(place, given[0].Value));
        if (!leftOut)
            return (args, parsed);
        int at = CommandWords.Of(root, args).BehindVerb;
        string[] filled = [.. args[..at], ledger, .. args[at..]];
        return (filled, root.Parse(filled, configuration));
    }

    private static bool Stands(LedgerArgument place, string given) =>
        Directory.Exists(given)
        || TileSource.IsUrl(given)
        || (place.TakesFiles && (given == "-" || File.Exists(given)));
}
