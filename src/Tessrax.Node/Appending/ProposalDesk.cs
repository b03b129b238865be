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
    /// <exception cref="TessraxException">TSX4001 to TSX4012: the verdict does not count; nothing is written.</exception>
    public IReadOnlyList<Receipt> Record(ApprovalRecorded verdict) => writer.Append(AfterVerdict(verdict));

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
        Contradiction? contradiction = Fold.Claims.Detect(key);
        OpenProposal[] overtaken =
        [
            .. Fold.Proposals.Values.Where(p =>
                p.Proposal.Decision.Key == key && p.Proposal.Decision.Contradiction != contradiction?.Id
            ),
        ];
        foreach (OpenProposal proposal in overtaken)
            yield return Close(proposal.Index, ClosedAs.Superseded);
        if (contradiction is null)
            yield break;
        if (!Fold.IsDetected(contradiction.Id))
            yield return new Draft
            {
                Event = Events.ContradictionDetected,
                Payload = FrozenPayload.From(contradiction.ToJson()),
                By = VoucherKind.Log,
            };
        if (!Fold.IsSettledOrOpen(contradiction.Id))
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
        OpenProposal open = Fold.Proposals[verdict.Proposal];
        IReadOnlyList<RequiredApproval> required = open.Proposal.Decision.Approvals;
        if (ApprovalRules.Suffice(open.Votes, required))
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
                Approvals = [.. open.Votes.Where(v => v.Approves)],
            };
        }
        else if (ApprovalRules.OutOfReach(open.Votes, required, Fold.State))
        {
            yield return Close(open.Index, ClosedAs.Rejected);
        }
    }
}
