using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>How many approvals a control event needs: what the policy says of it, or else more than half of the approvers.</summary>
internal static class ControlQuorum
{
    /// <summary>What an event of that name needs, whatever it says; empty if the author's signature is enough.</summary>
    public static IReadOnlyList<RequiredApproval> Of(string name, Policy policy, GovernanceState state)
    {
        if (policy.ForControl(name) is { } action)
            return action.Approvals;
        // It gives nobody a choice: what was put back is what the log had signed.
        return name == Events.LedgerRepaired ? [] : Majority(policy, state);
    }

    /// <summary>What that very event needs of the approvers of the state before it.</summary>
    public static IReadOnlyList<RequiredApproval> OfPresent(EntryBody body, Policy policy, GovernanceState state)
    {
        IReadOnlyList<RequiredApproval> required = OfNext(body, policy, state);
        // Whoever may choose the approvers, or the policy, decides all that approvers do.
        return body.Event == Events.ApproversChanged || Events.IsAboutPolicy(body.Event)
            ? WithActions(required, policy, state)
            : required;
    }

    /// <summary>What it needs of the approvers of the state after it, if those are others.</summary>
    public static IReadOnlyList<RequiredApproval> OfNext(EntryBody body, Policy policy, GovernanceState state)
    {
        IReadOnlyList<RequiredApproval> required = Of(body.Event, policy, state);
        // An approver is not put out by an author alone.
        bool isApprover = body.Event == Events.KeyRevoked && IsApprover(KeyRevoked.Read(body).Key, state);
        return isApprover && required.Count == 0 ? Majority(policy, state) : required;
    }

    // Counted by role, over the roles that the policy's actions ask for, or over all if nobody holds one of these. Whoever holds several counts in
    // the first, because one person gives one verdict. Empty in a ledger without approvers: there the author's signature stands alone.
    private static RequiredApproval[] Majority(Policy policy, GovernanceState state)
    {
        HashSet<string>[] approvers = [.. Electorate.RolesByPerson(state)];
        HashSet<string> asked = [.. policy.Actions.SelectMany(a => a.Approvals).Select(a => a.Role)];
        if (!approvers.Any(roles => roles.Overlaps(asked)))
            asked = [.. approvers.SelectMany(roles => roles)];
        return
        [
            .. approvers
                .Select(roles => roles.Where(asked.Contains).Order(StringComparer.Ordinal).FirstOrDefault())
                .OfType<string>()
                .GroupBy(role => role, StringComparer.Ordinal)
                .OrderBy(holders => holders.Key, StringComparer.Ordinal)
                .Select(holders => new RequiredApproval(holders.Key, (holders.Count() / 2) + 1)),
        ];
    }

    // The most that any action asks for, role by role, beyond what is required anyway; but never more than those who are there can give, one verdict
    // each: otherwise nobody could ever be appointed where somebody is lacking.
    private static RequiredApproval[] WithActions(
        IReadOnlyList<RequiredApproval> required,
        Policy policy,
        GovernanceState state
    )
    {
        var most = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (RequiredApproval asked in policy.Actions.SelectMany(a => a.Approvals))
            most[asked.Role] = Math.Max(asked.K, most.GetValueOrDefault(asked.Role));
        var needed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (RequiredApproval asked in required)
            needed[asked.Role] = Math.Max(asked.K, needed.GetValueOrDefault(asked.Role));
        HashSet<string> all = [.. most.Keys, .. needed.Keys];
        // Whoever can speak in the fewest roles is counted first, so that the others are left for theirs.
        List<HashSet<string>> free = [.. Electorate.RolesByPerson(state).OrderBy(roles => roles.Count(all.Contains))];
        foreach ((string role, int k) in needed)
            Take(free, role, k);
        foreach ((string role, int k) in most)
        {
            int before = needed.GetValueOrDefault(role);
            int more = Take(free, role, k - before);
            if (before + more > 0)
                needed[role] = before + more;
        }
        return [.. needed.Select(n => new RequiredApproval(n.Key, n.Value))];
    }

    private static int Take(List<HashSet<string>> free, string role, int count)
    {
        int taken = 0;
        for (int i = 0; i < free.Count && taken < count; )
        {
            if (free[i].Contains(role))
            {
                free.RemoveAt(i);
                taken++;
            }
            else
            {
                i++;
            }
        }
        return taken;
    }

    private static bool IsApprover(Digest key, GovernanceState state) => state.Key(key)?.Purpose == KeyPurpose.Approver;
}
