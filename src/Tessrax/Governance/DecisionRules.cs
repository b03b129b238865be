using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The rules from claims to decisions, each checked by doing it again: detect, decide, count approvals.</summary>
internal sealed partial class DecisionRules(LedgerFold fold)
{
    public Refusal? Judge(Entry entry, object? payload) =>
        payload switch
        {
            ClaimsRecorded claims => JudgeClaims(entry, claims),
            Contradiction contradiction => JudgeContradiction(entry, contradiction),
            Proposal proposal => JudgeProposal(entry, proposal),
            ApprovalRecorded vote => JudgeVote(entry, vote),
            Decision decision => JudgeDecision(entry, decision),
            DecisionClosed closed => JudgeClosing(entry, closed),
            DecisionExecuted executed => JudgeExecution(entry, executed),
            null when entry.Body is { Event: Events.DecisionRecorded, Payload: not null } => JudgeErased(entry),
            _ => null,
        };

    // The events name what the judgement rests on: if one of them lost its payload, that may be why.
    private Refusal Differs(string message, params ReadOnlySpan<string> restsOn) =>
        new(Aspect.Decision, ErrorCodes.DecisionDiffers, message) { Missing = fold.Erasures.FirstMissing(restsOn) };

    private Refusal? JudgeClaims(Entry entry, ClaimsRecorded claims)
    {
        foreach (Claim claim in claims.Claims)
        {
            // The newest timestamp is the moment that a group is judged at: one from 2099 would end every other claim's validity.
            if (claim.Timestamp > entry.RecordedAt + ClaimsRecorded.MaxAhead)
                return new Refusal(
                    Aspect.Time,
                    ErrorCodes.FromTheFuture,
                    $"the claim '{claim.ClaimId}' is dated {claim.Timestamp}, more than a day after {entry.RecordedAt}"
                );
            if (fold.Claims.Find(claim.ClaimId) is not null)
                return new Refusal(
                    Aspect.Decision,
                    ErrorCodes.ClaimIdReused,
                    $"entry {entry.Index} records the claim '{claim.ClaimId}', which is recorded already"
                );
        }
        return null;
    }

    private Refusal? JudgeProposal(Entry entry, Proposal proposal) =>
        proposal.Decision is { } decision
            ? JudgeProposal(entry, proposal, decision)
            : new ControlRules(fold).JudgeProposal(entry, proposal);

