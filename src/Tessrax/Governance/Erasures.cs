using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>What the control events say of payloads: which are held, which are erased; and which of those folded in were missing.</summary>
/// <remarks>A payload that is missing is erased rightly only if a later entry says so. Until that entry comes, what rests on the payload can be
/// neither confirmed nor refuted; once it has come, the payload counts no more for anybody, whether they have it or not.</remarks>
public sealed class Erasures
{
    private readonly SortedDictionary<string, Hold> holds = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> single = [];

    // Of those in order, as long as no other one comes.
    private long[]? inOrder;
    private readonly List<(long At, LedgerCompacted Content)> compactions = [];

    // By event: what a judgement may lack depends on what it rests on.
    private readonly Dictionary<string, IndexSet> missing = new(StringComparer.Ordinal);

    /// <summary>The holds in force, by name.</summary>
    public IReadOnlyCollection<Hold> Holds => holds.Values;

    /// <summary>Whether anything was ever erased.</summary>
    public bool Any => single.Count > 0 || compactions.Count > 0;

    /// <summary>Index of the last entry that erased anything, or null.</summary>
    public long? Last { get; private set; }

    /// <summary>Whether an entry of an index greater than <paramref name="after"/> erased anything of the entries from one up to, and without, another.</summary>
    public bool Touches(long from, long to, long after) =>
        TouchesSingle(from, to, after)
        || compactions.Any(c => c.At > after && c.Content.From < to && from < c.Content.To);

    /// <summary>The runs of entries in which all lies that was erased, by what erased them: they may overlap. In them are also entries that keep their payload, or never had one.</summary>
    public IEnumerable<LeafRange> Runs =>
        [
            .. single.Keys.Select(index => new LeafRange(index, index + 1)),
            .. compactions.Select(c => new LeafRange(c.Content.From, c.Content.To)),
        ];

    /// <summary>Whether a payload is missing that no entry so far erases.</summary>
    public bool HasMissing => MissingCount > 0;

    /// <summary>Whether one of those is missing that something judged later rests on. The others add nothing to the folded state.</summary>
    public bool HasMissingThatCounts => missing.Any(of => of.Value.Count > 0 && !Events.IsApart(of.Key));

    /// <summary>Whether one of those is missing without which nobody can tell what may be done next.</summary>
    public bool HasMissingThatBinds => missing.Any(of => of.Value.Count > 0 && !Events.CanBeGivenUp(of.Key));

    /// <summary>How many payloads are missing that no entry so far erases.</summary>
    internal long MissingCount => missing.Values.Sum(set => set.Count);

    /// <summary>The entries whose payload is missing though no entry so far erases it, ascending by event.</summary>
    public IEnumerable<long> Missing => missing.Values.SelectMany(set => set.All());

    /// <summary>The hold of that name, or null.</summary>
    public Hold? Named(string hold) => holds.GetValueOrDefault(hold);

    /// <summary>A hold on an entry, or null.</summary>
    public Hold? HoldOn(long index) => holds.Values.FirstOrDefault(hold => hold.Entries.Contains(index));

    /// <summary>The index of the control event that erased an entry's payload, or null if none did.</summary>
    public long? ErasedAt(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Events.IsErasable(entry.Body.Event) ? ErasedAt(entry.Index) : null;
    }

    /// <summary>The same, for an entry that is known to have a payload that may be erased.</summary>
    public long? ErasedAt(long index)
    {
        if (single.TryGetValue(index, out long at))
            return at;
        foreach ((long compactedAt, LedgerCompacted content) in compactions)
        {
            if (content.Covers(index))
                return compactedAt;
        }
        return null;
    }

    /// <summary>The first missing payload among those of some events, or null.</summary>
    internal long? FirstMissing(params ReadOnlySpan<string> events)
    {
        long? first = null;
        foreach (string name in events)
        {
            if (missing.TryGetValue(name, out IndexSet? set) && set.Count > 0)
            {
                long index = set.All().First();
                first = first is { } known && known < index ? known : index;
            }
        }
        return first;
    }

    /// <summary>Whether the payload of an entry of that event is missing, and no entry so far erases it.</summary>
    internal bool IsMissing(string name, long index) =>
        missing.TryGetValue(name, out IndexSet? set) && set.Contains(index);

    /// <summary>Takes in a control event that erases payloads, for readers who fold nothing else.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: it is not of its form.</exception>
    public void Add(Entry control)
    {
        ArgumentNullException.ThrowIfNull(control);
        Apply(control.Body, control.Index);
    }

    /// <summary>Notes an entry whose payload is not there.</summary>
    internal void Lack(Entry entry)
    {
        string name = entry.Body.Event;
        if (!missing.TryGetValue(name, out IndexSet? set))
            missing[name] = set = new IndexSet();
        set.Add(entry.Index);
    }

    /// <summary>Folds in a control event.</summary>
    /// <returns>Which entries count no more from here on; null if it erases nothing.</returns>
    internal Predicate<long>? Apply(EntryBody body, long index)
    {
        switch (body.Event)
        {
            case Events.HoldPlaced:
                var placed = HoldPlaced.Read(body);
                holds[placed.Hold] = new Hold(placed.Hold, placed.Entries, index, placed.Reason);
                return null;
            case Events.HoldReleased:
                holds.Remove(HoldReleased.Read(body).Hold);
                return null;
            case Events.PayloadErased:
                HashSet<long> erased = [.. PayloadErased.Read(body).Entries.Select(e => e.Index)];
                foreach (long gone in erased)
                    single.TryAdd(gone, index);
                (Last, inOrder) = (index, null);
                return Cover(erased.Contains);
            case Events.LedgerCompacted:
                var compacted = LedgerCompacted.Read(body);
                compactions.Add((index, compacted));
                Last = index;
                return Cover(compacted.Covers);
            default:
                return null;
        }
    }

    private bool TouchesSingle(long from, long to, long after)
    {
        inOrder ??= [.. single.Keys.Order()];
        int at = Array.BinarySearch(inOrder, from);
        for (int i = at < 0 ? ~at : at; i < inOrder.Length && inOrder[i] < to; i++)
        {
            if (single[inOrder[i]] > after)
                return true;
        }
        return false;
    }

    // What may never be erased stays missing, whatever an entry says.
    private Predicate<long> Cover(Predicate<long> covers)
    {
        foreach ((string name, IndexSet set) in missing)
        {
            if (Events.IsErasable(name))
                set.RemoveAll(covers);
        }
        return covers;
    }
}
