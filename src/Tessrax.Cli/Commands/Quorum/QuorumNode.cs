using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Tessrax.Cli.Commands.Bench;
using Tessrax.Cli.Ledgers;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Quorum;

/// <summary><c>quorum node</c>, which <c>quorum run</c> starts: one approver, until its standard input ends. Not listed in help.</summary>
internal static class QuorumNode
{
    private const string Name = "node";
    private const int MaxSkew = 3_600_000;

    public static Command Create(CliContext context)
    {
        Argument<string> directory = new("DIR") { Description = "the approver's own disk: its key and its journal" };
        Option<string> name = new("--name")
        {
            Description = "the approver's name",
            HelpName = "NAME",
            Required = true,
        };
        Option<string?> skew = new("--skew") { Description = "milliseconds that its clock is ahead", HelpName = "MS" };
        Option<string?> misbehaviour = new("--byzantine") { Description = "how it misbehaves", HelpName = "HOW" };
        misbehaviour.AcceptOnlyFromAmong([.. QuorumFaults.Misbehaviours]);
        Option<string?> nodes = new("--nodes") { Description = "how many approvers there are", HelpName = "N" };
        var verb = new Verb(Name, "One approver of quorum run", "tessraxctl quorum node approver-1 --name approver-1")
        {
            directory,
            name,
            skew,
            misbehaviour,
            nodes,
        };
        verb.Hidden = true;
        verb.SetAction(parsed =>
        {
            // Ctrl-C on the terminal is for whoever started it, and ends this one in turn.
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(
                PosixSignal.SIGINT,
                signal => signal.Cancel = true
            );
            int count = LoadRun.Within(parsed.GetValue(nodes), "--nodes", 1, 1, QuorumPlan.MaxNodes);
            var settings = new ApproverSettings(
                parsed.GetRequiredValue(directory),
                parsed.GetRequiredValue(name),
                ReadSkew(parsed.GetValue(skew) ?? "0"),
                parsed.GetValue(misbehaviour) is { } how ? QuorumFaults.MisbehaviourOf(how) : null,
                [.. Enumerable.Range(0, count).Select(QuorumPlan.NameOf)]
            );
            byte[] passphrase = context.Passphrase("the approver's key", null, isNew: true);
            using var service = ApproverService.Open(settings, LedgerSession.Environment(context), passphrase);
            context.Line(service.Greeting);
            context.Flush();
            Serve(context.OpenInput(null), service);
            return 0;
        });
        return verb;
    }

    /// <summary>The command line for an approver, of the program that runs now.</summary>
    public static ApproverCommand Command()
    {
        (string program, string[] first) = SelfCommand.Line();
        return new ApproverCommand(program, settings => [.. first, .. Arguments(settings)]);
    }

    /// <summary>What comes behind the program.</summary>
    internal static IEnumerable<string> Arguments(ApproverSettings settings)
    {
        string[] always =
        [
            "quorum",
            Name,
            settings.Folder,
            "--name",
            settings.Name,
            "--nodes",
            settings.Everybody.Count.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"--skew={(int)settings.Skew.TotalMilliseconds}"),
        ];
        return settings.Misbehaviour is { } how
            ? always.Append("--byzantine").Append(QuorumFaults.Misbehaviours[(int)how])
            : always;
    }

    private static TimeSpan ReadSkew(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int skew)
        && skew is >= -MaxSkew and <= MaxSkew
            ? TimeSpan.FromMilliseconds(skew)
            : throw ErrorCodes.BadUsage.Because($"--skew '{text}' is not a number of milliseconds, an hour at most");

    // Whoever started it holds its standard input; when that ends, nobody needs it any more.
    private static void Serve(Stream input, ApproverService service)
    {
        using var orphaned = new CancellationTokenSource();
        Task serving = service.ServeAsync(orphaned.Token);
        Task ending = Task.Run(() => input.CopyTo(Stream.Null), CancellationToken.None);
        Task.WaitAny(serving, ending);
        orphaned.Cancel();
        serving.GetAwaiter().GetResult();
    }
}