    private Refusal? JudgeProposal(Entry entry, Proposal proposal, Decision decision)
    {
        EntryBody body = proposal.Body;
        if (
            body.Event != Events.DecisionRecorded
            || body.Ledger != fold.State.Ledger.ToString()
            || body.Policy != fold.State.Policy
        )
            return Differs(
                $"entry {entry.Index} proposes something other than a decision of this ledger under its policy"
            );
        string what = $"the decision proposed in entry {entry.Index}";
        if (!proposal.CommitsToDecision(fold.State.Ledger))
            return new Refusal(
                Aspect.Commitment,
                ErrorCodes.CommitmentBroken,
                $"the body proposed in entry {entry.Index} does not commit to the decision shown"
            );
        if (decision.Approvals.Count == 0)
            return Differs($"entry {entry.Index} proposes what needs no approval");
        if (decision.Deadline is { } deadline && body.ExpiresAt - body.IssuedAt > deadline)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.OutsideWindow,
                $"{what} would wait longer than its policy allows"
            );
        if (fold.OpenIn(decision.Key) is { } open)
            return Differs($"entry {entry.Index} proposes a decision while proposal {open.Index} waits for the same");
        return EntryRules.JudgeProposed(entry, proposal, fold, what) ?? JudgeReplay(entry, decision);
    }

    private Refusal? JudgeVote(Entry entry, ApprovalRecorded vote)
    {
        if (!fold.Proposals.TryGetValue(vote.Proposal, out OpenProposal? proposal))
            return NotOpen(vote.Proposal);
        if (entry.RecordedAt > proposal.Proposal.Body.ExpiresAt)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.OutsideWindow,
                $"the proposal {vote.Proposal} expired at {proposal.Proposal.Body.ExpiresAt}"
            );
        Electorate who = fold.ElectorateOf(proposal.Proposal);
        // Where what has its approvals may still wait, for a delay or a token, an approval can be taken back until it is recorded.
        bool isStanding = vote.Approval.Approves || !fold.MayWait(proposal);
        IReadOnlyList<Approval> live = proposal.VotesAt(entry.RecordedAt, fold.State);
        if (HasVoted(vote.Approval, isStanding ? live : [.. live.Where(v => !v.Approves)], who))
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.AlreadyVoted,
                $"the key {vote.Approval.Key}, or another one of the same person, has voted on proposal {vote.Proposal}"
            );
        if (fold.IsUsed(vote.Approval))
            return new Refusal(
                Aspect.Time,
                ErrorCodes.NonceReused,
                $"the approval in entry {entry.Index} uses a nonce again"
            );
        return ApprovalRules.Judge(
            vote.Approval,
            proposal.BodyDigest,
            proposal.Proposal.Body.By.Key,
            who,
            entry.RecordedAt
        );
    }

    // Whoever holds no role has given no verdict that counts, and is told that.
    private static bool HasVoted(Approval approval, IReadOnlyList<Approval> live, Electorate who) =>
        live.Any(v => v.Key == approval.Key && v.Role == approval.Role)
        || (who.Holder(approval) is not null && who.HasVoted(approval, live));

    private Refusal? JudgeDecision(Entry entry, Decision decision)
    {
        Refusal? differs = JudgeReplay(entry, decision);
        if (differs is { Missing: null })
            return differs;
        // Where the decision cannot be worked out again, its approvals are still judged.
        Refusal? approvals = JudgeApprovals(entry, decision);
        return approvals is { Missing: null } ? approvals : differs ?? approvals;
    }

    private Refusal? JudgeApprovals(Entry entry, Decision decision)
    {
        string what = $"the decision in entry {entry.Index}";
        Electorate who = fold.ElectorateOf(decision, entry.Body);
        if (decision.Approvals.Count == 0)
            return ApprovalRules.JudgeAll(entry.Approvals, who, what);
        if (fold.ProposalOf(entry.Body) is { } proposal)
            return ApprovalRules.JudgeCarried(entry, proposal, who, what);
        Refusal unproposed = Unproposed(what);
        return unproposed.Missing is null ? unproposed : ApprovalRules.JudgeAlone(entry, who, what) ?? unproposed;
    }

    private Refusal Unproposed(string what) =>
        new(Aspect.Approvals, ErrorCodes.NeedsApproval, $"{what} was never proposed, or is closed")
        {
            Missing = fold.Erasures.FirstMissing(Events.DecisionProposed),
        };

    // A decision whose payload is missing: its approvals stand in the leaf, and sign its body. How many it needed is said by its proposal; or if that
    // is missing too, they must at least be what the policy asks for at some severity.
    private Refusal? JudgeErased(Entry entry)
    {
        string what = $"the decision in entry {entry.Index}";
        if (fold.ProposalOf(entry.Body) is { Proposal.Decision: { } decision } proposal)
            return ApprovalRules.JudgeCarried(entry, proposal, fold.ElectorateOf(proposal.Proposal), what);
        // Where no proposal is missing, there was none: then it needed no approvals, or they were never on record.
        if (entry.Approvals.Count > 0 && Unproposed(what) is { Missing: null } unproposed)
            return unproposed;
        Refusal? refusal = null;
        foreach (PolicyAction? asked in Enum.GetValues<Severity>().SelectMany(fold.Rules.ActionsFor))
        {
            refusal = ApprovalRules.JudgeAlone(entry, fold.ElectorateOf(asked, entry.Body), what);
            if (refusal is null)
                break;
        }
        return refusal;
    }

    private Refusal? JudgeClosing(Entry entry, DecisionClosed closed)
    {
        if (!fold.Proposals.TryGetValue(closed.Proposal, out OpenProposal? proposal))
            return NotOpen(closed.Proposal);
        if (closed.Outcome == ClosedAs.Escalated && fold.EscalatesAt(proposal) is { } due && entry.RecordedAt < due)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.EscalationTooEarly,
                $"entry {entry.Index} passes proposal {closed.Proposal} on to others before {due}"
            );
        bool justified = closed.Outcome switch
        {
            ClosedAs.Rejected => fold.ElectorateOf(proposal.Proposal)
                .IsOutOfReach(proposal.VotesAt(entry.RecordedAt, fold.State)),
            ClosedAs.Expired => fold.IsExpired(proposal, entry.RecordedAt),
            ClosedAs.Escalated => fold.IsEscalated(proposal, entry.RecordedAt),
            _ => fold.IsOvertaken(proposal),
        };
        return justified
            ? null
            : new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} closes proposal {closed.Proposal} as {closed.OutcomeText}, which it is not"
            )
            {
                Missing = closed.Outcome == ClosedAs.Superseded ? fold.Erasures.FirstMissing(Inputs) : null,
            };
    }

    private Refusal? JudgeExecution(Entry entry, DecisionExecuted executed)
    {
        string what = $"entry {entry.Index} says that the decision of entry {executed.Decision} was executed";
        if (fold.ExecutedAt(executed.Decision) is { } before)
            return new Refusal(
                Aspect.Decision,
                ErrorCodes.AlreadyExecuted,
                $"{what}, which entry {before} says already"
            );
        return fold.InForce(executed.Decision) is not null
            ? null
            : new Refusal(Aspect.Decision, ErrorCodes.NotInForce, $"{what}, which is none, or not in force")
            {
                Missing = fold.Erasures.FirstMissing(Events.DecisionRecorded),
            };
    }

    private Refusal NotOpen(long proposal) =>
        new(Aspect.Approvals, ErrorCodes.Closed, $"the proposal {proposal} is not open")
        {
            Missing = fold.Erasures.IsMissing(Events.DecisionProposed, proposal) ? proposal : null,
        };
}
