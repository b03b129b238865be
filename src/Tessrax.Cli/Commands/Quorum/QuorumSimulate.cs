using System.CommandLine;
using Tessrax.Cli.Commands.Bench;
using Tessrax.Cli.Quorum;
using Tessrax.Cli.Terminal;
using Tessrax.Node.Simulation;

namespace Tessrax.Cli.Commands.Quorum;

/// <summary><c>quorum simulate</c>: approvers, a log and a network that fails, in virtual time, from a seed.</summary>
internal static class QuorumSimulate
{
    private const int MaxSeeds = 1_000_000;
    private const int MostRows = 20;

    private static readonly QuorumPlan Usual = new()
    {
        Nodes = 5,
        Quorum = 3,
        Seed = 0,
    };

    public static Command Create(CliContext context)
    {
        var options = new QuorumOptions();
        Option<string?> seeds = new("--seeds")
        {
            Description = "how many simulations, of this seed and those that follow it; 1 if left out",
            HelpName = "N",
        };
        var verb = new Verb(
            "simulate",
            "Simulate approvers, a log and a network that fails, in virtual time",
            "tessraxctl quorum simulate --nodes 5 --seed 7",
            "tessraxctl quorum simulate --nodes 7 --quorum 5 --faults loss=0.2,partition=3x10s,byzantine=2:forged --seeds 200"
        )
        {
            seeds,
        };
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            QuorumPlan plan = options.Read(context, parsed, Usual);
            int count = LoadRun.Within(parsed.GetValue(seeds), "--seeds", 1, 1, MaxSeeds);
            options.Svg.RequireFree(parsed);
            if (count > 1 && options.Svg.NameOf(parsed) is not null)
                throw ErrorCodes.BadUsage.Because("--svg draws one simulation: give --seed, and no --seeds");
            return Run(context, plan, count, outcome => Draw(context, parsed, options, outcome));
        });
        return verb;
    }

    private static int Run(CliContext context, QuorumPlan plan, int count, Action<QuorumOutcome> draw)
    {
        var shown = new List<QuorumOutcome>();
        QuorumOutcome? violated = null;
        int done = 0;
        using (ProgressBar bar = context.Progress("simulating", count))
        {
            for (; done < count && violated is null; done++)
            {
                QuorumOutcome outcome = QuorumSimulation.Run(
                    plan with
                    {
                        Seed = unchecked(plan.Seed + (ulong)done),
                    },
                    context.Cancellation
                );
                if (done < MostRows || !outcome.Holds)
                    shown.Add(outcome);
                context.WriteJson(() => QuorumText.ToJson(outcome, hasTrace: true));
                violated = outcome.Holds ? null : outcome;
                bar.Report(done + 1);
            }
        }
        context.Line(Tone.Dim, $"{plan.Quorum} of {plan.Nodes} must approve; faults: {plan.Faults}");
        context.Table(QuorumText.Headers, shown.Select(QuorumText.Row));
        if (done > shown.Count)
            context.Line(Tone.Dim, $"and {done - shown.Count} more, which hold");
        draw(shown[^1]);
        if (violated is null)
        {
            context.Line(Tone.Good, Told(shown[^1], done));
            return 0;
        }
        QuorumText.ShowViolations(context, violated);
        context.Line($"replay: {QuorumText.Replay("simulate", plan, violated.Seed)}");
        return CliContext.Refuted;
    }

    private static string Told(QuorumOutcome last, int done) =>
        done == 1
            ? $"holds: nothing was decided twice or by fewer than {last.Quorum}, and whatever waited ended; trace {last.Trace}"
            : $"holds in all {done} simulations: nothing was decided twice or by fewer than {last.Quorum}, and whatever waited ended";

    private static void Draw(CliContext context, ParseResult parsed, QuorumOptions options, QuorumOutcome outcome)
    {
        if (options.Svg.PathOf(parsed) is not { } file)
            return;
        options.Svg.Write(context, parsed, TimelineSvg.Draw(outcome, $"A quorum under faults, seed {outcome.Seed}"));
        context.Line($"wrote {file}");
    }
}
