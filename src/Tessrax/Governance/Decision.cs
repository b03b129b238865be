using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What a decision holds to be so: the value of one of the claims.</summary>
/// <param name="Value">The value in the form that was compared, in the group's unit.</param>
/// <param name="ClaimId">The claim that is followed.</param>
/// <param name="Source">Its source.</param>
/// <param name="Digest">Its digest.</param>
public sealed record Outcome(JsonValue Value, string ClaimId, string Source, Digest Digest);

/// <summary>A claim that a decision rests on.</summary>
public readonly record struct ClaimRef(string ClaimId, Digest Digest);

/// <summary>The sentences of a decision of the first form.</summary>
internal sealed record DecisionWords(string Reason, string Explanation);

/// <summary>How one contradiction is resolved under one policy, and what that takes.</summary>
/// <remarks>
/// A function of the policy and the contradiction alone, so that anyone who has the claims and the policy can compute it again.
/// Where <see cref="Approvals"/> is empty the policy decides by itself; otherwise this is a proposal until they are there.
/// Two decisions are equal if their canonical forms are.
/// </remarks>
public sealed partial record Decision
{
    private readonly ClaimRef[] claims;
    private readonly RequiredApproval[] approvals;

    internal Decision(ClaimRef[] claims, RequiredApproval[] approvals)
    {
        this.claims = claims;
        this.approvals = approvals;
    }

    /// <summary>The form of the policy that it was made under, and so its own.</summary>
    public PolicyForm Form => Grounds is null ? PolicyForm.V1 : PolicyForm.V2;

    /// <summary>Why it is so and not otherwise; only in the second form.</summary>
    public DecisionGrounds? Grounds { get; init; }

    /// <summary>The sentences that are part of the first form; null in the second.</summary>
    internal DecisionWords? Sentences { get; init; }

    /// <summary>How often it was passed on to others already, because nobody decided in time.</summary>
    public long Level => Grounds?.Level ?? 0;

    /// <summary>The contradiction's id.</summary>
    public required Digest Contradiction { get; init; }

    public required GroupKey Key { get; init; }

    public required ContradictionKind Kind { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>The moment at which the claims were current.</summary>
    public required UtcTime AsOf { get; init; }

    public required Strategy Strategy { get; init; }

    /// <summary>The rule that fired, for example <c>resolution.critical/escalate/most-severe</c>; <c>-&gt;</c> where one strategy stood in for another.</summary>
    public required string Rule { get; init; }

    /// <summary>Why this claim and not the others.</summary>
    public string Reason => Sentences?.Reason ?? DecisionSentence.Reason(Grounds!);

    /// <summary>The policy's action, or null if it names none.</summary>
    public string? Action { get; init; }

    /// <summary>What must be there before the decision stands.</summary>
    public IReadOnlyList<RequiredApproval> Approvals => approvals;

    /// <summary>How long a proposal waits, or null for ever.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Where a proposal waits, or null.</summary>
    public string? Lane { get; init; }

    public required Outcome Outcome { get; init; }

    /// <summary>The policy it was made under.</summary>
    public required PolicyPin Policy { get; init; }

    /// <summary>The claims it rests on, sorted by id.</summary>
    public IReadOnlyList<ClaimRef> Claims => claims;

    /// <summary>One sentence for people.</summary>
    public string Explanation => Sentences?.Explanation ?? DecisionSentence.Explain(this, Grounds!);

    /// <summary>Whether the policy decides by itself.</summary>
    public bool IsAutomatic => approvals.Length == 0;

    /// <summary>SHA-256 of the canonical form.</summary>
    public Digest Digest => HashEngine.Sha256.Hash(ToJson().ToCanonicalBytes());

    public bool Equals(Decision? other) => other is not null && ToJson().Equals(other.ToJson());

    public override int GetHashCode() => HashCode.Combine(Contradiction, Policy.Digest);

    /// <summary>The explanation.</summary>
    public override string ToString() => Explanation;
}
