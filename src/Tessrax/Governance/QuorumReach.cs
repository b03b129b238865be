namespace Tessrax.Governance;

/// <summary>Something that the policy asks approvals for, and that too few are left to approve.</summary>
/// <param name="What">The policy's action, or the control event.</param>
/// <param name="Asked">What it asks for.</param>
/// <param name="Reached">How many of these can be had, by the author who can get the most.</param>
public sealed record UnreachableQuorum(string What, IReadOnlyList<RequiredApproval> Asked, int Reached);

/// <summary>Whether those who may approve are enough for what the policy in force asks for.</summary>
public static class QuorumReach
{
    /// <summary>What can be approved no more under a state. The author's person approves nothing of its own and is not counted.</summary>
    /// <param name="state">The keys.</param>
    /// <param name="policy">The policy in force.</param>
    public static IReadOnlyList<UnreachableQuorum> Missing(GovernanceState state, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        if (!state.ActiveKeys(Keys.KeyPurpose.Author).Any())
            return [];
        IEnumerable<(string What, IReadOnlyList<RequiredApproval> Asked)> demands = policy
            .Actions.Select(action => ($"the action {action.Name}", action.Approvals))
            .Concat(
                policy.Control.Select(control =>
                    (
                        control.Key == Policy.AnyControl ? "every other control event" : control.Key,
                        control.Value.Approvals
                    )
                )
            );
        return
        [
            .. demands
                .Select(d => new UnreachableQuorum(d.What, d.Asked, ControlQuorum.Reach(state, d.Asked)))
                .Where(d => d.Reached < d.Asked.Sum(asked => asked.K)),
        ];
    }
}
