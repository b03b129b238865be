using Tessrax.Node.Reading;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Looks at entries one by one, from one on to the end of the ledger.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="query">What to look for.</param>
/// <param name="first">The first entry to look at.</param>
/// <param name="stop">Patience is over.</param>
internal sealed class Scan(LedgerGlance ledger, Query query, long first, CancellationToken stop)
{
    // What matches, the newest first; known once all entries were looked at, and only if they are few.
    private List<long>? known;

    private bool AreFew => ledger.Size - first <= Searcher.MostScanned;

    /// <summary>Those that match below a bound, the newest first.</summary>
    public IEnumerable<SearchedEntry> Newest(long before) =>
        AreFew
            ? Known().Where(index => index < before).Select(Read)
            : ledger
                .Backwards(before)
                .TakeWhile(receipt => receipt.Entry.Index >= first)
                .Select(receipt => new SearchedEntry(receipt))
                .Where(Matches);

    /// <summary>Those that match from an entry on, the oldest first.</summary>
    public IEnumerable<SearchedEntry> Oldest(long from) =>
        AreFew
            ? Enumerable.Reverse(Known()).Where(index => index >= from).Select(Read)
            : ledger.From(Math.Max(first, from)).Select(receipt => new SearchedEntry(receipt)).Where(Matches);

    /// <summary>How many match, and whether entries were left out since they are more than <paramref name="most"/>.</summary>
    public (long Count, bool HasMore) Count(long most)
    {
        if (AreFew)
            return (Known().Count, false);
        long seen = ledger.Size - first;
        long count = Newest(ledger.Size)
            .TakeWhile(entry => ledger.Size - entry.Receipt.Entry.Index <= most)
            .LongCount();
        return (count, seen > most);
    }

    private List<long> Known() =>
        // Reading nothing would read the last batch to see that.
        known ??=
            first >= ledger.Size
                ? []
                :
                [
                    .. ledger
                        .Backwards()
                        .TakeWhile(receipt => receipt.Entry.Index >= first)
                        .Where(receipt => Matches(new SearchedEntry(receipt)))
                        .Select(receipt => receipt.Entry.Index),
                ];

    private bool Matches(SearchedEntry entry)
    {
        stop.ThrowIfCancellationRequested();
        return query.Matches(entry);
    }

    private SearchedEntry Read(long index) => new(ledger.Receipt(index));
}
