using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Node.Wording;

/// <summary>What waits for approvals, in JSON.</summary>
public static class ProposalJson
{
    /// <summary>A proposal that waits.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="fold">The ledger.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    public static JsonValue Of(OpenProposal proposal, LedgerFold fold, UtcTime now) =>
        JsonValue.Object([
            ("id", proposal.Index),
            .. ProposalText.ToJson(proposal.Proposal),
            ("lane", Lanes.Of(proposal, fold) is { } lane ? JsonValue.String(lane) : null),
            ("state", DecisionHistory.StateOf(proposal, fold, now).Text()),
            ("required", JsonValue.Of(fold.RequiredOf(proposal.Proposal).Select(r => r.ToJson()))),
            ("approvals", ApprovalTally.Live(proposal, fold, now)),
            ("lapsed", ApprovalTally.Lapsed(proposal, fold, now) is > 0 and var lapsed ? lapsed : null),
            ("token_role", fold.TokenFor(proposal) is { } rule ? JsonValue.String(rule.Role) : null),
            ("rejections", proposal.Votes.Count(v => !v.Approves)),
            ("expires_at", proposal.Proposal.Body.ExpiresAt.ToString()),
            ("escalates_at", fold.EscalatesAt(proposal) is { } time ? JsonValue.String(time.ToString()) : null),
            ("not_before", fold.DueAt(proposal) is { } due ? JsonValue.String(due.ToString()) : null),
            ("body", proposal.BodyDigest.ToString()),
        ]);
}
