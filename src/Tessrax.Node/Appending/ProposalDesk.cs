using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Turns contradictions into decisions or proposals, takes verdicts, and closes what expired or was overtaken.</summary>
public sealed class ProposalDesk(LedgerWriter writer)
{
    private LedgerFold Fold => writer.Fold;

    /// <summary>Records a verdict, and in the same batch what follows from it: the decision, if this was the last approval needed,
    /// or its end, if this rejection puts the quorum out of reach.</summary>
    /// <remarks>If claims that came meanwhile have overtaken the proposal, it is closed first, and the verdict is refused.</remarks>
    /// <exception cref="TessraxException">TSX4001 to TSX4012: the verdict does not count and is not written.</exception>
    public IReadOnlyList<Receipt> Record(ApprovalRecorded verdict)
    {
        // An ingest that was cut off may have recorded claims without what follows from them.
        if (Fold.Proposals.TryGetValue(verdict.Proposal, out OpenProposal? open) && Fold.IsOvertaken(open))
            writer.Append(Settle(open.Proposal.Decision.Key));
        return writer.Append(AfterVerdict(verdict));
    }

    /// <summary>Closes every proposal whose deadline has passed.</summary>
    /// <returns>How many were closed.</returns>
    public int CloseExpired(UtcTime now)
    {
        OpenProposal[] expired = [.. Fold.Proposals.Values.Where(p => p.Proposal.Body.ExpiresAt < now)];
        if (expired.Length > 0)
            writer.Append(expired.Select(p => Close(p.Index, ClosedAs.Expired)));
        return expired.Length;
    }

    /// <summary>What follows from the present claims of one group. Lazily: each draft is to be appended before the next is asked for.</summary>
    internal IEnumerable<Draft> Settle(GroupKey key)
    {
        if (Fold.OpenIn(key) is { } open)
        {
            IEnumerable<Draft> end = Fold.IsOvertaken(open) ? [Close(open.Index, ClosedAs.Superseded)] : Conclude(open);
            foreach (Draft draft in end)
                yield return draft;
        }
        if (Fold.Claims.Detect(key) is not { } contradiction)
            yield break;
        if (!Fold.IsDetected(contradiction.Id))
            yield return new Draft
            {
                Event = Events.ContradictionDetected,
                Payload = FrozenPayload.From(contradiction.ToJson()),
                By = VoucherKind.Log,
            };
        if (Fold.OpenIn(key) is null && !Fold.IsSettled(contradiction))
            yield return Decide(Decider.Decide(Fold.Policy!, contradiction));
    }

    private static Draft Close(long proposal, ClosedAs outcome) =>
        new()
        {
            Event = Events.DecisionClosed,
            Payload = FrozenPayload.From(new DecisionClosed(proposal, outcome).ToJson()),
        };

    private Draft Decide(Decision decision)
    {
        FrozenPayload payload = FrozenPayload.From(decision.ToJson());
        if (decision.Approvals.Count == 0)
            return new Draft { Event = Events.DecisionRecorded, Payload = payload };
        SignedBody body = writer.Prepare(
            Events.DecisionRecorded,
            payload,
            decision.Deadline ?? TimeSpan.FromSeconds(Fold.State.Windows.BodySeconds)
        );
        var proposal = new Proposal(body.Body, body.Signature!, decision, Convert.ToBase64String(body.Salt.Span));
        return new Draft { Event = Events.DecisionProposed, Payload = FrozenPayload.From(proposal.ToJson()) };
    }

    private IEnumerable<Draft> AfterVerdict(ApprovalRecorded verdict)
    {
        yield return new Draft
        {
            Event = Events.ApprovalRecorded,
            Payload = FrozenPayload.From(verdict.ToJson()),
            By = VoucherKind.Log,
        };
        foreach (Draft draft in Conclude(Fold.Proposals[verdict.Proposal]))
            yield return draft;
    }

    // What the verdicts so far amount to: nothing yet, the decision, or its end.
    private IEnumerable<Draft> Conclude(OpenProposal open)
    {
        UtcTime now = writer.Now();
        IReadOnlyList<RequiredApproval> required = open.Proposal.Decision.Approvals;
        if (now > open.Proposal.Body.ExpiresAt)
            yield break;
        if (ApprovalRules.Suffice(open.VotesAt(now), required))
        {
            yield return new Draft
            {
                Event = Events.DecisionRecorded,
                Payload = FrozenPayload.From(open.Proposal.Decision.ToJson()),
                Prepared = new SignedBody(
                    open.Proposal.Body,
                    open.Proposal.Signature,
                    Convert.FromBase64String(open.Proposal.Salt)
                ),
                Approvals = open.ApprovalsAt(now),
            };
        }
        else if (ApprovalRules.OutOfReach(open.VotesAt(now), required, Fold.State))
        {
            yield return Close(open.Index, ClosedAs.Rejected);
        }
    }
}
