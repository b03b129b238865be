using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Watches a verification at work: what each entry took, and what each thread did when.</summary>
/// <param name="clock">The one that the verification is timed by.</param>
/// <param name="most">How many of the slowest entries are kept.</param>
/// <param name="trace">Where steps are drawn; null if nobody wants the picture.</param>
internal sealed class ReplayWatch(TimeProvider clock, int most, ChromeTrace? trace)
{
    private readonly TopList<long> slowest = new(most);

    /// <summary>The times in the entries.</summary>
    public TimingProfile Timing { get; } = new();

    /// <summary>How long entries take to prepare, in nanoseconds.</summary>
    public QuantileSketch Costs { get; } = new();

    /// <summary>The entries that took longest to prepare, with their nanoseconds.</summary>
    public IReadOnlyList<(long Nanoseconds, long Index)> Slowest => [.. slowest.Items];

    /// <summary>Takes a batch that was added, in order.</summary>
    public void Added(EntryBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.TimesOf(i) is not { } times)
                continue;
            Timing.Add(times);
            // Genesis, and whatever stands beside it, is not prepared.
            if (i >= batch.Ticks.Count)
                continue;
            long cost = (long)clock.GetElapsedTime(0, batch.Ticks[i]).TotalNanoseconds;
            Costs.Add(cost);
            slowest.Add(cost, times.Index);
        }
    }

    /// <summary>Draws a step.</summary>
    public void Traced(PipelineStep step, Batch batch, EntryBatch entries, int thread, long from, long to)
    {
        if (trace is null)
            return;
        string name = step switch
        {
            PipelineStep.Read => "read",
            PipelineStep.Work => "prepare",
            _ => "fold",
        };
        trace.Add(name, thread, from, to, batch.FirstIndex, batch.Entries.Count);
        if (step != PipelineStep.Work)
            return;
        // Stages follow each other within the step; entry by entry as they are timed, but drawn together.
        long at = from;
        foreach ((string stage, double seconds) in entries.Preparation)
        {
            long end = Math.Min(to, at + (long)(seconds * clock.TimestampFrequency));
            trace.Add(stage, thread, at, end, batch.FirstIndex, batch.Entries.Count);
            at = end;
        }
    }
}
