using Tessrax.Node.Index;
using Tessrax.Node.Reading;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Searches a ledger: by its index, and by looking at what the index has not seen.</summary>
public sealed class Searcher : IDisposable
{
    /// <summary>The most entries that are looked at one by one where there is no index.</summary>
    public const int MostScanned = 20_000;

    /// <summary>The most entries that are looked at one by one behind the end of the index.</summary>
    public const int MostBehind = 10_000;

    /// <summary>How far hits are counted unless all are to be.</summary>
    public const int MostCounted = 10_000;

    private const long StepsOfPage = 2_000_000;

    // Where hits are many, people need no exact number of them; where they are few, they do.
    private const long StepsOfCount = 100_000;
    private const long StepsOfManyCounted = 12_000;
    private const int Many = 1_000;

    private const int MostWrong = 100;

    private readonly LedgerGlance ledger;
    private readonly IndexReading? opened;
    private readonly string backend;
    private IIndexBackend? index;

    /// <param name="ledger">The ledger.</param>
    /// <param name="index">Its index; null for none.</param>
    /// <param name="backend">The kind of the index.</param>
    internal Searcher(LedgerGlance ledger, IIndexBackend? index, string backend)
    {
        this.ledger = ledger;
        this.index = index;
        this.backend = backend;
    }

    private Searcher(LedgerGlance ledger, IndexReading reading)
        : this(ledger, reading.Backend, reading.Pointer.Backend) => opened = reading;

    /// <summary>Why every entry is looked at although an index was asked for; null if there is no reason.</summary>
    public TessraxException? WithoutIndex { get; private set; }

