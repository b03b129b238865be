using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The rules of control events after genesis: each changes who may do what, so it needs the approvals of those whom it concerns,
/// given for its very body under the state before it.</summary>
/// <remarks>Events differ in what their content may say, nowhere else: a new one needs a line in <see cref="Events.IsGoverned"/> and one in
/// <see cref="GovernanceState.After"/>.</remarks>
internal sealed class ControlRules(LedgerFold fold)
{
    /// <summary>Judges a control event that is recorded.</summary>
    public Refusal? Judge(Entry entry)
    {
        if (!Events.IsGoverned(entry.Body.Event))
            return null;
        string what = $"{entry.Body.Event} at {entry.Index}";
        Refusal? senseless = JudgeContent(entry.Body, new ControlContext(entry.Index, entry.RecordedAt), what);
        if (senseless is { Missing: null })
            return senseless;
        // What a missing payload excuses excuses no approval: those stand in the leaf.
        return JudgeApprovals(entry, what) ?? senseless;
    }

    /// <summary>Judges a control event that is proposed.</summary>
    public Refusal? JudgeProposal(Entry entry, Proposal proposal)
    {
        EntryBody body = proposal.Body;
        string what = $"the {body.Event} proposed in entry {entry.Index}";
        if (
            !Events.IsGoverned(body.Event)
            || body.Ledger != fold.State.Ledger.ToString()
            || body.Payload is not null
            || body.Policy is not null
        )
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} proposes something other than a control event of this ledger"
            );
        Refusal? senseless = JudgeContent(body, new ControlContext(entry.Index, entry.RecordedAt), what);
        if (senseless is { Missing: null })
            return senseless;
        return JudgeProposed(entry, proposal, what) ?? senseless;
    }

    /// <summary>Whether a control event could be folded in now.</summary>
    public bool Fits(EntryBody body) => JudgeContent(body, Next, body.Event) is null;

    /// <summary>What speaks against the content of a control event that nobody has recorded or proposed yet, or null.</summary>
    public Refusal? JudgeWish(EntryBody body) =>
        Events.IsGoverned(body.Event)
            ? JudgeContent(body, new ControlContext(fold.Size, body.IssuedAt), body.Event)
            : null;

    /// <summary>Whose approvals a control event needs, and how many.</summary>
    /// <remarks>Where the event changes who the approvers are, those whom the state after it would have must agree as well.</remarks>
    public Electorate ElectorateOf(EntryBody body)
    {
        (GovernanceState state, Policy policy) = (fold.State, fold.Rules);
        IReadOnlyList<RequiredApproval> required = ControlQuorum.OfPresent(body, policy, state);
        GovernanceState? next = Events.IsAboutKeys(body.Event) ? After(body) : null;
        var matter = new Matter(body.By.Key, body.Event, policy.ForControl(body.Event)?.Veto ?? [])
        {
            Consent = next is null ? [] : [.. KeyRules.Claimed(body, state, next)],
        };
        return next is not null && ChangesApprovers(state, next)
            ? Electorate.Of(state, required, next, ControlQuorum.OfNext(body, policy, next), matter)
            : Electorate.Of(state, required, matter);
    }

    // What is judged by where it would stand, if no entry is at hand.
    private ControlContext Next => new(fold.Size, fold.LastRecordedAt);

    private Refusal? JudgeApprovals(Entry entry, string what)
    {
        Electorate who = ElectorateOf(entry.Body);
        if (!who.AsksAnybody)
            return ApprovalRules.JudgeAll(entry.Approvals, who, what);
        return fold.ProposalOf(entry.Body) is { } proposal
            ? JudgeDelay(entry, proposal, what) ?? ApprovalRules.JudgeCarried(entry, proposal, who, what)
            : new Refusal(Aspect.Approvals, ErrorCodes.NeedsApproval, $"{what} was never proposed, or is closed");
    }

    // So that those who are asked can see it, and reject it, before somebody whom nobody knew may approve.
    private Refusal? JudgeDelay(Entry entry, OpenProposal proposal, string what) =>
        fold.DueAt(proposal) is { } due && entry.RecordedAt < due
            ? new Refusal(
                Aspect.Time,
                ErrorCodes.DelayNotOver,
                $"{what} lets through what was not let through before, and may not be recorded before {due}"
            )
            : null;

    // Null where it does not fit any more: then nobody is appointed.
    private GovernanceState? After(EntryBody body)
    {
        try
        {
            return fold.State.ReadControl(body, Next);
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private static bool ChangesApprovers(GovernanceState state, GovernanceState next) =>
        !state.ActiveKeys(KeyPurpose.Approver).SequenceEqual(next.ActiveKeys(KeyPurpose.Approver));

    // A rule that fewer could keep than it asks for would be a rule that nobody can change any more.
    private Refusal? JudgeHolders(EntryBody body, GovernanceState next, string what)
    {
        GovernanceState state = fold.State;
        if (body.Event == Events.ApproversDelegated)
            return ApproversDelegated.Read(body).JudgeBy(fold.Rules, what);
        if (KeyRules.JudgeRoom(state, fold.Rules, next, NextPolicy(body) ?? fold.Rules, what) is { } full)
            return full;
        if (Events.IsAboutPolicy(body.Event))
            return JudgeNextPolicy(body, next, what);
        if (
            KeyRules
                .Claimed(body, state, next)
                .FirstOrDefault(p => !state.ActiveKeys(KeyPurpose.Approver).Any(k => k.Person == p)) is
            { } person
        )
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.NotByThatKey,
                $"{what} calls another key {person}'s, who is no approver: only {person} may propose that"
            );
        if (body.Event is not (Events.KeyRevoked or Events.ApproversChanged))
            return null;
        if (state.ActiveKeys(KeyPurpose.Approver).Any() && !next.ActiveKeys(KeyPurpose.Approver).Any())
            return TooFew($"{what} leaves no approver");
        if (ControlQuorum.HasSomebodyToAsk(state) && !ControlQuorum.HasSomebodyToAsk(next))
            return TooFew($"{what} leaves no approver but the author's own person, whom no author can ask");
        foreach (IReadOnlyList<RequiredApproval> asked in ControlQuorum.Demands(fold.Rules))
        {
            int left = ControlQuorum.Reach(next, asked);
            if (left < asked.Sum(r => r.K) && left < ControlQuorum.Reach(state, asked))
                return TooFew(
                    $"{what} leaves {left} who could give what its policy asks for: {string.Join(" and ", asked)}"
                );
        }
        return null;
    }

    // The same for a rule that is new: nobody could appoint those who are lacking.
    private static Refusal? JudgeNextPolicy(EntryBody body, GovernanceState next, string what)
    {
        foreach (IReadOnlyList<RequiredApproval> asked in ControlQuorum.Demands(NextPolicy(body)!))
        {
            int holders = ControlQuorum.Reach(next, asked);
            if (holders < asked.Sum(r => r.K))
                return TooFew(
                    $"{what} asks for {string.Join(" and ", asked)} to record control events, and {holders} could give that: nobody could leave it again"
                );
        }
        return null;
    }

    private static Refusal TooFew(string message) => new(Aspect.Governance, ErrorCodes.TooFewHolders, message);

    /// <summary>The policy that a body would bring into force; null if it is about something else.</summary>
    internal static Policy? NextPolicy(EntryBody body) =>
        body.Event switch
        {
            Events.PolicyUpgraded => PolicyUpgraded.Read(body).Policy,
            Events.PolicyRolledBack => PolicyRolledBack.Read(body).Policy,
            _ => null,
        };

    private Refusal? JudgeProposed(Entry entry, Proposal proposal, string what)
    {
        EntryBody body = proposal.Body;
        if (!ElectorateOf(body).AsksAnybody)
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} proposes what needs no approval"
            );
        if (fold.OpenControl(body) is { } open)
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} proposes {body.Event} while proposal {open.Index} waits for the same"
            );
        if (fold.LongestWait(body) is { } longest && body.ExpiresAt - body.IssuedAt > longest)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.OutsideWindow,
                $"{what} would wait longer than its policy allows"
            );
        return EntryRules.JudgeProposed(entry, proposal, fold, what);
    }

    private Refusal? JudgeContent(EntryBody body, ControlContext context, string what)
    {
        try
        {
            GovernanceState next = fold.State.ReadControl(body, context);
            return JudgeHolders(body, next, what) ?? new ErasureRules(fold, context.Index).Judge(body, what);
        }
        catch (TessraxException e)
        {
            return new Refusal(Aspect.Entry, e.Code, $"{what}: {e.Message}");
        }
    }
}
