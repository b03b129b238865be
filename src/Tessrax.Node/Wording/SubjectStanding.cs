using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Wording;

/// <summary>What holds for a subject, group by group.</summary>
/// <param name="Subject">The subject, letter by letter as it is claimed.</param>
/// <param name="Groups">Its groups, in their order; none if nobody claims anything about it.</param>
public sealed record SubjectStanding(string Subject, IReadOnlyList<GroupStanding> Groups)
{
    /// <summary>How many groups a server tells of at most.</summary>
    public const int MostGroups = 200;

    /// <summary>Whether it has more groups than are told.</summary>
    public bool HasMore { get; init; }

    /// <summary>The ledger as which this one goes on, so that it says nothing of what holds now; null if it is not closed.</summary>
    public string? Successor { get; init; }

    /// <summary>Whether payloads that count are lost, so that nobody can say what holds.</summary>
    public bool LacksPayloads { get; init; }

    /// <summary>Whether there is a value to act on in each of its groups, and in one at least.</summary>
    public bool IsSettled =>
        Groups.Count > 0 && !HasMore && Successor is null && !LacksPayloads && Groups.All(one => one.IsSettled);

    /// <summary>Reads what holds from a ledger.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="metric">Only the groups of this metric; null for all.</param>
    /// <param name="told">Tells what became of the contradiction of a group; null if the ledger told of none there.</param>
    /// <param name="now">The time, by which claims hold and verdicts count.</param>
    /// <param name="most">How many groups to tell.</param>
    public static SubjectStanding Of(
        LedgerView view,
        string subject,
        string? metric,
        Func<GroupKey, ContradictionStatus?> told,
        UtcTime now,
        int most = int.MaxValue - 1
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        GroupKey[] keys =
        [
            .. view
                .Fold.Claims.KeysOf(subject)
                .Where(key => metric is null || key.Metric == metric)
                .Order()
                .Take(most + 1),
        ];
        return new SubjectStanding(subject, [.. keys.Take(most).Select(key => Of(view, key, told(key), now))])
        {
            HasMore = keys.Length > most,
            Successor = view.Fold.State.Successor?.ToString(),
            LacksPayloads = view.Fold.Erasures.HasMissingThatCounts,
        };
    }

    /// <summary>Reads what holds in one group.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="key">The group.</param>
    /// <param name="told">What became of its contradiction; null if the ledger told of none.</param>
    /// <param name="now">The time.</param>
    public static GroupStanding Of(LedgerView view, GroupKey key, ContradictionStatus? told, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(view);
        IReadOnlyList<Claim> claims = view.Fold.Claims.Claims(key);
        Contradiction? present = view.Fold.Claims.Detect(key);
        ContradictionStatus? status = told?.Contradiction.Id == present?.Id ? told : null;
        OpenProposal? waits = present is null ? null : view.Fold.OpenIn(key);
        Receipt? decided = status is { Settled: { } settled, Proposal: null } ? view.Receipt(settled) : null;
        Decision? decision = decided?.Payload is { } payload ? Decision.FromJson(payload.Root) : null;
        bool isReadable = !view.Fold.Erasures.HasMissingThatCounts && view.Fold.State.Successor is null;
        return new GroupStanding
        {
            Key = key,
            Claims =
            [
                .. claims
                    .TakeLast(GroupStanding.MostClaims)
                    .Select(claim => new ClaimOnRecord(claim, view.Fold.Claims.EntryOf(claim.ClaimId) ?? 0)),
            ],
            ClaimsInAll = claims.Count,
            Told = status,
            Untold = status is null ? present : null,
            Waits = waits is null
                ? null
                : new StandingProposal(waits.Index, Needs(waits.Proposal), ProposalJson.Of(waits, view.Fold, now)),
            Decided = decided,
            Decision = decision,
            DecisionJson = decided is null ? null : DecisionJson.Of(view, decided, null),
            IsSettled =
                isReadable
                && waits is null
                && IsSoAt(now, view.Fold.Rules.Rules, key, claims, present)
                && (
                    present is null
                        ? claims.Any(claim => claim.HoldsAt(now))
                        : decision is not null && IsHeld(decision, claims, now)
                ),
        };
    }

    /// <summary>Whether the claim that won is among these, and holds.</summary>
    public static bool IsHeld(Decision decision, IEnumerable<Claim> claims, UtcTime now) =>
        claims.Any(claim => claim.Digest == decision.Outcome.Digest && claim.HoldsAt(now));

    /// <summary>Whether the claims that hold at a time agree, or contradict each other as it was found among those that held when the newest was made: where claims have windows, time changes which hold.</summary>
    /// <param name="now">The time.</param>
    /// <param name="rules">How their values are compared.</param>
    /// <param name="key">The group.</param>
    /// <param name="claims">Its claims.</param>
    /// <param name="present">The contradiction that was found; null if none was.</param>
    public static bool IsSoAt(
        UtcTime now,
        MetricRules rules,
        GroupKey key,
        IReadOnlyCollection<Claim> claims,
        Contradiction? present
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(claims);
        if (claims.All(claim => claim.ValidFrom is null && claim.ValidUntil is null))
            return true;
        UtcTime asOf = claims.Select(claim => claim.Timestamp).Append(now).Max();
        Contradiction? then = ContradictionDetector.Detect(rules.For(key.Metric), key, claims, asOf);
        return then is null || then.Id == present?.Id;
    }

    /// <summary>Whose approvals a proposal needs, in words.</summary>
    public static IReadOnlyList<string> Needs(Proposal proposal) =>
        proposal.Decision is { } decision
            ? [.. decision.Approvals.Select(needed => needed.ToString())]
            : ["the approvals of a control event"];

    /// <summary>All of it, for programs.</summary>
    /// <param name="place">As for <see cref="GroupStanding.Sentence"/>.</param>
    /// <param name="most">The groups stop before so many bytes of JSON, but for the first.</param>
    public JsonValue ToJson(string? place, long most = long.MaxValue)
    {
        JsonValue[] groups = [.. Within(most, Groups.Select(one => one.ToJson(place)))];
        bool hasMore = HasMore || groups.Length < Groups.Count;
        return JsonValue.Object(
            ("subject", Subject),
            ("settled", IsSettled && !hasMore),
            ("standing", JsonValue.Of(groups)),
            ("more", hasMore),
            ("successor", Successor is null ? null : JsonValue.String(Successor)),
            ("lacks_payloads", LacksPayloads)
        );
    }

    private static IEnumerable<JsonValue> Within(long most, IEnumerable<JsonValue> groups)
    {
        if (most == long.MaxValue)
            return groups;
        long taken = 0;
        return groups.TakeWhile((one, i) => (taken += one.ToCanonicalBytes().Length) <= most || i == 0);
    }
}
