using Tessrax.Governance;
using Tessrax.Node.Index;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Finds by an index what may match a query: nothing that matches is missing, as far as the index is right.</summary>
/// <remarks>Where the index has no text, words are left out of account, so that more is found than matches; see <see cref="IsExact"/>.</remarks>
internal sealed class Evaluator : IDisposable
{
    // Each is a statement of a database.
    private const int MostPostings = 4096;

    private readonly IIndexBackend index;
    private readonly StepBudget budget;
    private readonly bool falls;
    private readonly long? from;
    private readonly long size;
    private readonly bool hasText;
    private readonly List<IPostings> open = [];
    private readonly QueryCursor root;

    /// <param name="index">Where to look.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Only entries below it.</param>
    /// <param name="steps">The most steps.</param>
    /// <exception cref="TessraxException">TSX1019: too many words or values begin so; TSX3036: the index cannot be read.</exception>
    public Evaluator(IIndexBackend index, Query query, IndexOrder order, long? from, long size, long steps)
    {
        this.index = index;
        this.size = size;
        falls = order == IndexOrder.Newest;
        // What the index knows beyond that came later than the ledger was opened.
        this.from = falls ? Math.Min(from ?? size, size) : from;
        budget = new StepBudget(steps);
        hasText = index.Mark.Words is not null;
        IsExact = Knows(query.Root);
        try
        {
            root = Compile(query.Root);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether nothing else should be found than what matches.</summary>
    public bool IsExact { get; }

    /// <summary>The steps that were taken so far.</summary>
    public long Steps => budget.Taken;

    /// <summary>Whether it ended before the last entry was reached.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>If it was cut short, the bound to go on from, itself left out: all before it has been looked at.</summary>
    public long ReachedTo { get; private set; }

    private IndexOrder Order => falls ? IndexOrder.Newest : IndexOrder.Oldest;

    // The first place at which there can be an entry.
    private long First => falls ? 1 - from!.Value : (from ?? -1) + 1;

    /// <summary>The entries, in order; to be asked for once.</summary>
    public IEnumerable<long> Found()
    {
        while (root.Next() && IndexOf(root.At) is var found && found < size)
            yield return found;
        IsCutShort = root.At != QueryCursor.End && IndexOf(root.At) < size && budget.IsSpent;
        ReachedTo = IsCutShort ? IndexOf(root.At) + (falls ? 1 : -1) : 0;
    }

    public void Dispose()
    {
        foreach (IPostings postings in open)
            postings.Dispose();
        open.Clear();
    }

    private long IndexOf(long place) => falls ? -place : place;

    private QueryCursor Compile(QueryNode node) =>
        node switch
        {
            QueryAnd and => And(and),
            QueryOr or => Any([.. or.Parts.Select(Compile)]),
            QueryNot not => Knows(not.Part) ? new MinusCursor(All(), Compile(not.Part), budget) : All(),
            QueryField { IsPrefix: true } field => Any([.. ValuesOf(field).Select(value => Field(field.Field, value))]),
            QueryField field => Field(field.Field, field.Value),
            QueryText text => hasText ? Text(text) : All(),
            QueryIndexes indexes => Ranges([(indexes.First, indexes.Last)]),
            QueryEpochs epochs => Ranges(EntriesOf(epochs)),
            QueryTime time => Ranges(EntriesOf(time)),
            _ => All(),
        };

    private QueryCursor And(QueryAnd and)
    {
        QueryNode[] parts = [.. and.Parts.Where(part => part is not QueryNot).OrderBy(Weight)];
        QueryNode[] excluded = [.. and.Parts.OfType<QueryNot>().Select(not => not.Part).Where(Knows)];
        QueryCursor found = parts.Length switch
        {
            0 => All(),
            1 => Compile(parts[0]),
            _ => new AndCursor([.. parts.Select(Compile)]),
        };
        return excluded.Length == 0 ? found : new MinusCursor(found, Any([.. excluded.Select(Compile)]), budget);
    }

    private QueryCursor Any(IReadOnlyList<QueryCursor> parts) =>
        parts.Count switch
        {
            0 => new RangesCursor([]),
            1 => parts[0],
            _ => new OrCursor(parts, budget),
        };

    // The part that finds least should lead the others.
    private static int Weight(QueryNode part) =>
        part switch
        {
            QueryField { IsPrefix: false, Field: not FieldId.Event } => 0,
            QueryText { LastIsPrefix: false } => 1,
            QueryField { IsPrefix: false } or QueryText => 2,
            QueryField or QueryOr => 3,
            _ => 4,
        };

    private PostingsCursor All() => Open(index.All(Order, from));

    private PostingsCursor Field(FieldId field, string value) => Open(index.Field(field, value, Order, from));

    private PostingsCursor Text(QueryText text)
    {
        if (text.LastIsPrefix && index.WordsFrom(text.Words[^1], Query.MaxExpansions + 1) > Query.MaxExpansions)
            throw TooBroad($"{text.Words[^1]}*", "words");
        return Open(index.Text(text.Words, text.LastIsPrefix, Order, from));
    }

    private IReadOnlyList<string> ValuesOf(QueryField field)
    {
        IReadOnlyList<string> values = index.Values(field.Field, field.Value, Query.MaxExpansions + 1);
        return values.Count <= Query.MaxExpansions ? values : throw TooBroad(field.ToString(), "values");
    }

    private PostingsCursor Open(IPostings postings)
    {
        open.Add(postings);
        return open.Count <= MostPostings
            ? new PostingsCursor(postings, falls, First, budget)
            : throw ErrorCodes.QueryTooBroad.Because(
                $"the query stands for more than {MostPostings:N0} words and values"
            );
    }

    private static TessraxException TooBroad(string what, string kind) =>
        ErrorCodes.QueryTooBroad.Because($"more than {Query.MaxExpansions:N0} {kind} begin with {what}");

    // Ranges of entries, from the first to the last, as places behind the bound.
    private RangesCursor Ranges(IEnumerable<(long First, long Last)> entries)
    {
        IEnumerable<(long First, long Last)> places = entries
            .Select(range => (range.First, Last: Math.Min(range.Last, size - 1)))
            .Where(range => range.First <= range.Last)
            .Select(range => falls ? (-range.Last, -range.First) : range)
            .Select(range => (First: Math.Max(range.Item1, First), Last: range.Item2))
            .Where(range => range.First <= range.Last);
        return new RangesCursor([.. places.OrderBy(range => range.First)]);
    }

    // Epochs never fall.
    private IEnumerable<(long First, long Last)> EntriesOf(QueryEpochs epochs)
    {
        long end = index.Mark.Size;
        long first = FirstWhere(0, end, row => row.Epoch >= epochs.First);
        yield return (first, FirstWhere(first, end, row => row.Epoch > epochs.Last) - 1);
    }

    // Time rises within each run.
    private IEnumerable<(long First, long Last)> EntriesOf(QueryTime time)
    {
        IReadOnlyList<long> runs = index.Runs();
        long moment = (time.Moment.ToDateTimeOffset() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        for (int i = 0; i < runs.Count; i++)
        {
            long end = i + 1 < runs.Count ? runs[i + 1] : index.Mark.Size;
            long at = FirstWhere(runs[i], end, row => row.At >= moment);
            yield return time.IsAfter ? (at, end - 1) : (runs[i], at - 1);
        }
    }

    // The first entry of a range from which on something holds; its end, if it never does.
    private long FirstWhere(long first, long end, Predicate<IndexRow> holds)
    {
        while (first < end)
        {
            long middle = first + (end - first) / 2;
            bool isThere = index.Rows(middle, middle + 1) is [var row] && holds(row);
            (first, end) = isThere ? (first, middle) : (middle + 1, end);
        }
        return first;
    }

    // Whether the index can tell what matches.
    private bool Knows(QueryNode node) =>
        node switch
        {
            QueryText => hasText,
            QueryAnd and => and.Parts.All(Knows),
            QueryOr or => or.Parts.All(Knows),
            QueryNot not => Knows(not.Part),
            _ => true,
        };
}
