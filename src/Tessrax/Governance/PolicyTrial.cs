using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What a policy would have made of the history of a ledger: each decision worked out again, from the claims that were on record then.</summary>
/// <remarks>Fed the ledger's entries from 0 on, by a reader who has verified them. It looks at what was decided and what was proposed, once each; what was
/// erased it cannot look at, and counts.</remarks>
/// <param name="candidate">The policy that might have been in force all the time.</param>
public sealed class PolicyTrial(Policy candidate)
{
    private readonly ClaimBook claims = new(candidate.Rules);
    private readonly List<TrialDifference> differences = [];

    /// <summary>How many decisions were looked at.</summary>
    public long Decisions { get; private set; }

    /// <summary>How many decisions or claims were erased or lost, so that nobody can work them out again.</summary>
    public long Erased { get; private set; }

    /// <summary>The decisions that would have come out differently, in the order of the ledger.</summary>
    public IReadOnlyList<TrialDifference> Differences => differences;

    /// <summary>The groups whose claims contradict each other under the candidate, as they are now.</summary>
    public IEnumerable<Contradiction> Contradictions() => claims.DetectAll();

    /// <summary>Takes the next entry.</summary>
    /// <exception cref="TessraxException">Its payload is not of its event.</exception>
    public void Add(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Entry entry = receipt.Entry;
        bool isAbout = entry.Body.Event is Events.ClaimsRecorded or Events.DecisionProposed or Events.DecisionRecorded;
        if (!isAbout)
            return;
        if (receipt.Payload is not { } payload)
        {
            Erased++;
            return;
        }
        switch (EventPayloads.Read(entry.Body.Event, payload.Root))
        {
            case ClaimsRecorded recorded:
                foreach (Claim claim in recorded.Claims)
                    claims.Add(claim, entry.Index);
                break;
            case Proposal { Decision: { } proposed }:
                Try(entry.Index, proposed);
                break;
            // One with approvals was looked at when it was proposed.
            case Decision { IsAutomatic: true } decided:
                Try(entry.Index, decided);
                break;
        }
    }

    private void Try(long index, Decision was)
    {
        Decisions++;
        Decision? would = Again(was);
        if (would is null || TrialOutcome.Of(would) != TrialOutcome.Of(was))
            differences.Add(new TrialDifference(index, was, would));
    }

    // Other units may have put the claims into several groups: the one with the claim that was followed is asked first.
    private Decision? Again(Decision was)
    {
        IEnumerable<GroupKey> groups = was
            .Claims.OrderByDescending(c => c.Digest == was.Outcome.Digest)
            .Select(c => claims.Find(c.ClaimId))
            .OfType<Claim>()
            .Select(claims.KeyOf)
            .Distinct();
        foreach (GroupKey key in groups)
        {
            if (claims.Detect(key) is { } contradiction)
                return Decider.Decide(candidate, contradiction, was.Level);
        }
        return null;
    }
}

/// <summary>A decision that would have come out differently.</summary>
/// <param name="Entry">The entry that decided or proposed it.</param>
/// <param name="Was">What was decided or proposed.</param>
/// <param name="Would">What would have been; null if there would have been no contradiction.</param>
public sealed record TrialDifference(long Entry, Decision Was, Decision? Would)
{
    /// <summary><c>{"entry","key","was":{"severity","outcome","source","approvals"},"would":{…}|null}</c>.</summary>
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("entry", Entry),
            ("key", Was.Key.ToJson()),
            ("was", TrialOutcome.Of(Was).ToJson()),
            ("would", Would is { } would ? TrialOutcome.Of(would).ToJson() : JsonValue.Null)
        );
}

/// <summary>What somebody cares about in a decision: how grave it is, what it follows, who must agree.</summary>
/// <param name="Severity">The severity.</param>
/// <param name="Value">The outcome.</param>
/// <param name="Source">Whose it is.</param>
/// <param name="Approvals">The approvals, by role; empty if the policy decides alone.</param>
public sealed record TrialOutcome(Severity Severity, JsonValue Value, string Source, string Approvals)
{
    internal static TrialOutcome Of(Decision decision) =>
        new(
            decision.Severity,
            decision.Outcome.Value,
            decision.Outcome.Source,
            string.Join(" and ", decision.Approvals.OrderBy(a => a.Role, StringComparer.Ordinal))
        );

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("severity", Severity.Text()),
            ("outcome", Value),
            ("source", Source),
            ("approvals", Approvals.Length == 0 ? "none" : Approvals)
        );
}
