using Tessrax.Governance;

namespace Tessrax.Verification;

/// <summary>Collects what each stage checked and found, and how long it took.</summary>
public sealed class StageBoard
{
    /// <summary>The most findings that a stage lists.</summary>
    public const int MaxFindings = 20;

    private readonly TimeProvider clock;
    private readonly Dictionary<string, Tally> tallies = new(StringComparer.Ordinal);
    private readonly List<string> order = [];

    /// <param name="clock">Measures; says nothing about validity.</param>
    /// <param name="names">The stages in the order of reporting.</param>
    public StageBoard(TimeProvider clock, params IEnumerable<string> names)
    {
        this.clock = clock;
        foreach (string name in names)
            Of(name);
    }

    /// <summary>Counts things as checked.</summary>
    public void Passed(string stage, long count = 1) => Of(stage).Checked += count;

    /// <summary>Records what does not hold.</summary>
    public void Failed(string stage, ErrorCode code, string message)
    {
        Tally tally = Of(stage);
        tally.Failed++;
        if (tally.Findings.Count < MaxFindings)
            tally.Findings.Add(new Finding(code, message));
    }

    /// <summary>Records a refusal in the stage of its aspect.</summary>
    public void Failed(Refusal refusal) => Failed(StageOf(refusal.Aspect), refusal.Code, refusal.Message);

    /// <summary>Marks a stage as not checked, with the reason.</summary>
    public void NotChecked(string stage, ErrorCode code, string reason)
    {
        Tally tally = Of(stage);
        tally.NotChecked = true;
        tally.Findings.Add(new Finding(code, reason));
    }

    /// <summary>Marks a stage as not checked and not claimed: the verdict can hold without it, and says so elsewhere.</summary>
    public void NotClaimed(string stage, ErrorCode code, string reason)
    {
        NotChecked(stage, code, reason);
        Of(stage).Claimed = false;
    }

    /// <summary>Leaves out a stage that does not apply, so that nobody reads it as checked. One that failed stays.</summary>
    public void Drop(string stage)
    {
        if (Of(stage).Failed == 0)
            order.Remove(stage);
    }

    /// <summary>Told of each stage that is over, while the others are still to come; what it says then may only get worse.</summary>
    internal Action<Stage>? Watcher { get; init; }

    /// <summary>Says that stages are over. Those that do not apply, and were dropped, are passed over.</summary>
    internal void Over(params ReadOnlySpan<string> stages)
    {
        if (Watcher is null)
            return;
        foreach (string stage in stages)
        {
            if (order.Contains(stage))
                Watcher(tallies[stage].ToStage(stage));
        }
    }

    /// <summary>Adds to a stage time that it took elsewhere.</summary>
    internal void Took(string stage, double seconds) => Of(stage).Seconds += seconds;

    /// <summary>Adds to a stage the time until it is disposed.</summary>
    public Measurement Measure(string stage) => new(this, stage);

    /// <summary>Whether any stage has a finding.</summary>
    internal bool HasFindings => tallies.Values.Any(tally => tally.Findings.Count > 0);

    /// <summary>How often a stage failed so far.</summary>
    public long Failures(string stage) => Of(stage).Failed;

    /// <summary>What the stages have checked so far.</summary>
    internal IReadOnlyList<StageTally> Tallies =>
        [.. order.Select(name => new StageTally(name, tallies[name].Checked, tallies[name].Seconds))];

    /// <summary>The stages as they stand.</summary>
    public IReadOnlyList<Stage> ToStages() => [.. order.Select(name => tallies[name].ToStage(name))];

    /// <summary>The stage that reports an aspect.</summary>
    internal static string StageOf(Aspect aspect) =>
        aspect switch
        {
            Aspect.Entry => "entries",
            Aspect.Commitment => "commitments",
            Aspect.Signature => "signatures",
            Aspect.Governance => "governance",
            Aspect.Time => "time",
            Aspect.Approvals => "approvals",
            _ => "decisions",
        };

    private Tally Of(string stage)
    {
        if (!tallies.TryGetValue(stage, out Tally? tally))
        {
            tallies[stage] = tally = new Tally();
            order.Add(stage);
        }
        return tally;
    }

    /// <summary>A running measurement.</summary>
    public readonly struct Measurement : IDisposable
    {
        private readonly StageBoard board;
        private readonly string stage;
        private readonly long start;

        internal Measurement(StageBoard board, string stage)
        {
            this.board = board;
            this.stage = stage;
            start = board.clock.GetTimestamp();
        }

        public void Dispose() => board.Of(stage).Seconds += board.clock.GetElapsedTime(start).TotalSeconds;
    }

    private sealed class Tally
    {
        public List<Finding> Findings { get; } = [];

        public long Checked { get; set; }

        public long Failed { get; set; }

        public bool NotChecked { get; set; }

        public bool Claimed { get; set; } = true;

        public double Seconds { get; set; }

        public Stage ToStage(string name)
        {
            bool? holds =
                Failed > 0 ? false
                : NotChecked ? null
                : true;
            List<Finding> shown = [.. Findings];
            if (Failed > MaxFindings)
                shown.Add(new Finding(ErrorCodes.Refuted, $"and {Failed - MaxFindings} more"));
            return new Stage(name, holds, Seconds, Checked, shown) { Claimed = Claimed };
        }
    }
}
