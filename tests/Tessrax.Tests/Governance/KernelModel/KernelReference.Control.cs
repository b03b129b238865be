namespace Tessrax.Tests.Governance.KernelModel;

// What changes who may do what.
internal sealed partial class KernelReference
{
    private readonly List<ModelDelegation> delegations = [];

    // What every control event asks for. No action asks for more, so that this is all that changing the rules needs.
    private static readonly (string Role, int K)[] Control = [("approver", 2), ("legal", 1)];

    /// <summary>A control event that nobody approved.</summary>
    public Answer Direct(ModelControl control, int author)
    {
        if (!Key(author)!.IsActive)
            return ErrorCodes.KeyEnded;
        if (Fault(control) is { } fault)
            return fault;
        if (control.Kind != ControlKind.Delegate)
            return ErrorCodes.NeedsApproval;
        Govern(control);
        Size++;
        return Answer.Yes;
    }

    public Answer Propose(ModelControl control, int author, TimeSpan wait)
    {
        if (Fault(control) is { } fault)
            return fault;
        // It takes nobody's approval but the one's who lets another speak.
        if (control.Kind == ControlKind.Delegate)
            return ErrorCodes.ApprovalsBroken;
        if (Open.Any(p => p.Control?.Scope == control.Scope))
            return ErrorCodes.ApprovalsBroken;
        if (wait > TimeSpan.FromDays(30) + (IsDelayed(control) ? Delay : TimeSpan.Zero))
            return ErrorCodes.OutsideWindow;
        if (!Key(author)!.IsActive)
            return ErrorCodes.KeyEnded;
        Put(
            new ModelProposal
            {
                Index = Size,
                Author = author,
                Expires = Now + wait,
                RecordedAt = Now,
                Control = control,
                Action = ModelAction.Control,
            }
        );
        return Answer.Yes;
    }

    /// <summary>Why it could not be recorded now, whoever agrees; null if it could.</summary>
    private ErrorCode? Fault(ModelControl control)
    {
        (List<ModelKey>? next, ErrorCode? fault) = After(control);
        return next is null ? fault : JudgeHolders(control, next);
    }

    private (List<ModelKey>? Keys, ErrorCode? Fault) After(ModelControl control)
    {
        ModelKey? key = Key(control.Slot);
        switch (control.Kind)
        {
            case ControlKind.AddAuthor:
                return Key(control.Fresh) is not null
                    ? (null, ErrorCodes.BadValue)
                    : (
                        [.. Keys, new ModelKey(control.Fresh, $"n{control.Fresh}", $"N{control.Fresh}", true, [])],
                        null
                    );
            case ControlKind.Appoint:
                return Key(control.Fresh) is not null
                    ? (null, ErrorCodes.BadValue)
                    : ([.. Keys, new ModelKey(control.Fresh, $"n{control.Fresh}", null, false, control.Roles!)], null);
            case ControlKind.Delegate:
                return (
                    JudgeDelegation(control.Delegation!) is { } refused ? null : Keys,
                    JudgeDelegation(control.Delegation!)
                );
            case ControlKind.Upgrade or ControlKind.RollBack:
                return (JudgePolicy(control) is { } fault ? null : Keys, JudgePolicy(control));
        }
        if (key is null)
            return (null, ErrorCodes.BadValue);
        if (!key.IsActive)
            return (null, ErrorCodes.KeyEnded);
        List<ModelKey> without = [.. Keys.Where(k => k != key), key with { IsActive = false }];
        return control.Kind switch
        {
            ControlKind.Revoke when !without.Exists(k => k.IsAuthor && k.IsActive) => (null, ErrorCodes.TooFewHolders),
            ControlKind.Revoke => (without, null),
            // What the old key signed for its place was what it could do then.
            ControlKind.Rotate when !key.Roles.SequenceEqual(control.Roles!) || Key(control.Fresh) is not null => (
                null,
                ErrorCodes.BadValue
            ),
            ControlKind.Rotate => ([.. without, key with { Slot = control.Fresh }], null),
            _ when key.IsAuthor => (null, ErrorCodes.BadValue),
            ControlKind.Remove => (without, null),
            _ when key.Roles.SequenceEqual(control.Roles!) => (null, ErrorCodes.BadValue),
            _ => ([.. Keys.Where(k => k != key), key with { Roles = control.Roles! }], null),
        };
    }

