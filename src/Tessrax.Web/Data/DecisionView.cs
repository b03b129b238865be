using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Serving;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>A claim that a decision settles.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Distance">How far it is from the outcome, relative to the larger of the two; null where that is no number.</param>
/// <param name="Compared">The number that was compared, where it was said in another unit; null otherwise.</param>
/// <param name="IsChosen">Whether the decision follows it.</param>
public sealed record ClaimView(Claim Claim, string? Distance, string? Compared, bool IsChosen);

/// <summary>A decision as its story.</summary>
/// <param name="Receipt">The entry that records or proposes it.</param>
/// <param name="Decision">The decision; null if its payload was erased, and the rest with it.</param>
public sealed record DecisionView(Receipt Receipt, Decision? Decision)
{
    public IReadOnlyList<StoryStep> Steps { get; private init; } = [];

    public IReadOnlyList<ClaimView> Claims { get; private init; } = [];

    /// <summary>What it settles; null if its payload is not there any more.</summary>
    public Contradiction? Contradiction { get; private init; }

    public IReadOnlyList<Verdict> Approvals { get; private init; } = [];

    /// <summary>How far it has come, in a word.</summary>
    public string State { get; private init; } = "erased";

    /// <summary>The entry that brought it there; null if that is its own, or none.</summary>
    public long? At { get; private init; }

    /// <summary>Whether it waits for approvals.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>Whether it was proposed, and that ended without a decision.</summary>
    public bool WasClosed => IsProposal && Decision is not null && !IsOpen && State != ProposalFate.Decided;

    /// <summary>The policy in force now, if it is another one.</summary>
    public PolicyPin? PresentPolicy { get; private init; }

    /// <summary>The same in pictures; null if its payload was erased.</summary>
    public KernelFilm? Film { get; private init; }

    public bool IsProposal => Receipt.Entry.Body.Event == Events.DecisionProposed;

    /// <summary>Reads one, and what the ledger tells of it.</summary>
    /// <exception cref="TessraxException">TSX3011: there is no such entry, or it holds no decision.</exception>
    public static DecisionView Read(ServedLedger ledger, LedgerMoment moment, NodeEnvironment environment, long index)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(moment);
        ArgumentNullException.ThrowIfNull(environment);
        // It would look for the rest of the story to say the same.
        moment.Glance.Require(index);
        using DecisionList list = DecisionList.Open(moment.Glance, environment);
        UtcTime now = UtcTime.Now(environment.Clock);
        return ledger.Fold(view => Of(view, ToldDecision.Of(view, list, index, now)), moment.Size);
    }

    private static DecisionView Of(LedgerView view, ToldDecision told)
    {
        if (told.Decision is not { } decision)
            return new DecisionView(told.Receipt, null);
        GovernanceState state = view.Fold.State;
        return new DecisionView(told.Receipt, decision)
        {
            Steps = told.Story!.Steps,
            Claims = [.. told.Claims!.All.Select(claim => Of(claim, told.Claims, decision))],
            Contradiction = told.Story.Contradiction,
            Approvals = [.. told.Receipt.Entry.Approvals.Select(approval => Verdict.Of(approval, state))],
            State = told.Status?.State.Text() ?? told.Fate?.Status ?? "recorded",
            Film = KernelFilm.Of(told),
            At = told.Status?.At ?? (told.Fate is { At: >= 0 and var at } ? at : null),
            IsOpen = view.Fold.Proposals.ContainsKey(told.Receipt.Entry.Index),
            PresentPolicy = state.Policy is { } present && present != decision.Policy ? present : null,
        };
    }

    private static ClaimView Of(Claim claim, DecisionClaims claims, Decision decision)
    {
        bool isChosen = claim.ClaimId == decision.Outcome.ClaimId;
        string? compared =
            claim.Unit is not null && claim.Unit != decision.Key.Unit && claims.Compared(claim) is { } number
                ? $"{number} {decision.Key.Unit}"
                : null;
        return new ClaimView(claim, isChosen ? null : claims.Distance(claim), compared, isChosen);
    }
}
