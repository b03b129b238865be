using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>Who is asked about one body: the approvers of the present state; and if the body changes who they are, those of the state after it as well,
/// so that nobody is appointed by others alone, nor removes those who would refuse.</summary>
/// <remarks>Each set counts for itself, by persons: keys of one person count once, and a key of which nobody said whose it is counts as a person.</remarks>
public sealed class Electorate
{
    private readonly Set[] sets;

    private Electorate(params Set[] sets) => this.sets = sets;

    /// <summary>The present state, by whose rules signed things are judged.</summary>
    internal GovernanceState State => sets[0].State;

    /// <summary>What is asked for, role by role: the most that any of the sets asks for.</summary>
    public IReadOnlyList<RequiredApproval> Asked =>
        sets.Length == 1
            ? sets[0].Required
            :
            [
                .. sets.SelectMany(s => s.Required)
                    .GroupBy(r => r.Role, StringComparer.Ordinal)
                    .Select(role => new RequiredApproval(role.Key, role.Max(r => r.K)))
                    .OrderBy(r => r.Role, StringComparer.Ordinal),
            ];

    /// <summary>Whether anybody is asked.</summary>
    public bool AsksAnybody => sets.Any(s => s.Required.Count > 0);

    /// <summary>The roles of each person who may approve, in the order of the ids of their first keys.</summary>
    internal static IEnumerable<HashSet<string>> RolesByPerson(GovernanceState state) =>
        state
            .ActiveKeys(KeyPurpose.Approver)
            .GroupBy(PersonOf)
            .Select(person => person.SelectMany(k => k.Roles).ToHashSet(StringComparer.Ordinal));

    /// <summary>How many persons hold a role.</summary>
    internal static int HoldersOf(GovernanceState state, string role) =>
        RolesByPerson(state).Count(roles => roles.Contains(role));

    /// <summary>The approvers of the present state alone.</summary>
    internal static Electorate Of(GovernanceState state, IReadOnlyList<RequiredApproval> required) =>
        new(new Set(state, required));

    /// <summary>The approvers of the present state, and those of the one after it.</summary>
    internal static Electorate Of(
        GovernanceState state,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState next,
        IReadOnlyList<RequiredApproval> requiredNext
    ) => new(new Set(state, required), new Set(next, requiredNext));

    /// <summary>All who may approve, by id.</summary>
    public IReadOnlyList<LedgerKey> Approvers =>
        [.. sets.SelectMany(s => s.State.ActiveKeys(KeyPurpose.Approver)).DistinctBy(k => (k.Id, Roles(k)))];

    /// <summary>The key that holds a role in some set; null if it does in none.</summary>
    internal LedgerKey? Holder(Digest key, string role) =>
        sets.Select(s => s.Holder(key, role)).FirstOrDefault(held => held is not null);

    /// <summary>Whether a role is asked for of a key that holds it, in the same set.</summary>
    internal bool IsAsked(Digest key, string role) => sets.Any(s => s.Asks(role) && s.Holder(key, role) is not null);

    /// <summary>Whether a verdict adds to none of the sets, because its person gave one there already.</summary>
    internal bool HasVoted(Approval approval, IReadOnlyList<Approval> live) =>
        sets.All(s => s.PersonOf(approval) is not { } person || live.Any(v => s.PersonOf(v) == person));

    /// <summary>Whether no verdict is there twice: by one key in one role, or, where there is one set, by one person.</summary>
    /// <remarks>Of two sets, a person may have a verdict for each, by two keys, and then two stand in one of them. Only the first counts there; if that were
    /// refused, a person's second verdict would keep for ever out what has its quorum.</remarks>
    internal bool AreDistinct(IReadOnlyList<Approval> approvals)
    {
        if (approvals.DistinctBy(a => (a.Key, sets.Length == 1 ? "" : a.Role)).Count() != approvals.Count)
            return false;
        Person[] persons = [.. approvals.Select(sets[0].PersonOf).OfType<Person>()];
        return sets.Length > 1 || persons.Distinct().Count() == persons.Length;
    }

    /// <summary>Whether approvals, each already judged, reach every quorum of every set.</summary>
    public bool IsSatisfiedBy(IEnumerable<Approval> approvals)
    {
        Approval[] given = [.. approvals.Where(a => a.Approves)];
        return sets.All(s => s.IsSatisfiedBy(given));
    }

    /// <summary>Whether so many rejected that some quorum is out of reach.</summary>
    public bool IsOutOfReach(IEnumerable<Approval> approvals)
    {
        Approval[] given = [.. approvals.Where(a => !a.Approves)];
        return given.Length > 0 && sets.Any(s => s.IsOutOfReach(given));
    }

    private static string Roles(LedgerKey key) => string.Join(' ', key.Roles);

    private static Person PersonOf(LedgerKey key) =>
        key.Person is { } name ? new Person(name, default) : new Person(null, key.Id);

    // Whoever a key belongs to: a person whom somebody named, or else the key's own holder.
    private readonly record struct Person(string? Name, Digest Key);

    private sealed record Set(GovernanceState State, IReadOnlyList<RequiredApproval> Required)
    {
        public bool Asks(string role) => Required.Any(r => r.Role == role);

        public LedgerKey? Holder(Digest key, string role) =>
            State.Active(key, KeyPurpose.Approver) is { } held && held.Roles.Contains(role) ? held : null;

        public Person? PersonOf(Approval approval) =>
            Holder(approval.Key, approval.Role) is { } key ? Electorate.PersonOf(key) : null;

        public bool IsSatisfiedBy(Approval[] given)
        {
            (Person Who, string Role)[] counted = [.. Counted(given)];
            return Required.All(r => counted.Count(c => c.Role == r.Role) >= r.K);
        }

        public bool IsOutOfReach(Approval[] rejections)
        {
            (Person Who, string Role)[] counted = [.. Counted(rejections)];
            return counted.Length > 0
                && Required.Any(r => HoldersOf(State, r.Role) - counted.Count(c => c.Role == r.Role) < r.K);
        }

        // A person's first verdict is the one that counts.
        private IEnumerable<(Person Who, string Role)> Counted(Approval[] given) =>
            given
                .Select(a => (Who: PersonOf(a), a.Role))
                .Where(a => a.Who is not null)
                .Select(a => (a.Who!.Value, a.Role))
                .DistinctBy(a => a.Value);
    }
}
