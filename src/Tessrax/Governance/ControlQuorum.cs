using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>How many approvals a control event needs: what the policy says of it, or else more than half of the approvers that its author may ask.</summary>
/// <remarks>The author's person may not approve, so it is not counted among those who could: else their quorum could be out of reach for ever.</remarks>
internal static class ControlQuorum
{
    /// <summary>What an event of that name needs, whatever it says; empty if the author's signature is enough.</summary>
    /// <param name="name">The event.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="state">The keys.</param>
    /// <param name="author">The key that signs its body.</param>
    public static IReadOnlyList<RequiredApproval> Of(string name, Policy policy, GovernanceState state, Digest author)
    {
        if (policy.ForControl(name) is { } action)
            return action.Approvals;
        // These give nobody a choice: what was put back is what the log had signed, and who speaks is for whoever may speak to say.
        return name is Events.LedgerRepaired or Events.ApproversDelegated ? [] : Majority(policy, state, author);
    }

    /// <summary>What that very event needs of the approvers of the state before it.</summary>
    public static IReadOnlyList<RequiredApproval> OfPresent(EntryBody body, Policy policy, GovernanceState state)
    {
        IReadOnlyList<RequiredApproval> required = OfNext(body, policy, state);
        // Whoever may choose the approvers, or the policy, decides all that approvers do.
        return body.Event == Events.ApproversChanged || Events.IsAboutPolicy(body.Event)
            ? WithActions(required, policy, Electorate.Others(state, body.By.Key))
            : required;
    }

    /// <summary>What it needs of the approvers of the state after it, if those are others.</summary>
    public static IReadOnlyList<RequiredApproval> OfNext(EntryBody body, Policy policy, GovernanceState state)
    {
        IReadOnlyList<RequiredApproval> required = Of(body.Event, policy, state, body.By.Key);
        // An approver is not put out by an author alone.
        bool isApprover = body.Event == Events.KeyRevoked && IsApprover(KeyRevoked.Read(body).Key, state);
        return isApprover && required.Count == 0 ? Majority(policy, state, body.By.Key) : required;
    }

    /// <summary>What some control event asks of approvers by a policy's own words, each for itself: its approvals, and somebody who issues its token.</summary>
    public static IEnumerable<IReadOnlyList<RequiredApproval>> Demands(Policy policy) =>
        policy
            .Control.Values.Select(action => action.Approvals)
            .Concat(
                Tokens(policy).Select(rule => (IReadOnlyList<RequiredApproval>)[new RequiredApproval(rule.Role, 1)])
            );

    /// <summary>The tokens that control events must carry.</summary>
    public static IEnumerable<TokenRule> Tokens(Policy policy) =>
        policy
            .Tokens.Where(token => token.Key == Policy.AnyControl || Events.IsGoverned(token.Key))
            .Select(token => token.Value);

    /// <summary>How many of the approvals that a control event asks for the author can get who can get the most.</summary>
    public static int Reach(GovernanceState state, IReadOnlyList<RequiredApproval> asked) =>
        state
            .ActiveKeys(KeyPurpose.Author)
            .DistinctBy(author => author.Person)
            .Select(author => QuorumMatching.Sum(Electorate.Others(state, author.Id), asked))
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>Whether some author has somebody to ask, or there is nobody who is asked.</summary>
    public static bool HasSomebodyToAsk(GovernanceState state) =>
        !state.ActiveKeys(KeyPurpose.Approver).Any()
        || state.ActiveKeys(KeyPurpose.Author).Any(author => Electorate.Others(state, author.Id).Count > 0);

    // Counted by role, over the roles that the policy's actions ask for, or over all if nobody holds one of these. Whoever holds several counts in
    // the first, because one person gives one verdict. Empty in a ledger without approvers: there the author's signature stands alone.
    private static RequiredApproval[] Majority(Policy policy, GovernanceState state, Digest author)
    {
        IReadOnlyList<HashSet<string>> approvers = Electorate.Others(state, author);
        // Where the author is the only approver nothing is approved, rather than everything.
        if (approvers.Count == 0)
            approvers = [.. Electorate.RolesByPerson(state)];
        HashSet<string> asked = [.. policy.Actions.SelectMany(a => a.Approvals).Select(a => a.Role)];
        if (!approvers.Any(roles => roles.Overlaps(asked)))
            asked = [.. approvers.SelectMany(roles => roles)];
        return Capped([
            .. approvers
                .Select(roles => roles.Where(asked.Contains).Order(StringComparer.Ordinal).FirstOrDefault())
                .OfType<string>()
                .GroupBy(role => role, StringComparer.Ordinal)
                .OrderBy(holders => holders.Key, StringComparer.Ordinal)
                .Select(holders => new RequiredApproval(holders.Key, (holders.Count() / 2) + 1)),
        ]);
    }

    // What an entry has no room for could never be recorded: the role that asks for the most asks for one less, until all fit.
    private static RequiredApproval[] Capped(RequiredApproval[] required)
    {
        while (required.Sum(r => r.K) > Approval.MaxCount)
        {
            int most = Array.IndexOf(required, required.MaxBy(r => r.K));
            required[most] = required[most] with { K = required[most].K - 1 };
        }
        return required;
    }

    // The most that any action asks for, role by role, beyond what is required anyway; but never more than those who are there can give, one verdict
    // each: otherwise nobody could ever be appointed where somebody is lacking.
    private static IReadOnlyList<RequiredApproval> WithActions(
        IReadOnlyList<RequiredApproval> required,
        Policy policy,
        IReadOnlyList<HashSet<string>> others
    )
    {
        SortedDictionary<string, int> needed = Most(required);
        RequiredApproval[] more =
        [
            .. Most(policy.Actions.SelectMany(a => a.Approvals))
                .Select(asked => new RequiredApproval(asked.Key, asked.Value - needed.GetValueOrDefault(asked.Key)))
                .Where(asked => asked.K > 0),
        ];
        RequiredApproval[] demands = [.. needed.Select(n => new RequiredApproval(n.Key, n.Value)), .. more];
        int[] given = QuorumMatching.Give(others, demands);
        int room = Approval.MaxCount - needed.Values.Sum();
        for (int i = demands.Length - more.Length; i < demands.Length; i++)
        {
            int taken = Math.Clamp(given[i], 0, Math.Max(room, 0));
            room -= taken;
            if (taken > 0)
                needed[demands[i].Role] = needed.GetValueOrDefault(demands[i].Role) + taken;
        }
        return [.. needed.Select(n => new RequiredApproval(n.Key, n.Value))];
    }

    private static SortedDictionary<string, int> Most(IEnumerable<RequiredApproval> asked)
    {
        var most = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (RequiredApproval one in asked)
            most[one.Role] = Math.Max(one.K, most.GetValueOrDefault(one.Role));
        return most;
    }

    private static bool IsApprover(Digest key, GovernanceState state) => state.Key(key)?.Purpose == KeyPurpose.Approver;
}
