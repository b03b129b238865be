using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Turns what the kernel says is to be recorded next into drafts: whoever runs a ledger, or imitates one, goes this way.</summary>
/// <param name="fold">The ledger that they are for.</param>
/// <param name="prepare">Makes and signs a body that is to wait for approvals, valid for so long.</param>
internal sealed class IntentDrafts(LedgerFold fold, Func<Draft, TimeSpan, SignedBody> prepare)
{
    public Draft Of(IIntent intent) =>
        intent switch
        {
            TellIntent told => new Draft
            {
                Event = told.Event,
                Payload = FrozenPayload.From(told.Contradiction.ToJson()),
                By = VoucherKind.Log,
            },
            DecideIntent decided => Decide(decided.Decision),
            RecordIntent recorded => Record(recorded.Proposal.Proposal, recorded.Approvals, recorded.Token),
            CloseIntent closed => new Draft
            {
                Event = closed.Event,
                Payload = FrozenPayload.From(new DecisionClosed(closed.Proposal, closed.Outcome).ToJson()),
            },
            _ => throw new InvalidOperationException($"nothing is known of {intent}"),
        };

    private Draft Decide(Decision decision)
    {
        FrozenPayload payload = FrozenPayload.From(decision.ToJson());
        if (decision.Approvals.Count == 0)
            return new Draft { Event = Events.DecisionRecorded, Payload = payload };
        SignedBody body = prepare(
            new Draft { Event = Events.DecisionRecorded, Payload = payload },
            decision.Deadline ?? TimeSpan.FromSeconds(fold.State.Windows.BodySeconds)
        );
        var proposal = new Proposal(body.Body, body.Signature!, decision, Convert.ToBase64String(body.Salt.Span));
        return new Draft { Event = Events.DecisionProposed, Payload = FrozenPayload.From(proposal.ToJson()) };
    }

    private static Draft Record(Proposal proposal, IReadOnlyList<Approval> approvals, FreshnessToken? token)
    {
        (EntryBody body, string signature, Decision? decision, string? salt) = proposal;
        return new Draft
        {
            Event = body.Event,
            Payload = decision is null ? null : FrozenPayload.From(decision.ToJson()),
            Control = body.Control,
            Prepared = new SignedBody(body, signature, salt is null ? default : Convert.FromBase64String(salt)),
            Approvals = approvals,
            Token = token,
        };
    }

    /// <summary>A verdict, and what follows from it. Lazily: the verdict is to be folded in before the next is asked for.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="token">The token that came with it; null for none.</param>
    /// <param name="now">The time that the next entry would get.</param>
    /// <param name="can">Whether whoever asks can record what follows.</param>
    public IEnumerable<Draft> AfterVerdict(
        ApprovalRecorded verdict,
        FreshnessToken? token,
        UtcTime now,
        Predicate<IIntent> can
    )
    {
        yield return new Draft
        {
            Event = Events.ApprovalRecorded,
            Payload = FrozenPayload.From(verdict.ToJson()),
            By = VoucherKind.Log,
        };
        if (Kernel.Conclude(fold, fold.Proposals[verdict.Proposal], now, token) is { } end && can(end))
            yield return Of(end);
    }
}
