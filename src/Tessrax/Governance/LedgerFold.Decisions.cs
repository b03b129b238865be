using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

// What is decided of contradictions, and what becomes of it.
public sealed partial class LedgerFold
{
    /// <summary>Whether the last that was settled in this contradiction's group is this one: decided, rejected or expired.</summary>
    public bool IsSettled(Contradiction contradiction) => SettlementOf(contradiction) is not null;

    /// <summary>The entry that settled a contradiction, if nothing else was settled in its group since; else null. It records a decision, or closes its proposal.</summary>
    public long? SettledAt(Contradiction contradiction) => SettlementOf(contradiction)?.Entry;

    /// <summary>The same of the contradiction that a decision is about.</summary>
    public long? SettledAt(Decision decision) => SettlementOf(decision)?.Entry;

    /// <summary>What the policy in force decides on a contradiction now: those are asked to whom it was passed on last.</summary>
    public Decision Decide(Contradiction contradiction) =>
        Decider.Decide(Rules, contradiction, LevelOf(contradiction.Key, contradiction.Id));

    /// <summary>Whether the present claims give no decision any more, or another one than was proposed; or the state has no room for the control event any more;
    /// or the key that signed it may sign no more.</summary>
    public bool IsOvertaken(OpenProposal proposal)
    {
        if (State.Active(proposal.Proposal.Body.By.Key, KeyPurpose.Author) is null)
            return true;
        if (proposal.Proposal.Decision is not { } decision)
            return !new ControlRules(this).Fits(proposal.Proposal.Body);
        return Claims.Detect(decision.Key) is not { } contradiction || !Decide(contradiction).Equals(decision);
    }

    /// <summary>The entry that told of a contradiction, or null.</summary>
    internal long? DetectedAt(Digest contradiction) => facts.DetectedAt(contradiction);

    /// <summary>How a contradiction was settled, if nothing else was settled in its group since; else null.</summary>
    internal SettlementFact? SettlementOf(Contradiction contradiction) =>
        facts.SettlementOf(contradiction.Key, contradiction.Id)
        // Asked as if nobody had passed it on: whose turn it is changes nothing of what it gives.
        ?? (IsPatient ? SettledAlike(contradiction.Key, Decider.Decide(Rules, contradiction)) : null);

    /// <summary>The same of a contradiction whose decision is at hand.</summary>
    internal SettlementFact? SettlementOf(Decision decision) =>
        facts.SettlementOf(decision.Key, decision.Contradiction)
        ?? (IsPatient ? SettledAlike(decision.Key, decision) : null);

    /// <summary>How a contradiction was passed on last, if that still counts; else null.</summary>
    internal EscalationFact? EscalationOf(Contradiction contradiction) =>
        EscalationOf(contradiction.Key, contradiction.Id);

    /// <summary>The same for a contradiction of that group and id.</summary>
    internal EscalationFact? EscalationOf(GroupKey key, Digest contradiction) => facts.EscalationOf(key, contradiction);

    /// <summary>How often a contradiction was passed on, as far as that still counts.</summary>
    internal long LevelOf(GroupKey key, Digest contradiction) => EscalationOf(key, contradiction)?.Level ?? 0;

    /// <summary>The decision that an entry recorded and that is in force in its group; null if it recorded none, or another one was settled there since.</summary>
    internal SettlementFact? InForce(long decision) =>
        facts.SettlementBy(decision) is { Proposal: null } settled
        && facts.LastSettlementOf(settled.Key)?.Entry == decision
            ? settled
            : null;

    /// <summary>The entry that says that a decision was executed, or null.</summary>
    public long? ExecutedAt(long decision) => facts.ExecutedAt(decision);

    /// <summary>The moment from which on a proposal is passed on to others; null if it never is.</summary>
    public UtcTime? EscalatesAt(OpenProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return
            proposal.Proposal.Decision is { Action: { } action, Form: PolicyForm.V2 } decision
            && decision.Policy == State.Policy
            && Rules.ActionNamed(action)?.Escalation is { } escalation
            ? proposal.RecordedAt!.Value + escalation.After
            : null;
    }

    /// <summary>Whether a proposal waited so long that it is passed on to others: it has not its quorum, and not so many rejected that it never gets it; or its body has expired.</summary>
    public bool IsEscalated(OpenProposal proposal, UtcTime now)
    {
        if (EscalatesAt(proposal) is not { } due || now < due)
            return false;
        // Its body can be recorded no more, whoever agreed: it may have waited for a token that did not come.
        if (now > proposal.Proposal.Body.ExpiresAt)
            return true;
        Electorate who = ElectorateOf(proposal.Proposal);
        IReadOnlyList<Approval> live = proposal.VotesAt(now, State);
        return !who.IsSatisfiedBy(live) && !who.IsOutOfReach(live);
    }

    /// <summary>Whether a proposal has expired. One that is passed on to others never does, so that nobody who lets time pass keeps it from them.</summary>
    public bool IsExpired(OpenProposal proposal, UtcTime now)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return now > proposal.Proposal.Body.ExpiresAt && EscalatesAt(proposal) is null;
    }

    // Whether the policy wants to hear only of what changes something: what gives what its group was settled as last is settled with it.
    private bool IsPatient => Rules.Reopen == Reopening.Material;

    private SettlementFact? SettledAlike(GroupKey key, Decision decision) =>
        facts.LastSettlementOf(key) is { As: { } last } settled && SettledAs.Of(decision) == last ? settled : null;

    private static SettlementFact Settled(long index, Digest salt, Decision decision, long? proposal) =>
        new(index, salt, decision.Key, decision.Contradiction, proposal, SettledAs.Of(decision));

    // What was overtaken got nobody's verdict: if its claims come back it is proposed again.
    private static SaltedFact? FactOf(long index, ClosedAs outcome, OpenProposal ended) =>
        (outcome, ended.Proposal.Decision) switch
        {
            (ClosedAs.Superseded, _) or (_, null) => null,
            (ClosedAs.Escalated, { } passed) => new EscalationFact(
                index,
                ended.Salt,
                passed.Key,
                passed.Contradiction,
                passed.Level + 1,
                ended.Index
            ),
            (_, { } refused) => Settled(index, ended.Salt, refused, ended.Index),
        };
}
