using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Finds entries by a ledger's index, and looks at what the index has not seen; where there is none that can be used, at every entry.</summary>
/// <remarks>Each entry is held to its leaf and judged again: an index can leave one out, and never invent one.</remarks>
internal sealed class EntryFinder : IDisposable
{
    private readonly LedgerGlance ledger;
    private readonly IndexReading? opened;
    private IndexReading? index;

    private EntryFinder(LedgerGlance ledger, IndexReading? index)
    {
        this.ledger = ledger;
        this.index = opened = index;
    }

    /// <summary>By which index entries are found; null if every entry is looked at.</summary>
    public SearchIndex? Index => index is null ? null : new SearchIndex(index.Pointer.Backend, index.Mark.Size, 0);

    /// <summary>Why every entry is looked at although an index was asked for; null if there is no reason.</summary>
    public TessraxException? WithoutIndex { get; private set; }

    /// <summary>An event, as queries ask for it.</summary>
    public static FieldValue Event(string name) => new(FieldId.Event, name);

    /// <summary>Opens the index of a ledger, if it has one.</summary>
    /// <param name="ledger">The ledger; it is not disposed of here.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="usesIndex">Whether to use an index at all.</param>
    public static EntryFinder Open(LedgerGlance ledger, NodeEnvironment environment, bool usesIndex = true)
    {
        if (!usesIndex)
            return new EntryFinder(ledger, null);
        IndexReading? reading = Searcher.TryOpen(ledger, environment, out TessraxException? reason);
        return new EntryFinder(ledger, reading) { WithoutIndex = reason };
    }

    public void Dispose() => opened?.Dispose();

    /// <summary>The entries that match, the newest first.</summary>
    /// <param name="query">What is wanted.</param>
    /// <param name="names">The only events that what is wanted can have: others are not read where there is no index.</param>
    public IEnumerable<Receipt> Newest(Query query, IReadOnlyCollection<string> names)
    {
        long end = ledger.Size;
        if (index is { } reading)
        {
            long covered = Math.Min(reading.Mark.Size, end);
            foreach (Receipt behind in ledger.From(covered).Where(query.Matches).Reverse())
                yield return behind;
            end = covered;
            using IEnumerator<Receipt> found = Found(reading, query, covered).GetEnumerator();
            while (TryNext(found))
            {
                end = found.Current.Entry.Index;
                yield return found.Current;
            }
            if (index is not null)
                yield break;
        }
        foreach (Receipt receipt in ledger.Newest(long.MaxValue, names, before: end).Where(query.Matches))
            yield return receipt;
    }

    // Damage shows when it is read, if not before: then the rest is looked at entry by entry.
    private bool TryNext(IEnumerator<Receipt> found)
    {
        try
        {
            return found.MoveNext();
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable || e.Code == ErrorCodes.IndexDiffers)
        {
            (index, WithoutIndex) = (null, e);
            return false;
        }
    }

    private IEnumerable<Receipt> Found(IndexReading reading, Query query, long covered)
    {
        using var found = new Evaluator(reading.Backend, query, IndexOrder.Newest, null, covered, long.MaxValue);
        foreach (long one in found.Found())
        {
            Receipt receipt = ledger.Receipt(one);
            if (!query.Matches(receipt))
                throw ErrorCodes.IndexDiffers.Because($"the index has entry {one} for what it does not say");
            yield return receipt;
        }
    }
}
