using System.Runtime.CompilerServices;

namespace Tessrax.Contradictions;

/// <summary>What adding a claim did.</summary>
public enum ClaimAdded
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>The very same claim was there already.</summary>
    Known,
}

/// <summary>All claims of a ledger, grouped by what they speak of.</summary>
/// <remarks>
/// Adding a claim costs at most the logarithm of the size of its group, and so does <see cref="Peek"/>. Detection looks at one group alone, so after each
/// batch only the groups that it touched need another look. Several threads may look at once, as long as none adds or removes meanwhile.
/// </remarks>
/// <param name="rules">Decide which units share a group.</param>
public sealed class ClaimBook(MetricRules rules)
{
    private readonly Dictionary<string, Recorded> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<GroupKey, ClaimGroup> groups = [];

    // The first group of each subject; its others hang on it. Most have one, which a list for each would double the cost of.
    private readonly Dictionary<string, ClaimGroup> bySubject = new(StringComparer.Ordinal);
    private readonly RecentLooks recent = new();

    /// <summary>How many claims there are.</summary>
    public int Count => byId.Count;

    /// <summary>The groups, in no particular order.</summary>
    public IReadOnlyCollection<GroupKey> Keys => groups.Keys;

    /// <summary>The rules by which this book groups and compares.</summary>
    public MetricRules Rules { get; } = rules;

    /// <summary>Up to so many claims of a group are looked through each time, instead of keeping a summary.</summary>
    internal int Small { get; init; } = ClaimGroup.Small;

    /// <summary>A book of the same claims under other rules.</summary>
    public ClaimBook Under(MetricRules others)
    {
        var book = new ClaimBook(others);
        foreach ((Claim claim, long entry) in byId.Values)
            book.Add(claim, entry);
        return book;
    }

    /// <summary>What a claim speaks of, in this book.</summary>
    public GroupKey KeyOf(Claim claim) => Rules.KeyOf(claim);