    /// <summary>Opens the index of a ledger. Where there is none that can be used, a ledger of at most 20,000 entries is searched without.</summary>
    /// <param name="ledger">The ledger; it is not disposed of here.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="usesIndex">Whether to use an index at all. If not, every entry is looked at, however many there are.</param>
    /// <exception cref="TessraxException">TSX3040: there is no index; TSX3036, TSX3038, TSX3039, TSX3042: there is one that cannot be used.</exception>
    public static Searcher Open(LedgerGlance ledger, NodeEnvironment environment, bool usesIndex = true)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (!usesIndex)
            return new Searcher(ledger, null, "");
        if (TryOpen(ledger, environment, out TessraxException? reason) is { } reading)
            return new Searcher(ledger, reading);
        return ledger.Size <= MostScanned ? new Searcher(ledger, null, "") { WithoutIndex = reason } : throw reason!;
    }

    /// <summary>The index of a ledger; null, with the reason, if it has none that can be used.</summary>
    internal static IndexReading? TryOpen(
        LedgerGlance ledger,
        NodeEnvironment environment,
        out TessraxException? reason
    )
    {
        IndexReading? reading = IndexReading.TryOpen(
            ledger.Directory.Path,
            ledger.Directory.Id,
            environment,
            out reason
        );
        if (reading is null || IsOfThisHistory(reading.Mark, ledger, environment))
            return reading;
        reason = ErrorCodes.IndexUnusable.Because(
            $"the index is of another history: it says that it is of {reading.Mark.Size} entries, with a root that is not the ledger's"
        );
        reading.Dispose();
        return null;
    }

    public void Dispose() => opened?.Dispose();

    private static bool IsOfThisHistory(IndexMark mark, LedgerGlance ledger, NodeEnvironment environment)
    {
        if (mark.Size <= ledger.Size)
            return ledger.Tree.RootAt(mark.Size) == mark.Root;
        // It follows what is durable: the ledger has grown since it was opened here, or it is another copy's.
        using LedgerGlance now = LedgerGlance.Open(ledger.Directory.Path, environment);
        return mark.Size <= now.Size
            && now.Tree.RootAt(mark.Size) == mark.Root
            && now.Tree.RootAt(ledger.Size) == ledger.Tree.Root();
    }

    // Entries that the index has.
    private long Covered => Math.Min(index?.Mark.Size ?? 0, ledger.Size);

    // Entries that are looked at one by one begin here.
    private long ScannedFrom => index is null || ledger.Size - Covered <= MostBehind ? Covered : ledger.Size;

    /// <summary>A page of hits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not from 1 to 1,000.</exception>
    /// <exception cref="TessraxException">TSX1019: too many words or values begin so; TSX1020: it is no cursor of this search; TSX3036: the index cannot be read, and
    /// the ledger is too large to be searched without; TSX3003: the ledger is damaged.</exception>
    /// <exception cref="OperationCanceledException">The request was stopped.</exception>
    public SearchAnswer Search(SearchRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Limit, 1, nameof(request));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Limit, SearchRequest.MaxLimit, nameof(request));
        // One step of an index may take long, and looks at no token.
        using CancellationTokenRegistration cut = index is { } open ? request.Stop.Register(open.Interrupt) : default;
        try
        {
            return Answer(request);
        }
        catch (TessraxException e) when (request.Stop.IsCancellationRequested)
        {
            throw new OperationCanceledException("the search was stopped", e, request.Stop);
        }
        catch (TessraxException e)
            when (e.Code == ErrorCodes.IndexUnusable && index is not null && ledger.Size <= MostScanned)
        {
            // Damage shows when it is read, if not before.
            (index, WithoutIndex) = (null, e);
            return Answer(request);
        }
    }

    private SearchAnswer Answer(SearchRequest request)
    {
        SearchCursor? cursor = request.Cursor is { } text
            ? SearchCursor.Read(text, ledger.Directory.Id, request.Query, request.Order, ledger.Size)
            : null;
        var scan = new Scan(ledger, request.Query, ScannedFrom, request.Stop);
        var page = new SearchPage(this, request, cursor, scan);
        if (request.Order == SearchOrder.Rank)
            page.FillRanked();
        else
            page.Fill();
        (long count, bool hasMore) = page.IsWhole ? (page.Hits.Count, ScannedFrom > Covered) : Count(request, scan);
        return new SearchAnswer
        {
            Query = request.Query,
            Ledger = ledger.Directory.Id,
            Size = ledger.Size,
            Root = ledger.Tree.Root(),
            Index = index is null ? null : new SearchIndex(backend, index.Mark.Size, ScannedFrom - Covered),
            Order = request.Order,
            Hits = page.Hits,
            Count = Math.Max(count, page.Hits.Count),
            HasMore = hasMore,
            LookedTo = page.LookedTo,
            Next = page.Next?.ToText(ledger.Directory.Id, request.Query),
            Wrong = page.Wrong,
        };
    }

    // How many entries match, and whether there may be more.
    private (long Count, bool HasMore) Count(SearchRequest request, Scan scan)
    {
        long most = request.CountsAll ? long.MaxValue : MostCounted;
        (long count, bool hasMore) = scan.Count(request.CountsAll ? long.MaxValue : MostScanned);
        if (index is null || hasMore || count >= most)
            return (Math.Min(count, most), hasMore || count > most);
        long steps = request.CountsAll ? long.MaxValue : StepsOfCount;
        long judged = 0;
        using var found = new Evaluator(index, request.Query, IndexOrder.Newest, null, Covered, steps, request.Stop);
        foreach (long one in found.Found())
        {
            request.Stop.ThrowIfCancellationRequested();
            count += found.IsExact || request.Query.Matches(ledger.Receipt(one)) ? 1 : 0;
            judged += found.IsExact ? 0 : 1;
            bool isEnough = judged >= MostScanned || (count >= Many && found.Steps >= StepsOfManyCounted);
            if (count >= most || (isEnough && !request.CountsAll))
                return (count, true);
        }
        return (count, found.IsCutShort || ScannedFrom > Covered);
    }

    /// <summary>A page as it is filled.</summary>
    private sealed class SearchPage(Searcher searcher, SearchRequest request, SearchCursor? cursor, Scan scan)
    {
        private readonly Query query = request.Query;
        private readonly long size = cursor?.Size ?? searcher.ledger.Size;
        private int judged;

        public List<SearchHit> Hits { get; } = [];

        public List<long> Wrong { get; } = [];

        public long? LookedTo { get; private set; }

        public SearchCursor? Next { get; private set; }

        /// <summary>Whether every entry was looked at, and all hits are on it.</summary>
        public bool IsWhole => cursor is null && request.Order != SearchOrder.Rank && Next is null && LookedTo is null;

        /// <summary>Fills it from one end of the ledger to the other.</summary>
        public void Fill()
        {
            long? end = null;
            foreach (SearchedEntry entry in Matching(request.Order, cursor?.Bound, searcher.ledger.Size))
            {
                // There is one more, so there is a next page.
                if (Hits.Count == request.Limit)
                {
                    end = Hits[^1].Entry.Receipt.Entry.Index;
                    break;
                }
                Hits.Add(HitOf(entry, null));
            }
            end ??= LookedTo;
            Next = end is { } bound ? new SearchCursor(request.Order, 0, bound, searcher.ledger.Size) : null;
        }

        /// <summary>Fills it with the best of the newest hits.</summary>
        public void FillRanked()
        {
            var ranking = new Ranking(query);
            foreach (SearchedEntry entry in Matching(SearchOrder.Newest, null, size))
            {
                ranking.Add(entry);
                if (ranking.Count == Ranking.MostHits)
                    break;
            }
            (long Index, long Score)[] behind =
            [
                .. ranking
                    .Ordered()
                    .SkipWhile(hit => cursor is { } last && !IsBehind(hit, last))
                    .Take(request.Limit + 1),
            ];
            foreach ((long index, long score) in behind.Take(request.Limit))
                Hits.Add(HitOf(new SearchedEntry(searcher.ledger.Receipt(index)), score));
            if (behind.Length > request.Limit)
                Next = new SearchCursor(SearchOrder.Rank, behind[^2].Score, behind[^2].Index, size);
        }

        private static bool IsBehind((long Index, long Score) hit, SearchCursor last) =>
            hit.Score < last.Score || (hit.Score == last.Score && hit.Index < last.Bound);

        private SearchHit HitOf(SearchedEntry entry, long? score) =>
            new(entry, score, Snippet.Of(entry.Receipt, query));

        private IEnumerable<SearchedEntry> Matching(SearchOrder order, long? from, long size)
        {
            if (order != SearchOrder.Oldest)
                return scan.Newest(from ?? size).Concat(Found(IndexOrder.Newest, from, size));
            return Found(IndexOrder.Oldest, from, size).Concat(ScannedAtLast(from));
        }

        // Not if the index was left before its end.
        private IEnumerable<SearchedEntry> ScannedAtLast(long? from)
        {
            if (LookedTo is not null)
                yield break;
            foreach (SearchedEntry entry in scan.Oldest((from ?? -1) + 1))
                yield return entry;
        }

        private IEnumerable<SearchedEntry> Found(IndexOrder order, long? from, long size)
        {
            if (searcher.index is not { } index)
                yield break;
            using var found = new Evaluator(
                index,
                query,
                order,
                from,
                Math.Min(searcher.Covered, size),
                StepsOfPage,
                request.Stop
            );
            foreach (long one in found.Found())
            {
                request.Stop.ThrowIfCancellationRequested();
                var entry = new SearchedEntry(searcher.ledger.Receipt(one));
                if (query.Matches(entry))
                    yield return entry;
                else if (found.IsExact && Wrong.Count < MostWrong)
                    Wrong.Add(one);
                // What is found in vain costs as much as a hit.
                if (++judged < MostScanned)
                    continue;
                LookedTo = one;
                yield break;
            }
            if (found.IsCutShort)
                LookedTo = found.ReachedTo;
        }
    }
}