    private ErrorCode? JudgeDelegation(ModelDelegation wish)
    {
        foreach (ModelKey key in (ModelKey[])[Key(wish.From)!, Key(wish.To)!])
        {
            if (!key.IsActive)
                return ErrorCodes.KeyEnded;
            if (key.IsAuthor)
                return ErrorCodes.BadValue;
        }
        (ModelKey from, ModelKey to) = (Key(wish.From)!, Key(wish.To)!);
        bool isSound =
            from.Roles.Contains(wish.Role)
            && !Approvers.Any(k => k.Who == to.Who && k.Roles.Contains(wish.Role))
            && from.Who != to.Who
            && !delegations.Exists(d =>
                Key(d.To)!.Who == to.Who
                && d.Role == wish.Role
                && (d.From == wish.From && d.To == wish.To ? wish.Issued <= d.Issued : Now <= d.Expires)
            );
        return isSound ? null : ErrorCodes.NotDelegated;
    }

    private ErrorCode? JudgePolicy(ModelControl control)
    {
        if (control.From != Policy)
            return ErrorCodes.PolicyMovedOn;
        if (control.Kind == ControlKind.Upgrade)
            return string.CompareOrdinal(control.Policy!.Version, Policy.Version) > 0
                ? null
                : ErrorCodes.PolicyDowngrade;
        return control.Policy == Policy || !Policies.Contains((control.Policy!, control.At))
            ? ErrorCodes.BadValue
            : null;
    }

    // Nobody may be left out of whom a control event could not be approved any more.
    private ErrorCode? JudgeHolders(ModelControl control, List<ModelKey> next)
    {
        if (control.Kind is ControlKind.Upgrade or ControlKind.RollBack)
            return Reach(next) < 3 ? ErrorCodes.TooFewHolders : null;
        if (control.Kind is ControlKind.AddAuthor or ControlKind.Rotate or ControlKind.Delegate)
            return null;
        bool leavesNobody = !ApproversOf(next).Any() || (HasSomebodyToAsk(Keys) && !HasSomebodyToAsk(next));
        return leavesNobody || (Reach(next) < 3 && Reach(next) < Reach(Keys)) ? ErrorCodes.TooFewHolders : null;
    }

    private static bool HasSomebodyToAsk(List<ModelKey> keys) =>
        keys.Where(k => k.IsAuthor && k.IsActive).Any(a => ApproversOf(keys).Any(k => k.Who != a.Who));

    // The most approvals, of those that a control event asks for, that some author can get.
    private static int Reach(List<ModelKey> keys) =>
        keys.Where(k => k.IsAuthor && k.IsActive)
            .Select(author =>
                Give(
                    [
                        .. ApproversOf(keys)
                            .Where(k => k.Who != author.Who)
                            .GroupBy(k => k.Who)
                            .Select(own => own.SelectMany(k => k.Roles).ToArray()),
                    ],
                    2,
                    1
                )
            )
            .DefaultIfEmpty(0)
            .Max();

    // Every way to hand out what is asked for, one verdict a person.
    private static int Give(string[][] persons, int approver, int legal)
    {
        if (persons.Length == 0)
            return 0;
        string[][] rest = persons[1..];
        int most = Give(rest, approver, legal);
        if (approver > 0 && persons[0].Contains("approver"))
            most = Math.Max(most, 1 + Give(rest, approver - 1, legal));
        if (legal > 0 && persons[0].Contains("legal"))
            most = Math.Max(most, 1 + Give(rest, approver, legal - 1));
        return most;
    }

    private bool IsDelayed(ModelControl control) =>
        control.Kind switch
        {
            ControlKind.Appoint => true,
            ControlKind.Roles => control.Roles!.Except(Key(control.Slot)!.Roles).Any(),
            ControlKind.Upgrade or ControlKind.RollBack => control.Policy!.One < Policy.One
                || control.Policy.Both < Policy.Both,
            _ => false,
        };

    // What let somebody speak is known until the first control event after its end.
    private void Forget() => delegations.RemoveAll(d => Now > d.Expires);

    private void Govern(ModelControl control)
    {
        Keys = After(control).Keys!;
        if (control.Delegation is { } wish)
        {
            delegations.RemoveAll(d => d.From == wish.From && d.To == wish.To && d.Role == wish.Role);
            delegations.Add(wish);
        }
        Forget();
        if (control.Policy is { } policy)
        {
            Policies.Add((policy, Size));
            delegations.Clear();
        }
        // Who lets somebody speak changes nobody's right to approve.
        eras.Add(control.Delegation is null ? eras[^1] + 1 : eras[^1]);
    }
}