    /// <summary>Adds a claim, unless it is there already.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="entry">Index of the entry that records it.</param>
    /// <exception cref="TessraxException">TSX1013: another claim has its id; nothing was changed.</exception>
    public ClaimAdded Add(Claim claim, long entry = 0)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (byId.TryGetValue(claim.ClaimId, out Recorded known))
        {
            return known.Claim.Digest == claim.Digest
                ? ClaimAdded.Known
                : throw ErrorCodes.ClaimIdReused.Because(
                    $"the claim id '{ClaimText.Shorten(claim.ClaimId)}' is taken by another claim"
                );
        }
        byId.Add(claim.ClaimId, new Recorded(claim, entry));
        GroupKey key = KeyOf(claim);
        if (!groups.TryGetValue(key, out ClaimGroup? group))
            groups.Add(key, group = Begin(key));
        group.Add(claim);
        return ClaimAdded.Added;
    }

    /// <summary>Takes a claim out again; cheap for those added last, which is what undoing a refused batch needs.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string claimId)
    {
        if (!byId.Remove(claimId, out Recorded removed))
            return false;
        Claim claim = removed.Claim;
        GroupKey key = KeyOf(claim);
        ClaimGroup group = groups[key];
        group.Remove(claim);
        if (group.Count == 0)
        {
            groups.Remove(key);
            End(group);
        }
        return true;
    }

    /// <summary>The claim of that id, or null.</summary>
    public Claim? Find(string claimId) => byId.TryGetValue(claimId, out Recorded known) ? known.Claim : null;

    /// <summary>The entry that records the claim of that id, or null.</summary>
    public long? EntryOf(string claimId) => byId.TryGetValue(claimId, out Recorded known) ? known.Entry : null;

    /// <summary>The groups of a subject, in no particular order; none if nothing is claimed of it.</summary>
    public IEnumerable<GroupKey> KeysOf(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        for (ClaimGroup? group = bySubject.GetValueOrDefault(subject); group is not null; group = group.Next)
            yield return group.Key;
    }

    /// <summary>The claims of a group in the order they were added; none if there is no such group. What is added later does not show.</summary>
    public IReadOnlyList<Claim> Claims(GroupKey key) =>
        groups.TryGetValue(key, out ClaimGroup? group) ? (IReadOnlyList<Claim>)group.Lend() : [];

    /// <summary>The contradiction in a group, or null.</summary>
    public Contradiction? Detect(GroupKey key) =>
        groups.TryGetValue(key, out ClaimGroup? group) && !group.Agrees() ? Look(key).Value : null;

    /// <summary>How grave the contradiction in a group is, or null if there is none: that of <see cref="Detect(GroupKey)"/>, without listing its claims.</summary>
    public Severity? Peek(GroupKey key) => groups.TryGetValue(key, out ClaimGroup? group) ? group.Peek(key) : null;

    /// <summary>More bytes than the record of a contradiction among a group's claims can have; 0 if there is no such group.</summary>
    public long MostBytes(GroupKey key) => groups.TryGetValue(key, out ClaimGroup? group) ? group.MostBytes : 0;

    private ClaimGroup Begin(GroupKey key)
    {
        var group = new ClaimGroup(key, Rules.For(key.Metric), Small)
        {
            Next = bySubject.GetValueOrDefault(key.Subject),
        };
        bySubject[key.Subject] = group;
        return group;
    }

    private void End(ClaimGroup group)
    {
        ClaimGroup first = bySubject[group.Key.Subject];
        if (first != group)
        {
            while (first.Next != group)
                first = first.Next!;
            first.Next = group.Next;
        }
        else if (group.Next is { } next)
            bySubject[group.Key.Subject] = next;
        else
            bySubject.Remove(group.Key.Subject);
    }

    /// <summary>The contradiction in a group as it is now, found when it is first asked for: then and later, on any thread.</summary>
    internal Lazy<Contradiction?> Look(GroupKey key)
    {
        if (!groups.TryGetValue(key, out ClaimGroup? group))
            return new Lazy<Contradiction?>((Contradiction?)null);
        if (recent.Find(group) is { } known)
            return known;
        MetricRule rule = Rules.For(key.Metric);
        ArraySegment<Claim> claims = group.Lend();
        var look = new Lazy<Contradiction?>(() => ContradictionDetector.Detect(rule, key, claims));
        recent.Keep(group, look);
        return look;
    }

    /// <summary>The contradictions in some groups, sorted by key, each group once.</summary>
    public IEnumerable<Contradiction> Detect(IEnumerable<GroupKey> keys)
    {
        foreach (GroupKey key in keys.Distinct().Order())
        {
            if (Detect(key) is { } contradiction)
                yield return contradiction;
        }
    }

    /// <summary>All contradictions, sorted by key.</summary>
    public IEnumerable<Contradiction> DetectAll() => Detect(Contested());

    /// <summary>The groups whose claims may contradict each other, in no particular order: those of the others certainly do not.</summary>
    internal IEnumerable<GroupKey> Contested()
    {
        foreach ((GroupKey key, ClaimGroup group) in groups)
        {
            if (!group.Agrees())
                yield return key;
        }
    }

    private readonly record struct Recorded(Claim Claim, long Entry);

    // A contradiction is told, proposed and decided in entries that come soon after each other; it is found once for all of them.
    private sealed class RecentLooks
    {
        // Of larger groups only the last one is kept: many would hold too much memory.
        private const int MostClaims = 128;

        private readonly Look?[] slots = new Look?[256];
        private Look? large;

        public Lazy<Contradiction?>? Find(ClaimGroup group)
        {
            Look? kept = Volatile.Read(ref SlotOf(group));
            return kept?.Group == group && kept.Version == group.Version ? kept.Found : null;
        }

        public void Keep(ClaimGroup group, Lazy<Contradiction?> found) =>
            Volatile.Write(ref SlotOf(group), new Look(group, group.Version, found));

        private ref Look? SlotOf(ClaimGroup group)
        {
            if (group.Count > MostClaims)
                return ref large;
            return ref slots[(RuntimeHelpers.GetHashCode(group) & int.MaxValue) % slots.Length];
        }

        // Read and replaced whole, as readers of a folded ledger look at the same time.
        private sealed record Look(ClaimGroup Group, long Version, Lazy<Contradiction?> Found);
    }
}
