using Tessrax.Canonical;
using Tessrax.Contradictions;

namespace Tessrax.Governance;

/// <summary>How the outcome of a contradiction is chosen.</summary>
public enum Strategy
{
    /// <summary>The source that comes first in the policy's precedence.</summary>
    PreferSource,

    /// <summary>The worst value.</summary>
    MostSevere,

    /// <summary>The middle value; the lower one of two.</summary>
    Median,

    /// <summary>The value stated most often.</summary>
    Majority,

    /// <summary>The value stated last.</summary>
    Newest,

    /// <summary>People decide; another strategy proposes.</summary>
    Escalate,
}

/// <summary>Approvals that an action needs: <paramref name="K"/> distinct keys of one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="K">1 to 64.</param>
public sealed record RequiredApproval(string Role, int K)
{
    public JsonValue ToJson() => JsonValue.Object(("role", Role), ("k", K));

    /// <summary>For people: <c>2 of security</c>.</summary>
    public override string ToString() => string.Create(null, $"{K} of {Role}");
}

/// <summary>What it takes to carry a decision out.</summary>
/// <param name="Name">The action's name in the policy.</param>
/// <param name="Approvals">What it needs; empty if the policy decides alone.</param>
/// <param name="Deadline">How long a proposal waits, 1 minute to 365 days; null for ever.</param>
/// <param name="Lane">Where it waits, for those who sort their work, or null.</param>
public sealed record PolicyAction(
    string Name,
    IReadOnlyList<RequiredApproval> Approvals,
    TimeSpan? Deadline,
    string? Lane
)
{
    /// <summary>Roles of which a single rejection ends a proposal, however many approve.</summary>
    public IReadOnlyList<string> Veto { get; init; } = [];

    /// <summary>What becomes of a proposed decision that nobody carried or rejected in time; null if it only expires.</summary>
    public Escalation? Escalation { get; init; }
}

/// <summary>A decision that waited too long is asked of others.</summary>
/// <param name="After">How long it waits first, from when its proposal was recorded: less than the deadline.</param>
/// <param name="To">The name of the action that it is proposed under then.</param>
public sealed record Escalation(TimeSpan After, string To);

/// <summary>How contradictions of one severity are resolved.</summary>
/// <param name="Severity">The severity.</param>
/// <param name="Strategy">How the outcome is chosen.</param>
/// <param name="Propose">For escalate: how the outcome that is proposed is chosen.</param>
/// <param name="Action">What it takes; null if the policy decides alone.</param>
public sealed record Resolution(Severity Severity, Strategy Strategy, Strategy? Propose, PolicyAction? Action)
{
    /// <summary>The strategy that chooses the outcome: the proposing one where people decide.</summary>
    public Strategy Chooser => Propose ?? Strategy;

    /// <summary>Whether people must approve.</summary>
    public bool NeedsApproval => Action is { Approvals.Count: > 0 };
}
