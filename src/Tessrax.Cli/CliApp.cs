using System.CommandLine;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Sets;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Files;
using Tessrax.Node.Postgres;
using Tessrax.Node.RocksDb;

namespace Tessrax.Cli;

/// <summary>One run of <c>tessraxctl</c>: parse, run the verb, and turn whatever happens into an exit code.</summary>
internal static class CliApp
{
    private const int Interrupted = 130; // 128 + SIGINT, as shells have it
    private const int PipeClosed = 141; // 128 + SIGPIPE

    // "@file" is not expanded: claims and paths may begin with an at sign.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, CliHost host)
    {
        RocksIndexes.Register();
        PostgresStores.Register();
        using var context = new CliContext(host);
        try
        {
            int code = Dispatch(args, context);
            context.Flush();
            return code;
        }
        catch (Exception e) when (BrokenPipe.Is(e))
        {
            return PipeClosed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception e)
        {
            return Fail(AsOurs(e), context);
        }
    }

    private static int Dispatch(string[] args, CliContext context)
    {
        // Manuals, like help and completion, are about all verbs.
        var tree = new CommandTree(context, args is [not ManVerb.Name and var first, ..] ? first : null);
        if (args is [Completion.Verb, .. string[] typed])
            return Completion.Answer(tree.Root, typed, context);

        (string[] words, ParseResult parsed) = LedgerVariable.Apply(
            tree.Root,
            Parser,
            args,
            context.Variable("TESSRAX_LEDGER")
        );
        context.Json = parsed.GetValue(tree.Json);
        context.NoPager = parsed.GetValue(tree.NoPager);
        if (parsed.GetValue(tree.Help) || args.Length == 0)
        {
            HelpText.Write(parsed.CommandResult.Command, context);
            return 0;
        }
        if (parsed.GetValue(tree.Version))
        {
            context.Raw(System.Text.Encoding.UTF8.GetBytes($"tessraxctl {BuildVersion.Text}\n"));
            return 0;
        }
        if (UsageErrors.Find(parsed) is { } wrong)
            throw wrong;
        context.Logger = LogWish.Of(
            context,
            parsed.GetValue(tree.Log),
            parsed.GetValue(tree.LogFormat),
            parsed.GetValue(tree.LogFile)
        );
        // The verb that says what is wrong with the wish runs without it.
        if (parsed.CommandResult.Command.Name != DebugVerb.Name)
            HashWish.Apply(context);
        if (!SetRun.IsMeant(parsed))
            return Invoke(parsed, context);
        ParseResult Parse(string[] line) => tree.Root.Parse(line, Parser);
        return new SetRun(context, words, Parse, Each).Run(parsed);

        // Of what goes wrong before a shard's turn, or after all of them, no ledger is named.
        int Each(Func<ParseResult> read)
        {
            int code = Part(context, () => Invoke(read(), context));
            context.Ledger = null;
            return code;
        }
    }

    /// <summary>Does the part of a verb that is about one shard of a set: what goes wrong with it is told, and the others have their turn.</summary>
    /// <returns>Its exit code.</returns>
    public static int Part(CliContext context, Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (!BrokenPipe.Is(e) && e is not OperationCanceledException)
        {
            return Fail(AsOurs(e), context);
        }
    }

    private static int Invoke(ParseResult parsed, CliContext context)
    {
        string verb = parsed.CommandResult.Command.Path();
        context.Ledger = HintText.LedgerOf(parsed);
        long began = context.Time.GetTimestamp();
        context.Logger.VerbBegins(verb, BuildVersion.Text);
        try
        {
            int exit = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            context.Logger.VerbEnds(verb, exit, (long)context.Time.GetElapsedTime(began).TotalMilliseconds);
            return exit;
        }
        catch (Exception e) when (!BrokenPipe.Is(e) && e is not OperationCanceledException)
        {
            TessraxException ours = AsOurs(e);
            if (ours.Code == ErrorCodes.Bug)
                context.Logger.Bug(e, verb);
            else
                context.Logger.VerbFails(verb, ours.Code.Title, ours.Code);
            throw;
        }
    }

    /// <summary>What went wrong, with its code: of what is none of ours, how it is told.</summary>
    public static TessraxException AsOurs(Exception e) =>
        e switch
        {
            TessraxException ours => ours,
            IOException or UnauthorizedAccessException => DiskErrors.WhileReading(
                e,
                (e as FileNotFoundException)?.FileName ?? PathIn(e.Message) ?? "a file"
            ),
            _ => MissingLibrary.Behind(e)
                ?? new TessraxException(ErrorCodes.Bug, $"{e.GetType().Name}: {e.Message}", null, e),
        };

    // "Access to the path '/x/y' is denied.": the runtime keeps it nowhere else.
    private static string? PathIn(string message)
    {
        int first = message.IndexOf('\'', StringComparison.Ordinal) + 1;
        int last = message.LastIndexOf('\'');
        return first > 0 && last > first ? message[first..last] : null;
    }

    /// <summary>Tells of an error.</summary>
    /// <returns>The exit code that it makes.</returns>
    public static int Fail(TessraxException error, CliContext context)
    {
        try
        {
            context.Report(error);
            if (error.Code == ErrorCodes.Bug && context.Variable("TESSRAX_DEBUG") is not null)
                context.Notice(error.ToString().ReplaceLineEndings(" | "));
            context.Flush();
        }
        catch (Exception e) when (e is IOException or TessraxException)
        {
            // Nobody reads standard error, or the disk it goes to is full: the exit code still tells.
        }
        return CliContext.IsRefutation(error.Code) ? CliContext.Refuted : (int)error.Code.Class;
    }
}
