using System.CommandLine;
using System.CommandLine.Parsing;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Node.Shards;

namespace Tessrax.Cli.Sets;

/// <summary>A verb that was given the directory of a set of shards where a ledger's may stand: it is run for each shard, or for that of the subject, as if that shard's directory, or the URL of its server, had been given.</summary>
/// <remarks>Each document for programs has the member <c>shard</c>, each part for people a heading. The first exit code that is not 0 is that of all.</remarks>
/// <param name="context">Where to.</param>
/// <param name="args">The command line.</param>
/// <param name="parse">Reads another one.</param>
/// <param name="invoke">Runs the verb of a line that is read there, and tells what goes wrong; its exit code.</param>
internal sealed class SetRun(
    CliContext context,
    string[] args,
    Func<string[], ParseResult> parse,
    Func<Func<ParseResult>, int> invoke
)
{
    private const string SubjectName = "SUBJECT";

    /// <summary>Whether the ledger that a verb is given is the directory of a set.</summary>
    public static bool IsMeant(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments is [LedgerArgument { OfSet: not SetUse.Whole } place, ..]
        && parsed.GetValue(place) is { Length: > 0 } given
        && ShardSet.IsIn(given);

    /// <summary>Runs the verb.</summary>
    /// <param name="parsed">What <see cref="IsMeant"/> is true of.</param>
    /// <exception cref="TessraxException">TSX1012: the verb, or one of its options, is about one ledger, or works on directories alone; TSX3003, 3006, 3007: the list cannot be read.</exception>
    public int Run(ParseResult parsed)
    {
        Command verb = parsed.CommandResult.Command;
        var place = (LedgerArgument)verb.Arguments[0];
        string directory = parsed.GetRequiredValue(place);
        var set = OpenSet.Read(context, directory);
        Refuse(parsed, place, set);
        int at = IndexOf(place, directory);
        if (place.OfSet == SetUse.Subject)
        {
            var subject = (Argument<string>)verb.Arguments.Single(argument => argument.Name == SubjectName);
            return RunOne(set, set.List.Route(parsed.GetRequiredValue(subject)), at).Exit;
        }
        var verified = new (int Exit, LedgerFold? Fold)[set.Count];
        for (int i = 0; i < set.Count; i++)
        {
            Shard shard = set.List.ShardAt(i);
            if (i > 0)
                context.Line();
            context.Line(Tone.Strong, $"{shard}, {(set.IsServedAt(i) ? "at" : "in")} {set.PlaceOf(i)}");
            verified[i] = RunOne(set, i, at);
        }
        int exit = verified.FirstOrDefault(one => one.Exit != 0).Exit;
        if (place.OfSet != SetUse.Judged)
            return exit;
        int judged = SetJudge.Tell(context, set, verified);
        return exit == 0 ? judged : exit;
    }

    private (int Exit, LedgerFold? Fold) RunOne(OpenSet set, int index, int at)
    {
        ShardRun run = set.RunOf(index);
        string[] line = [.. args];
        line[at] = set.PlaceOf(index);
        // A ledger that is not the one of the list is no part of the set, whatever lies there.
        int exit = context.InTurn(
            run,
            () =>
                invoke(() =>
                {
                    // A server is held to it by whoever opens it.
                    if (!set.IsServedAt(index))
                        set.RequireListed(index);
                    return parse(line);
                })
        );
        return (exit, run.Fold);
    }

    private static void Refuse(ParseResult parsed, LedgerArgument place, OpenSet set)
    {
        string verb = parsed.CommandResult.Command.Path();
        string one = set.PlaceOf(0);
        string kind = set.IsServedAt(0) ? "URL" : "directory";
        if (place.OfSet == SetUse.Refused)
            throw ErrorCodes.BadUsage.Because(
                $"{verb} is about one ledger, and {set.Directory} is a set of {set.Count} shards",
                $"name the {kind} of one: {verb} "
                    + ShellText.Of($"{one}; tessraxctl shards route {set.Directory} SUBJECT tells which has a subject")
            );
        if (place is { OfSet: not SetUse.Judged, TakesUrls: false })
            set.RequireHere(verb);
        if (place.OfOneLedger.FirstOrDefault(name => IsGiven(parsed, name)) is { } given)
            throw ErrorCodes.BadUsage.Because(
                $"{given} of {verb} is about one ledger, and {set.Directory} is a set of {set.Count} shards",
                $"name the {kind} of one: {verb} " + ShellText.Of($"{one}")
            );
        if (place.OfSet != SetUse.Subject && parsed.Tokens.Any(token => token.Value == "-"))
            throw ErrorCodes.BadUsage.Because(
                $"standard input can be read once, and {set.Directory} is a set of {set.Count} shards",
                "give a file instead"
            );
    }

    private static bool IsGiven(ParseResult parsed, string name) =>
        parsed.CommandResult.Children.Any(child =>
            child switch
            {
                OptionResult { Implicit: false } option => option.Option.Name == name,
                ArgumentResult { Tokens.Count: > 0 } argument => argument.Argument.Name == name,
                _ => false,
            }
        );

    // Where the directory stands among the words. Another word may be the same: only that one is the verb's ledger if it is another directory's.
    private int IndexOf(LedgerArgument place, string directory)
    {
        string[] line = [.. args];
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != directory)
                continue;
            line[i] += ".";
            if (parse(line).GetValue(place) == line[i])
                return i;
            line[i] = directory;
        }
        throw ErrorCodes.Bug.Because($"{directory} does not stand in the command line");
    }
}
