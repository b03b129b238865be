using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Commands.Bench;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands;

/// <summary><c>profile DIR [-o TRACE]</c>: what replaying a ledger costs, and what is odd about the times in its entries.</summary>
internal static class ProfileVerb
{
    public static Command Create(CliContext context)
    {
        var path = new LedgerArgument();
        var output = new OutputFile(
            "a trace of what each thread did, for Perfetto (ui.perfetto.dev) or chrome://tracing",
            helpName: "TRACE"
        );
        Option<string?> threads = new("--threads")
        {
            Description = "how many threads work; as many as there are processors if left out or 0",
            HelpName = "N",
        };
        Option<string?> top = new("--top")
        {
            Description = "how many of the slowest entries are listed; 10 if left out",
            HelpName = "N",
        };
        var verb = new Verb(
            "profile",
            "Replay a ledger and say what that costs and which times in it are odd",
            "tessraxctl profile decisions",
            "tessraxctl profile decisions -o trace.json"
        )
        {
            path,
            output,
            threads,
            top,
        };
        verb.SetAction(parsed =>
        {
            output.RequireFree(parsed);
            NodeEnvironment environment = LedgerSession.Environment(context);
            string directory = parsed.GetRequiredValue(path);
            var profiler = new LedgerProfiler(environment)
            {
                Threads = LoadRun.Within(parsed.GetValue(threads), "--threads", 0, 0, VerifyVerb.MaxThreads),
                Most = LoadRun.Within(parsed.GetValue(top), "--top", 10, 1, 1000),
                IsTraced = output.NameOf(parsed) is not null,
            };
            ReplayProfile profile;
            using (ProgressBar bar = context.Progress("replaying entries", 0))
                profile = profiler.Run(directory, new CheckBar(bar));
            if (output.PathOf(parsed) is not null)
                output.Write(context, parsed, profiler.Trace(directory));
            Report(context, profile);
            return profile.IsRefuted ? CliContext.Refuted : 0;
        });
        return verb;
    }

    private static void Report(CliContext context, ReplayProfile profile)
    {
        context.WriteJson(profile.ToJson);
        double rate = profile.Seconds > 0 ? profile.Verdict.Size / profile.Seconds : 0;
        context.Line(
            Tone.Strong,
            $"{Number(profile.Verdict.Size)} entries in {Seconds(profile.Seconds)} on {profile.Threads} threads: {Number((long)rate)} a second"
        );
        context.Table(["STAGE", "SECONDS", "CHECKED", "NS EACH"], profile.Verdict.Stages.Select(Row));
        foreach (Stage stage in profile.Verdict.Stages.Where(stage => stage.Holds == false))
            context.Line(Tone.Bad, $"{stage.Name} does not hold: {stage.Findings[0].Message}");
        context.Line();
        context.Line(
            $"an entry takes {profile.MedianCost} ns to prepare (median); slowest: {string.Join(", ", profile.Slowest.Select(s => $"{s.Index} ({s.Nanoseconds / 1000} us)"))}"
        );
        ReportTiming(context, profile.Timing);
    }

    private static void ReportTiming(CliContext context, TimingReport timing)
    {
        context.Line(
            $"recorded from {timing.First} to {timing.Last}, {Span(timing.MedianGap)} apart (median; MAD {Span(timing.GapDeviation)})"
        );
        if (timing.Regressions.Count > 0)
            context.Line(
                Tone.Bad,
                $"{timing.Regressions.Count} times the log's clock ran backwards, most before {timing.Regressions.Largest[0].At}: by {Span(timing.Regressions.Largest[0].Size)}"
            );
        if (timing.Gaps.Count > 0)
            context.Line(
                Tone.Warn,
                $"{timing.Gaps.Count} gaps of more than {Span(timing.Gaps.Limit)}: {string.Join(", ", timing.Gaps.Largest.Take(5).Select(g => $"{Span(g.Size)} before {g.At}"))}"
            );
        if (timing.Bursts.Count > 0)
            context.Line(
                Tone.Warn,
                $"{timing.Bursts.Count} seconds with more than {timing.Bursts.Limit} entries: {string.Join(", ", timing.Bursts.Largest.Take(5).Select(b => $"{b.Size} from {b.At}"))}"
            );
        context.Table(
            ["KEY", "KIND", "ENTRIES", "BEHIND BY", "MAD", "LEAST", "MOST", "DRIFT", "BACKWARDS"],
            timing.Keys.Select(Row)
        );
        if (timing.Unlisted > 0)
            context.Notice($"{timing.Unlisted} entries are by further keys, which are not listed");
    }

    private static Cell[] Row(Stage stage) =>
        [
            stage.Name,
            stage.Seconds.ToString("F3", CultureInfo.InvariantCulture),
            Number(stage.Checked),
            stage.Checked > 0 ? Number((long)(stage.Seconds / stage.Checked * 1e9)) : "",
        ];

    private static Cell[] Row(KeyTiming key) =>
        [
            key.By.Key.ToString()[..15],
            key.By.Kind.ToString().ToLowerInvariant(),
            Number(key.Entries),
            Span(key.Median),
            Span(key.Deviation),
            Span(key.Min),
            Span(key.Max),
            key.Drift is { } drift ? drift.ToString("0.###", CultureInfo.InvariantCulture) + " us/s" : "",
            new Cell(Number(key.Regressions.Count), key.Regressions.Count > 0 ? Tone.Warn : Tone.Plain),
        ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + " s";

    // Microseconds in the unit that people read them in.
    private static string Span(long micros) =>
        Math.Abs((double)micros) switch
        {
            < 1_000 => $"{Number(micros)} us",
            < 1_000_000 => (micros / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " ms",
            < 600_000_000 => (micros / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " s",
            < 86_400_000_000 => (micros / 60e6).ToString("0.#", CultureInfo.InvariantCulture) + " min",
            _ => (micros / 86_400e6).ToString("0.#", CultureInfo.InvariantCulture) + " days",
        };
}
