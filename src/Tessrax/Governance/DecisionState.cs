using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>How far a decision has come.</summary>
public enum DecisionState
{
    /// <summary>It waits for approvals.</summary>
    Proposed,

    /// <summary>It has its approvals, and waits to be recorded.</summary>
    Approved,

    /// <summary>It is on record, and in force.</summary>
    Recorded,

    /// <summary>It is said to be done.</summary>
    Executed,

    /// <summary>So many rejected it that it could not get its approvals any more.</summary>
    Rejected,

    /// <summary>Its time passed.</summary>
    Expired,

    /// <summary>Another took its place, or its claims do not contradict each other any more.</summary>
    Superseded,

    /// <summary>It was asked of others.</summary>
    Escalated,
}

/// <summary>The words for <see cref="DecisionState"/>.</summary>
public static class DecisionStates
{
    private static readonly string[] Words =
    [
        "proposed",
        "approved",
        "recorded",
        "executed",
        "rejected",
        "expired",
        "superseded",
        "escalated",
    ];

    /// <summary>All words.</summary>
    public static ReadOnlySpan<string> All => Words;

    public static string Text(this DecisionState state) => EnumWords.Of(Words, (int)state);
}

/// <summary>A decision and what became of it.</summary>
/// <param name="Entry">The entry that holds it: DECISION_RECORDED, or DECISION_PROPOSED as long as it is not recorded.</param>
/// <param name="Decision">The decision; null if its payload was erased or lost.</param>
/// <param name="State">How far it has come.</param>
/// <param name="At">The entry that brought it there; null if that is its own, or none.</param>
/// <param name="WasRecorded">Whether it was recorded, whatever became of it since.</param>
public sealed record DecisionStatus(
    long Entry,
    Decision? Decision,
    DecisionState State,
    long? At,
    bool WasRecorded = false
);
