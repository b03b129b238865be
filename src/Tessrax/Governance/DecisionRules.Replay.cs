using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

internal sealed partial class DecisionRules
{
    // What a decision is worked out from.
    private static readonly string[] Inputs = [Events.ClaimsRecorded, Events.ContradictionDetected];

    // And what says to whom it was passed on.
    private static readonly string[] InputsAndProposals = [.. Inputs, Events.DecisionProposed];

    /// <summary>What is left to be worked out again of the entry that was judged, if anything; what it refuses goes before what <see cref="Judge"/> did.</summary>
    public Replay? Deferred { get; private set; }

    private Refusal? JudgeContradiction(Entry entry, Contradiction contradiction)
    {
        if (fold.IsDetected(contradiction.Id))
            return Differs($"entry {entry.Index} tells of a contradiction that is on record already");
        Lazy<Contradiction?> again = fold.Claims.Look(contradiction.Key);
        return WorkOut(entry, () => Compare(entry.Index, contradiction, again.Value), Events.ClaimsRecorded);
    }

    // What cannot be worked out again must still ask for the approvals that the policy asks for at the severity that it names.
    private Refusal? JudgeReplay(Entry entry, Decision decision)
    {
        Refusal? refusal = JudgeAgain(entry, decision);
        if (refusal is not { Missing: not null })
            return refusal;
        return
            decision.Policy == fold.State.Policy
            && fold.Rules.ActionsFor(decision.Severity).Any(a => (a?.Approvals ?? []).SequenceEqual(decision.Approvals))
            ? refusal
            : Differs($"entry {entry.Index} asks for other approvals than its policy does");
    }

    private Refusal? JudgeAgain(Entry entry, Decision decision)
    {
        if (fold.SettlementOf(decision) is not null)
            return Differs(
                $"entry {entry.Index} decides a contradiction that is decided, rejected or expired already",
                Events.DecisionRecorded,
                Events.DecisionProposed
            );
        Policy policy = fold.Rules;
        long level = fold.LevelOf(decision.Key, decision.Contradiction);
        Lazy<Contradiction?> again = fold.Claims.Look(decision.Key);
        string? unknown = fold.IsDetected(decision.Contradiction)
            ? null
            : $"entry {entry.Index} decides a contradiction that is not on record";
        return WorkOut(
            entry,
            () => Compare(entry.Index, decision, policy, level, again.Value) ?? unknown,
            decision.Form == PolicyForm.V1 ? Inputs : InputsAndProposals
        );
    }

    // Where a payload is missing, what is worked out may be wrong, and whether that is excused is to be known at once.
    private Refusal? WorkOut(Entry entry, Func<string?> differs, params ReadOnlySpan<string> restsOn)
    {
        if (fold.Erasures.HasMissing)
            return differs() is { } message ? Differs(message, restsOn) : null;
        Deferred = new Replay(entry.Index, differs);
        return null;
    }

    private static string? Compare(long entry, Contradiction recorded, Contradiction? again)
    {
        if (again is null)
            return $"entry {entry} tells of a contradiction that the claims before it do not give: $.id: recorded \"{recorded.Id}\", computed nothing";
        return recorded.Equals(again) ? null
            : DecisionDiff.First(recorded.ToJson(), again.ToJson()) is { } first
                ? $"entry {entry} tells of another contradiction than the claims before it give: {first}"
            : null;
    }

    private static string? Compare(long entry, Decision recorded, Policy policy, long level, Contradiction? again)
    {
        if (again is null)
            return $"entry {entry} decides a contradiction that the claims before it do not give: $.contradiction: recorded \"{recorded.Contradiction}\", computed nothing";
        return DecisionDiff.First(recorded.ToJson(), Decider.Decide(policy, again, level).ToJson()) is { } first
            ? $"entry {entry} decides other than its claims and its policy do: {first}"
            : null;
    }
}
