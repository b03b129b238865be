using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>How far a contradiction has come.</summary>
public enum ContradictionState
{
    /// <summary>It was told of, and nothing was settled in its group since.</summary>
    Open,

    /// <summary>The same, but its group was told of before: it came back, or came to be another one.</summary>
    Recurring,

    /// <summary>It was decided, or its proposal was rejected or left to expire.</summary>
    Resolved,

    /// <summary>The present claims give another one, or none.</summary>
    Superseded,
}

/// <summary>The words for <see cref="ContradictionState"/>.</summary>
public static class ContradictionStates
{
    private static readonly string[] Words = ["open", "recurring", "resolved", "superseded"];

    /// <summary>All words.</summary>
    public static ReadOnlySpan<string> All => Words;

    public static string Text(this ContradictionState state) => EnumWords.Of(Words, (int)state);
}

/// <summary>Where a ledger told of a contradiction.</summary>
/// <param name="Entry">Index of the CONTRADICTION_DETECTED entry.</param>
/// <param name="At">Its recorded_at.</param>
public readonly record struct Sighting(long Entry, UtcTime At);

/// <summary>What is known of the contradictions of one group: the present one, or the last one that was told of, and its life so far.</summary>
/// <param name="Contradiction">The contradiction.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Count">How often the ledger told of a contradiction in this group.</param>
/// <param name="First">Where it did first.</param>
/// <param name="Last">Where it did last.</param>
/// <param name="Settled">The entry that decided this one, or that closed its proposal; null if none did, or another one was settled in its group since.</param>
/// <param name="Proposal">The proposal that waits for approvals in its group, or that was closed; null if there is none.</param>
public sealed record ContradictionStatus(
    Contradiction Contradiction,
    ContradictionState State,
    int Count,
    Sighting First,
    Sighting Last,
    long? Settled,
    long? Proposal
)
{
    /// <summary>Whether it was settled without a decision: its proposal was rejected, or left to expire, and what its sources claim differs as before.</summary>
    public bool EndedUndecided => State == ContradictionState.Resolved && Proposal is not null;

    /// <summary>One sentence for people: what became of it, and what it is.</summary>
    public override string ToString()
    {
        string seen =
            Count == 1
                ? $"told in entry {Last.Entry}"
                : $"told {Count} times, first in entry {First.Entry} and last in entry {Last.Entry}";
        return $"{State.Text()}, {seen}{Fate()}: {Contradiction.Explanation}";
    }

    /// <summary>All of it.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("state", State.Text()),
            ("count", Count),
            ("first", ToJson(First)),
            ("last", ToJson(Last)),
            ("settled", Settled is { } settled ? JsonValue.Number(settled) : null),
            ("proposal", Proposal is { } proposal ? JsonValue.Number(proposal) : null),
            (
                "confidence",
                JsonValue.Object(("for", Contradiction.Confidence.For), ("of", Contradiction.Confidence.Of))
            ),
            ("contradiction", Contradiction.ToJson()),
            ("sentence", ToString())
        );

    private string Fate() =>
        (State, Settled, Proposal) switch
        {
            (ContradictionState.Superseded, { } settled, _) =>
                $", settled in entry {settled}, and given by the claims no more",
            (ContradictionState.Superseded, _, _) => ", given by the claims no more",
            (_, { } settled, { } closed) => $", and closed in entry {settled} without a decision (proposal {closed})",
            (_, { } settled, null) => $", decided in entry {settled}",
            (_, null, { } waiting) => $", waiting for the approvals of proposal {waiting}",
            _ => "",
        };

    private static JsonValue ToJson(Sighting seen) =>
        JsonValue.Object(("entry", seen.Entry), ("at", seen.At.ToString()));
}
