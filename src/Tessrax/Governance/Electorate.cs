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

    /// <summary>What they are asked about.</summary>
    private Matter Matter => sets[0].Matter;

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
    internal static IEnumerable<HashSet<string>> RolesByPerson(GovernanceState state) => Roles(state, null);

    /// <summary>The same without the person who holds the key that signed the body: that one may not approve it.</summary>
    internal static IReadOnlyList<HashSet<string>> Others(GovernanceState state, Digest author) =>
        [.. Roles(state, state.Key(author)?.Person)];

    /// <summary>The approvers of the present state alone.</summary>
    internal static Electorate Of(GovernanceState state, IReadOnlyList<RequiredApproval> required, Matter matter) =>
        new(new Set(state, required, matter));

    /// <summary>The approvers of the present state, and those of the one after it.</summary>
    internal static Electorate Of(
        GovernanceState state,
        IReadOnlyList<RequiredApproval> required,
        GovernanceState next,
        IReadOnlyList<RequiredApproval> requiredNext,
        Matter matter
    ) => new(new Set(state, required, matter), new Set(next, requiredNext, matter));

    private static IEnumerable<HashSet<string>> Roles(GovernanceState state, string? without) =>
        state
            .ActiveKeys(KeyPurpose.Approver)
            .Where(key => without is null || key.Person != without)
            .GroupBy(PersonOf)
            .Select(person => person.SelectMany(k => k.Roles).ToHashSet(StringComparer.Ordinal));

    /// <summary>All who may approve, by id.</summary>
    public IReadOnlyList<LedgerKey> Approvers =>
        [.. sets.SelectMany(s => s.State.ActiveKeys(KeyPurpose.Approver)).DistinctBy(k => (k.Id, Roles(k)))];

    /// <summary>The key for whose holder an approval counts in some set: the one that signed it, or the one that let it speak. Null if there is none.</summary>
    internal LedgerKey? Holder(Approval approval) =>
        sets.Select(s => s.Holder(approval)).FirstOrDefault(held => held is not null);

    /// <summary>The key that signed an approval, in a set where it may sign.</summary>
    internal LedgerKey? Signer(Approval approval) =>
        sets.Select(s => s.State.Active(approval.Key, KeyPurpose.Approver)).FirstOrDefault(key => key is not null);

    /// <summary>Whether a role is asked for, or may veto, in a set where the approval counts; or its person must agree.</summary>
    internal bool IsAsked(Approval approval) =>
        sets.Any(s => (s.Asks(approval.Role) || MayVeto(approval)) && s.Holder(approval) is not null)
        || (Holder(approval)?.Person is { } person && Matter.Consent.Contains(person));

    /// <summary>Whether one of these verdicts, each already judged, ends the proposal however many approve.</summary>
    internal bool IsVetoed(IEnumerable<Approval> live) =>
        Matter.Veto.Count > 0 && live.Any(v => !v.Approves && MayVeto(v) && Holder(v) is not null);

    /// <summary>Whether a verdict adds to none of the sets, because its person gave one there already.</summary>
    internal bool HasVoted(Approval approval, IReadOnlyList<Approval> live) =>
        sets.All(s => s.PersonOf(approval) is not { } person || live.Any(v => s.PersonOf(v) == person));

    /// <summary>Whether no verdict is there twice: by one key in one role, or, where there is one set, by one person.</summary>
    /// <remarks>Of two sets, a person may have a verdict for each, by two keys, and then two stand in one of them. Only the first counts there; if that were
    /// refused, a person's second verdict would keep for ever out what has its quorum.</remarks>
    internal bool AreDistinct(IReadOnlyList<Approval> approvals)
    {
        if (approvals.DistinctBy(a => (a.Key, a.Role)).Count() != approvals.Count)
            return false;
        Person[] persons = [.. approvals.Select(sets[0].PersonOf).OfType<Person>()];
        return sets.Length > 1 || persons.Distinct().Count() == persons.Length;
    }

    /// <summary>Of approvals, each already judged, those that an entry carries: all, or if it has no room for them the first in each role that are asked for.</summary>
    internal IReadOnlyList<Approval> Carried(IReadOnlyList<Approval> approvals)
    {
        if (approvals.Count <= Approval.MaxCount)
            return approvals;
        HashSet<Approval> needed =
        [
            .. sets.SelectMany(s => s.Needed(approvals)),
            .. approvals.Where(a => Holder(a)?.Person is { } person && Matter.Consent.Contains(person)),
        ];
        return [.. approvals.Where(needed.Contains)];
    }

    /// <summary>Whether approvals, each already judged, reach every quorum of every set.</summary>
    public bool IsSatisfiedBy(IEnumerable<Approval> approvals)
    {
        Approval[] given = [.. approvals.Where(a => a.Approves)];
        return sets.All(s => s.IsSatisfiedBy(given)) && Matter.Consent.All(person => HasSpoken(person, given));
    }

    /// <summary>Whether live verdicts, each already judged, carry the proposal: every quorum is reached, and nobody who may veto rejected it.</summary>
    internal bool IsCarriedBy(IReadOnlyList<Approval> live) => !IsVetoed(live) && IsSatisfiedBy(live);

    /// <summary>Whether so many rejected that some quorum is out of reach, or one who may veto did.</summary>
    public bool IsOutOfReach(IEnumerable<Approval> approvals)
    {
        Approval[] given = [.. approvals.Where(a => !a.Approves)];
        return given.Length > 0
            && (
                IsVetoed(given)
                || Matter.Consent.Any(person => HasSpoken(person, given))
                || sets.Any(s => s.IsOutOfReach(given))
            );
    }

    private bool HasSpoken(string person, Approval[] given) => given.Any(a => Holder(a)?.Person == person);

    private bool MayVeto(Approval approval) => Matter.Veto.Contains(approval.Role);

    private static string Roles(LedgerKey key) => string.Join(' ', key.Roles);

    private static Person PersonOf(LedgerKey key) =>
        key.Person is { } name ? new Person(name, default) : new Person(null, key.Id);

    // Whoever a key belongs to: a person whom somebody named, or else the key's own holder.
    private readonly record struct Person(string? Name, Digest Key);

    private sealed record Set(GovernanceState State, IReadOnlyList<RequiredApproval> Required, Matter Matter)
    {
        public bool Asks(string role) => Required.Any(r => r.Role == role);

        // Who holds the role speaks for themselves; who does not, for whoever let them.
        public LedgerKey? Holder(Approval approval)
        {
            if (State.Active(approval.Key, KeyPurpose.Approver) is not { } key)
                return null;
            if (key.Roles.Contains(approval.Role))
                return key;
            // Whoever has come to hold the role since, by another key, has a verdict of their own.
            return
                State.Delegations.FirstOrDefault(d => d.Covers(approval, Matter.Name)) is { } delegation
                && !State.HoldsRole(key.Id, approval.Role)
                && State.Active(delegation.From, KeyPurpose.Approver) is { } principal
                && principal.Roles.Contains(approval.Role)
                ? principal
                : null;
        }

        public Person? PersonOf(Approval approval) => Holder(approval) is { } key ? Electorate.PersonOf(key) : null;

        public bool IsSatisfiedBy(Approval[] given)
        {
            Approval[] counted = [.. Counted(given)];
            return Required.All(r => counted.Count(c => c.Role == r.Role) >= r.K);
        }

        public bool IsOutOfReach(Approval[] rejections)
        {
            Approval[] counted = [.. Counted(rejections)];
            if (counted.Length == 0)
                return false;
            IReadOnlyList<HashSet<string>> others = Others(State, Matter.Author);
            return Required.Any(r =>
                others.Count(roles => roles.Contains(r.Role)) - counted.Count(c => c.Role == r.Role) < r.K
            );
        }

        public IEnumerable<Approval> Needed(IReadOnlyList<Approval> approvals)
        {
            Approval[] counted = [.. Counted(approvals)];
            return Required.SelectMany(r => counted.Where(c => c.Role == r.Role).Take(r.K));
        }

        // A person's first verdict is the one that counts.
        private IEnumerable<Approval> Counted(IReadOnlyList<Approval> given) =>
            given.Where(a => PersonOf(a) is not null).DistinctBy(PersonOf);
    }
}

/// <summary>What approvers are asked about.</summary>
/// <param name="Author">The key that signed the body; neither it nor its person may approve.</param>
/// <param name="Name">The action of the decision, or the control event.</param>
/// <param name="Veto">The roles of which one rejection is enough.</param>
internal sealed record Matter(Digest Author, string Name, IReadOnlyList<string> Veto)
{
    /// <summary>Persons who must agree, each: another key would be called theirs.</summary>
    public IReadOnlyList<string> Consent { get; init; } = [];
}
