namespace Tessrax.Node.Simulation;

/// <summary>What happened when to whom, for a picture: marks and spans in lanes, of which the first is the log's and the others are the approvers'.</summary>
public sealed class QuorumTimeline
{
    private readonly List<Mark> marks = [];
    private readonly List<Span> spans = [];

    /// <summary>Something that happened at one moment.</summary>
    /// <param name="At">The moment.</param>
    /// <param name="Lane">0 is the log; approver n is lane n + 1.</param>
    /// <param name="Kind"><c>claims</c>, <c>propose</c>, <c>vote</c>, <c>reject</c>, <c>decide</c>, <c>close</c>, <c>refuse</c>, <c>violation</c>.</param>
    /// <param name="What">In words.</param>
    public sealed record Mark(TimeSpan At, int Lane, string Kind, string What);

    /// <summary>A while in which a node was down, stopped or cut off.</summary>
    /// <param name="From">When it began.</param>
    /// <param name="To">When it ended.</param>
    /// <param name="Lane">As in <see cref="Mark"/>.</param>
    /// <param name="Kind"><c>down</c>, <c>stopped</c> or <c>cut</c>.</param>
    public sealed record Span(TimeSpan From, TimeSpan To, int Lane, string Kind);

    /// <summary>All marks in order.</summary>
    public IReadOnlyList<Mark> Marks => marks;

    /// <summary>All spans in the order in which they began.</summary>
    public IReadOnlyList<Span> Spans => spans;

    /// <summary>The end.</summary>
    public TimeSpan End { get; internal set; }

    /// <summary>When the last fault was over.</summary>
    public TimeSpan Healed { get; internal set; }

    /// <summary>How the recording of an event is marked; null if it is not.</summary>
    internal static string? KindOf(string name) =>
        name switch
        {
            Ledger.Events.ClaimsRecorded => "claims",
            Ledger.Events.DecisionProposed => "propose",
            Ledger.Events.DecisionRecorded => "decide",
            Ledger.Events.DecisionClosed => "close",
            _ => null,
        };

    internal void Add(TimeSpan at, int lane, string kind, string what) => marks.Add(new Mark(at, lane, kind, what));

    internal void Add(TimeSpan from, TimeSpan to, int lane, string kind) => spans.Add(new Span(from, to, lane, kind));
}
