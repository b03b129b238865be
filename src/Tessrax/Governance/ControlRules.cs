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
        (GovernanceState state, Policy policy) = (fold.State, fold.Policy!);
        IReadOnlyList<RequiredApproval> required = ControlQuorum.OfPresent(body, policy, state);
        return Events.IsAboutKeys(body.Event) && After(body) is { } next && ChangesApprovers(state, next)
            ? Electorate.Of(state, required, next, ControlQuorum.OfNext(body, policy, next))
            : Electorate.Of(state, required);
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
        if (Events.IsAboutPolicy(body.Event))
            return JudgeNextPolicy(body, next, what);
        if (body.Event is not (Events.KeyRevoked or Events.ApproversChanged))
            return null;
        GovernanceState state = fold.State;
        if (state.ActiveKeys(KeyPurpose.Approver).Any() && !next.ActiveKeys(KeyPurpose.Approver).Any())
            return TooFew($"{what} leaves no approver");
        foreach (RequiredApproval asked in fold.Policy!.Control.Values.SelectMany(a => a.Approvals))
        {
            int left = Electorate.HoldersOf(next, asked.Role);
            if (left < asked.K && left < Electorate.HoldersOf(state, asked.Role))
                return TooFew(
                    $"{what} leaves {left} who hold the role {asked.Role}, and its policy asks for {asked.K}"
                );
        }
        return null;
    }

    // The same for a rule that is new: nobody could appoint those who are lacking.
    private static Refusal? JudgeNextPolicy(EntryBody body, GovernanceState next, string what)
    {
        foreach (RequiredApproval asked in NextPolicy(body)!.Control.Values.SelectMany(a => a.Approvals))
        {
            int holders = Electorate.HoldersOf(next, asked.Role);
            if (holders < asked.K)
                return TooFew(
                    $"{what} asks for {asked} to record control events, and {holders} hold that role: nobody could leave it again"
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
            return JudgeHolders(body, next, what) ?? new ErasureRules(fold).Judge(body, what);
        }
        catch (TessraxException e)
        {
            return new Refusal(Aspect.Entry, e.Code, $"{what}: {e.Message}");
        }
    }
}
