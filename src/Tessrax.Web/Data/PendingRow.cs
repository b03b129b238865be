using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Reading;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>Approvals that a proposal needs in one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Has">How many count.</param>
/// <param name="Needs">How many are asked for.</param>
public sealed record RoleTally(string Role, int Has, int Needs);

/// <summary>A proposal that waits for approvals.</summary>
public sealed record PendingRow(long Index, string About, string Proposes, string Sentence)
{
    /// <summary>The lane that it waits in; null for none.</summary>
    public string? Lane { get; private init; }

    /// <summary>How grave what it settles is; null for a control event.</summary>
    public Severity? Severity { get; private init; }

    public IReadOnlyList<RoleTally> Roles { get; private init; } = [];

    /// <summary>Approvals that count no more.</summary>
    public int Lapsed { get; private init; }

    public IReadOnlyList<Verdict> Votes { get; private init; } = [];

    public UtcTime ExpiresAt { get; private init; }

    /// <summary>When it is asked of others; null if never.</summary>
    public UtcTime? EscalatesAt { get; private init; }

    /// <summary>Before when it may not be recorded; null if it may at once.</summary>
    public UtcTime? DueAt { get; private init; }

    /// <summary>Whose token it needs beside its approvals; null if none.</summary>
    public string? TokenRole { get; private init; }

    /// <summary>What a policy changes, line by line.</summary>
    public IReadOnlyList<string> Changes { get; private init; } = [];

    /// <summary>A proposal that waits.</summary>
    public static PendingRow Of(OpenProposal open, LedgerFold fold, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(fold);
        Proposal proposal = open.Proposal;
        IReadOnlyList<Ledger.Approval> live = open.VotesAt(now, fold.State);
        return new PendingRow(
            open.Index,
            ProposalText.About(proposal),
            ProposalText.Proposes(proposal),
            ProposalText.Explain(proposal)
        )
        {
            Lane = Lanes.Of(open, fold),
            Severity = proposal.Decision?.Severity,
            Roles =
            [
                .. fold.RequiredOf(proposal)
                    .Select(asked => new RoleTally(
                        asked.Role,
                        live.Count(vote => vote.Approves && vote.Role == asked.Role),
                        asked.K
                    )),
            ],
            Lapsed = ApprovalTally.Lapsed(open, fold, now),
            Votes = [.. open.Votes.Select(vote => Verdict.Of(vote, fold.State))],
            ExpiresAt = proposal.Body.ExpiresAt,
            EscalatesAt = fold.EscalatesAt(open),
            DueAt = fold.DueAt(open),
            TokenRole = fold.TokenFor(open)?.Role,
            Changes = proposal.Decision is null ? [.. ProposalText.Changes(proposal.Body, fold.Rules)] : [],
        };
    }
}

/// <summary>A page of what waits, in the order of the lanes.</summary>
/// <param name="Rows">The proposals.</param>
/// <param name="Count">How many wait.</param>
/// <param name="Skipped">How many stand before those of the page.</param>
public sealed record PendingList(IReadOnlyList<PendingRow> Rows, int Count, int Skipped)
{
    /// <summary>Proposals of a page: each takes some room.</summary>
    public const int PageSize = 25;

    /// <summary>Reads one.</summary>
    /// <param name="view">The ledger.</param>
    /// <param name="now">The present, by which verdicts count.</param>
    /// <param name="skip">How many to leave out.</param>
    public static PendingList Read(LedgerView view, UtcTime now, int skip)
    {
        ArgumentNullException.ThrowIfNull(view);
        LedgerFold fold = view.Fold;
        int skipped = Math.Min(skip, fold.Proposals.Count);
        PendingRow[] rows =
        [
            .. Lanes.Sort(fold).Skip(skipped).Take(PageSize).Select(open => PendingRow.Of(open, fold, now)),
        ];
        return new PendingList(rows, fold.Proposals.Count, skipped);
    }
}
