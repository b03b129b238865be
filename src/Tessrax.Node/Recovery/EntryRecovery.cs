using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>What could be found of a damaged range.</summary>
/// <param name="Entries">The entries from the range's first on, as far as none is missing, with their payloads where these were found.</param>
/// <param name="LostEntries">Entries whose leaf no source has, or whose leaf cannot be proven.</param>
/// <param name="LostPayloads">Entries that were found without the payload that they commit to.</param>
/// <param name="Sources">The sources that gave something.</param>
internal sealed record FoundEntries(
    IReadOnlyList<StoredEntry> Entries,
    IReadOnlyList<LeafRange> LostEntries,
    IReadOnlyList<long> LostPayloads,
    IReadOnlyCollection<EntrySource> Sources
)
{
    /// <summary>Whether nothing is lost.</summary>
    public bool IsWhole => LostEntries.Count == 0 && LostPayloads.Count == 0;
}

/// <summary>Finds the bytes of entries whose leaf hashes are proven, and the payloads that they commit to.</summary>
/// <param name="ledger">The ledger's id.</param>
/// <param name="hasher">Its tree.</param>
/// <param name="sources">Where to look, beside what the damaged bytes still give.</param>
/// <param name="isErased">Whether the ledger says that an entry's payload was erased: it stays away then, whoever still has it.</param>
internal sealed class EntryRecovery(
    Digest ledger,
    TreeHasher hasher,
    IReadOnlyList<EntrySource> sources,
    Predicate<Entry> isErased
)
{
    public FoundEntries Find(DamagedRange range)
    {
        EntrySource[] all = [range.Remains, .. sources];
        var found = new List<StoredEntry>();
        var lost = new List<LeafRange>();
        var payloads = new List<long>();
        var givers = new List<EntrySource>();
        for (long index = range.Entries.Start; index < range.Entries.End; index++)
        {
            StoredEntry? entry = null;
            if (index < range.ProvenEnd)
                entry = FindOne(index, range.Leaves[(int)(index - range.Entries.Start)], all, givers, payloads);
            if (entry is { } whole && lost.Count == 0)
                found.Add(whole);
            if (entry is null)
                Add(lost, index);
        }
        return new FoundEntries(found, lost, payloads, givers);
    }

    private StoredEntry? FindOne(
        long index,
        Digest leaf,
        EntrySource[] all,
        List<EntrySource> givers,
        List<long> lostPayloads
    )
    {
        ReadOnlyMemory<byte>? bytes = null;
        Entry? entry = null;
        EntrySource? leafFrom = null;
        foreach (EntrySource source in all)
        {
            if (source.Find(index) is not { } offered)
                continue;
            if (bytes is null && hasher.Leaf(offered.Entry.Span) == leaf)
            {
                (bytes, leafFrom) = (offered.Entry, source);
                entry = StoredPayload.EntryOf(offered);
            }
        }
        if (bytes is not { } right)
            return null;
        Note(givers, leafFrom!);
        if (entry?.Body.Payload is not { } commitment)
            return new StoredEntry(right, default, default);
        if (isErased(entry))
            return new StoredEntry(right, default, default, IsErased: true);
        foreach (EntrySource source in all)
        {
            if (source.Find(index) is { } offered && StoredPayload.Fits(offered, commitment, ledger))
            {
                Note(givers, source);
                return new StoredEntry(right, offered.Payload, offered.Salt);
            }
        }
        lostPayloads.Add(index);
        return new StoredEntry(right, default, default);
    }

    private static void Note(List<EntrySource> givers, EntrySource source)
    {
        if (!givers.Contains(source))
            givers.Add(source);
    }

    private static void Add(List<LeafRange> ranges, long index)
    {
        if (ranges.Count > 0 && ranges[^1].End == index)
            ranges[^1] = new LeafRange(ranges[^1].Start, index + 1);
        else
            ranges.Add(new LeafRange(index, index + 1));
    }
}
