using Tessrax.Governance;

namespace Tessrax.Node.Search;

/// <summary>Which decisions somebody wants to see.</summary>
/// <param name="State">Those of one state; <c>all</c> for any; null for those on record.</param>
/// <param name="Lane">Those of one lane; null for any.</param>
/// <param name="Limit">At most so many; null for all.</param>
/// <param name="Before">Those before this entry; null for all.</param>
public sealed record DecisionWish(string? State, string? Lane, long? Limit, long? Before)
{
    /// <summary>Whether those alone are wanted that wait for somebody.</summary>
    public bool IsOfWaiting => State == DecisionState.Proposed.Text() || State == DecisionState.Approved.Text();

    public bool Wants(DecisionStatus status) =>
        (Before is not { } end || status.Entry < end)
        && (Lane is null || status.Decision?.Lane == Lane)
        && State switch
        {
            "all" => true,
            // What was recorded, whatever became of it.
            null => status.State is DecisionState.Recorded or DecisionState.Executed
                || status is { State: DecisionState.Superseded, WasRecorded: true },
            _ => status.State.Text() == State,
        };
}
