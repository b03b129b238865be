using Tessrax.Canonical;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>What a replay of a whole ledger cost, and what is odd about the times in its entries.</summary>
/// <param name="Verdict">What the replay found: the stages with their seconds, on all threads together.</param>
/// <param name="Seconds">From beginning to end.</param>
/// <param name="Threads">How many threads worked.</param>
/// <param name="MedianCost">Nanoseconds that an entry usually takes to prepare.</param>
/// <param name="Slowest">The entries that took longest, with their nanoseconds.</param>
/// <param name="Timing">The times in the entries.</param>
public sealed record ReplayProfile(
    Verdict Verdict,
    double Seconds,
    int Threads,
    long MedianCost,
    IReadOnlyList<(long Nanoseconds, long Index)> Slowest,
    TimingReport Timing
)
{
    /// <summary>Whether something does not hold. If not, that is no verdict: nothing was held against a trust root.</summary>
    public bool IsRefuted => Verdict.Stages.Any(stage => stage.Holds == false);

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("ledger", Verdict.Ledger is { } ledger ? ledger.ToString() : JsonValue.Null),
            ("refuted", IsRefuted),
            ("size", Verdict.Size),
            ("seconds", JsonValue.Number(Math.Round(Seconds, 6))),
            ("threads", Threads),
            ("stages", JsonValue.Of(Verdict.Stages.Select(ToJson))),
            ("median_entry_ns", MedianCost),
            ("slowest", JsonValue.Of(Slowest.Select(s => JsonValue.Object(("index", s.Index), ("ns", s.Nanoseconds))))),
            ("timing", Timing.ToJson())
        );

    private static JsonValue ToJson(Stage stage) =>
        JsonValue.Object(
            ("name", stage.Name),
            ("holds", stage.Holds is { } holds ? (JsonValue)holds : JsonValue.Null),
            ("seconds", JsonValue.Number(Math.Round(stage.Seconds, 6))),
            ("checked", stage.Checked),
            (
                "ns_each",
                stage.Checked > 0 ? JsonValue.Number(Math.Round(stage.Seconds / stage.Checked * 1e9)) : JsonValue.Null
            )
        );
}

/// <summary>Replays a ledger as <see cref="LedgerCheck"/> does, and measures it: stage by stage, entry by entry, thread by thread.</summary>
/// <remarks>Memory does not grow with the ledger, beyond what verifying takes.</remarks>
/// <param name="environment">Disk and clock.</param>
public sealed class LedgerProfiler(NodeEnvironment environment)
{
    private ChromeTrace? trace;

    /// <summary>How many threads work; as many as there are processors, if 0.</summary>
    public int Threads { get; init; }

    /// <summary>How many of the slowest entries are listed.</summary>
    public int Most { get; init; } = 10;

    /// <summary>Whether what each thread does is kept for <see cref="Trace"/>.</summary>
    public bool IsTraced { get; init; }

    /// <summary>What each thread did in the last run, as a trace that Perfetto and <c>chrome://tracing</c> open; empty if <see cref="IsTraced"/> is false.</summary>
    public byte[] Trace(string about) => trace?.ToBytes(about) ?? [];

    /// <summary>Replays the ledger.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <exception cref="TessraxException">As <see cref="LedgerCheck.Run"/>.</exception>
    public ReplayProfile Run(string path, IProgress<CheckProgress>? progress = null)
    {
        trace = IsTraced ? new ChromeTrace(environment.Clock) : null;
        var watch = new ReplayWatch(environment.Clock, Most, trace);
        var check = new LedgerCheck(environment, null)
        {
            Threads = Threads,
            Watch = watch,
            LooksBack = false,
        };
        long start = environment.Clock.GetTimestamp();
        Verdict verdict = check.Run(path, withEvidence: false, progress);
        return new ReplayProfile(
            verdict,
            environment.Clock.GetElapsedTime(start).TotalSeconds,
            check.ThreadCount,
            watch.Costs.Median,
            watch.Slowest,
            watch.Timing.ToReport()
        );
    }
}
