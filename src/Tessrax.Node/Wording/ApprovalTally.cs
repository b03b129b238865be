using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Wording;

/// <summary>How many of the approvals that a proposal needs it has: those that count at a moment, role by role.</summary>
public static class ApprovalTally
{
    /// <summary>In words, such as <c>1 of 2 of security and 1 of 1 of legal</c>.</summary>
    public static string Of(OpenProposal proposal, LedgerFold fold, UtcTime now)
    {
        IReadOnlyList<Approval> live = proposal.VotesAt(now, fold.State);
        string counted = string.Join(
            " and ",
            fold.RequiredOf(proposal.Proposal)
                .Select(asked => $"{live.Count(v => v.Approves && v.Role == asked.Role)} of {asked}")
        );
        int lapsed = Lapsed(proposal, fold, now);
        return lapsed == 0 ? counted : $"{counted} ({lapsed} lapsed, and may be given again)";
    }

    /// <summary>How many approvals count.</summary>
    public static int Live(OpenProposal proposal, LedgerFold fold, UtcTime now) =>
        proposal.VotesAt(now, fold.State).Count(v => v.Approves);

    /// <summary>How many approvals are on record and count no more: the rules have changed since, their time is over, or they were taken back.</summary>
    public static int Lapsed(OpenProposal proposal, LedgerFold fold, UtcTime now) =>
        proposal.Votes.Count(v => v.Approves) - Live(proposal, fold, now);
}
