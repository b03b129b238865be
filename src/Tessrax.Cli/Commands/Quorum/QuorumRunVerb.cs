using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Quorum;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Quorum;

/// <summary><c>quorum run</c>: a real ledger, and approvers that are processes of their own, behind a network that fails.</summary>
internal static class QuorumRunVerb
{
    private static readonly QuorumPlan Usual = new()
    {
        Nodes = 5,
        Quorum = 3,
        Seed = 0,
        Length = TimeSpan.FromSeconds(15),
        Faults = QuorumFaults.Parse("loss=0.1,dup=0.05,latency=1ms..50ms,partition=1x3s,crash=6,skew=1s"),
    };

    public static Command Create(CliContext context)
    {
        var options = new QuorumOptions();
        Option<string?> directory = new("--dir")
        {
            Description =
                "a new directory for the ledger and the approvers' disks, which stays; otherwise they are removed in the end, unless something did not hold",
            HelpName = "DIR",
        };
        var verb = new Verb(
            "run",
            "Run approvers as processes of their own, kill and stop them, and check what must hold",
            "tessraxctl quorum run --nodes 5",
            "tessraxctl quorum run --nodes 7 --quorum 5 --faults loss=0.2,crash=12,byzantine=2:double --length 60 --svg run.svg"
        )
        {
            Remarks =
                "All of it is real: keys, disks, HTTP on the loopback, SIGKILL and SIGSTOP, to its own children only. So a seed gives the same plan again, not the same run.",
        };
        verb.Add(directory);
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            QuorumPlan plan = options.Read(context, parsed, Usual);
            if (plan.Faults.AsksForTokens)
                throw ErrorCodes.BadUsage.Because(
                    "processes issue no tokens: byzantine=N:tokens is for tessraxctl quorum simulate"
                );
            options.Svg.RequireFree(parsed);
            string? named = parsed.GetValue(directory);
            if (named is not null && Path.Exists(named) && Directory.EnumerateFileSystemEntries(named).Any())
                throw ErrorCodes.AlreadyExists.Because($"{named} is not empty");
            return Run(context, plan, named, outcome => Draw(context, parsed, options, outcome));
        });
        return verb;
    }

    private static int Run(CliContext context, QuorumPlan plan, string? named, Action<QuorumOutcome> draw)
    {
        string folder = Path.GetFullPath(named ?? Directory.CreateTempSubdirectory("tessrax-quorum-").FullName);
        bool keeps = named is not null;
        try
        {
            context.Notice(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{plan.Nodes} approvers start; faults happen for {plan.Length.TotalSeconds} seconds"
                )
            );
            QuorumOutcome outcome = QuorumRun.Run(
                plan,
                folder,
                QuorumNode.Command(),
                LedgerSession.Environment(context),
                context.Cancellation
            );
            keeps |= !outcome.Holds;
            context.WriteJson(() => QuorumText.ToJson(outcome, hasTrace: false));
            context.Line(Tone.Dim, $"{plan.Quorum} of {plan.Nodes} must approve; faults: {plan.Faults}");
            context.Table(QuorumText.Headers, [QuorumText.Row(outcome)]);
            draw(outcome);
            return Tell(context, plan, outcome, folder);
        }
        finally
        {
            if (!keeps)
                LedgerSession.Environment(context).Disk.DeleteDirectory(folder);
        }
    }

    private static int Tell(CliContext context, QuorumPlan plan, QuorumOutcome outcome, string folder)
    {
        if (outcome.Holds)
        {
            context.Line(
                Tone.Good,
                $"holds: nothing was decided twice or by fewer than {outcome.Quorum}, nobody honest voted twice, whatever waited ended, and the ledger verifies"
            );
            return 0;
        }
        QuorumText.ShowViolations(context, outcome);
        context.Line($"the ledger and the approvers' disks are in {folder}");
        context.Line($"replay: {QuorumText.Replay("run", plan, outcome.Seed)}");
        return CliContext.Refuted;
    }

    private static void Draw(CliContext context, ParseResult parsed, QuorumOptions options, QuorumOutcome outcome)
    {
        if (options.Svg.PathOf(parsed) is not { } file)
            return;
        options.Svg.Write(context, parsed, TimelineSvg.Draw(outcome, $"A quorum of processes, seed {outcome.Seed}"));
        context.Line($"wrote {file}");
    }
}
