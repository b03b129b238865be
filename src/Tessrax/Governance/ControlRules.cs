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
        Refusal? senseless = JudgeContent(entry.Body, what);
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
        Refusal? senseless = JudgeContent(body, what);
        if (senseless is { Missing: null })
            return senseless;
        return JudgeProposed(entry, proposal, what) ?? senseless;
    }

    /// <summary>Whether a control event could be folded in now.</summary>
    public bool Fits(EntryBody body) => JudgeContent(body, body.Event) is null;

    /// <summary>The approvals that a control event needs: what the policy says of it, or else more than half of the approvers.</summary>
    /// <remarks>Counted by role, over the roles that the policy's actions ask for, or over all if nobody holds one of these. Who holds
    /// several counts in the first, because one key gives one verdict. Empty in a ledger without approvers: there the author's signature stands alone.</remarks>
    public static IReadOnlyList<RequiredApproval> Required(string name, Policy policy, GovernanceState state)
    {
        if (policy.ForControl(name) is { } action)
            return action.Approvals;
        // It gives nobody a choice: what was put back is what the log had signed.
        if (name == Events.LedgerRepaired)
            return [];
        LedgerKey[] approvers = [.. state.Keys.Where(k => k.Purpose == KeyPurpose.Approver)];
        HashSet<string> asked = [.. policy.Actions.SelectMany(a => a.Approvals).Select(a => a.Role)];
        if (!approvers.Any(k => k.Roles.Any(asked.Contains)))
            asked = [.. approvers.SelectMany(k => k.Roles)];
        return
        [
            .. approvers
                .Select(k => k.Roles.FirstOrDefault(asked.Contains))
                .OfType<string>()
                .GroupBy(role => role, StringComparer.Ordinal)
                .OrderBy(holders => holders.Key, StringComparer.Ordinal)
                .Select(holders => new RequiredApproval(holders.Key, (holders.Count() / 2) + 1)),
        ];
    }

    private Refusal? JudgeApprovals(Entry entry, string what)
    {
        IReadOnlyList<RequiredApproval> required = fold.RequiredOf(entry.Body.Event);
        if (required.Count == 0)
            return ApprovalRules.JudgeAll(entry.Approvals, required, what);
        return fold.ProposalOf(entry.Body) is { } proposal
            ? ApprovalRules.JudgeCarried(entry, proposal, required, fold.State, what)
            : new Refusal(Aspect.Approvals, ErrorCodes.NeedsApproval, $"{what} was never proposed, or is closed");
    }

    private Refusal? JudgeProposed(Entry entry, Proposal proposal, string what)
    {
        EntryBody body = proposal.Body;
        if (fold.RequiredOf(body.Event).Count == 0)
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} proposes what needs no approval"
            );
        if (fold.OpenControl(body.Event) is { } open)
            return new Refusal(
                Aspect.Approvals,
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} proposes {body.Event} while proposal {open.Index} waits for the same"
            );
        if (fold.Policy!.ForControl(body.Event)?.Deadline is { } deadline && body.ExpiresAt - body.IssuedAt > deadline)
            return new Refusal(
                Aspect.Time,
                ErrorCodes.OutsideWindow,
                $"{what} would wait longer than its policy allows"
            );
        return EntryRules.JudgeProposed(entry, proposal, fold, what);
    }

    private Refusal? JudgeContent(EntryBody body, string what)
    {
        try
        {
            fold.State.ReadControl(body);
            return new ErasureRules(fold).Judge(body, what);
        }
        catch (TessraxException e)
        {
            return new Refusal(Aspect.Entry, e.Code, $"{what}: {e.Message}");
        }
    }
}
