using Tessrax.Governance;
using Tessrax.Node.Index;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>Finds by an index what may match a query: nothing that matches is missing, as far as the index is right.</summary>
/// <remarks>Where the index has no text, words are left out of account, so that more is found than matches; see <see cref="IsExact"/>.</remarks>
internal sealed class Evaluator : IDisposable
{
    // Each is a statement of a database; or a word that a beginning stands for, all of whose entries are read before the first is found.
    private const int MostPostings = 4096;

    private readonly IIndexBackend index;
    private readonly CancellationToken stop;
    private readonly StepBudget budget;
    private readonly bool falls;
    private readonly long? from;
    private readonly long size;
    private readonly bool hasText;
    private readonly List<IPostings> open = [];
    private readonly QueryCursor root;
    private readonly int begun;

    /// <param name="index">Where to look.</param>
    /// <param name="query">What to look for.</param>
    /// <param name="order">The order.</param>
    /// <param name="from">The bound, itself left out; null for none.</param>
    /// <param name="size">Only entries below it.</param>
    /// <param name="steps">The most steps.</param>
    /// <param name="stop">Patience is over.</param>
    /// <exception cref="TessraxException">TSX1019: too many words or values begin so; TSX3036: the index cannot be read.</exception>
    public Evaluator(
        IIndexBackend index,
        Query query,
        IndexOrder order,
        long? from,
        long size,
        long steps,
        CancellationToken stop = default
    )
    {
        (this.index, this.stop) = (index, stop);
        this.size = size;
        falls = order == IndexOrder.Newest;
        // What the index knows beyond that came later than the ledger was opened.
        this.from = falls ? Math.Min(from ?? size, size) : from;
        budget = new StepBudget(steps, stop);
        hasText = index.Mark.Words is not null;
        IsExact = Knows(query.Root);
        begun = hasText ? WordsBegun(query.Root) : 0;
        RequireFew();
        try
        {
            root = Compile(query.Root, budget);
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

    // Steps of what is joined within one part of a query are not counted: some backends join without us, and all must count alike.
    private QueryCursor Compile(QueryNode node, StepBudget steps) =>
        IsText(node) ? Open(Texts([node], []), steps, WordsOf(node)) : Parts(node, steps);

    private QueryCursor Parts(QueryNode node, StepBudget steps) =>
        node switch
        {
            QueryAnd and => And(and, steps),
            QueryOr or => Any([.. or.Parts.Select(part => Compile(part, steps))], steps),
            QueryNot not => Knows(not.Part) ? new MinusCursor(All(steps), Compile(not.Part, steps), steps) : All(steps),
            QueryField { IsPrefix: true } field => Any(
                [.. ValuesOf(field).Select(value => Field(field.Field, value, steps))],
                steps
            ),
            QueryField field => Field(field.Field, field.Value, steps),
            QueryIndexes indexes => Ranges([(indexes.First, indexes.Last)]),
            QueryEpochs epochs => Ranges(EntriesOf(epochs)),
            QueryTime time => Ranges(EntriesOf(time)),
            _ => All(steps),
        };

    private QueryCursor And(QueryAnd and, StepBudget steps)
    {
        QueryNode[] parts = [.. and.Parts.Where(part => part is not QueryNot)];
        QueryNode[] excluded = [.. and.Parts.OfType<QueryNot>().Select(not => not.Part).Where(Knows)];
        QueryNode[] texts = [.. parts.Where(IsText)];
        QueryNode[] noTexts = texts.Length > 0 ? [.. excluded.Where(IsText)] : [];
        var found = new List<(int Weight, QueryCursor Cursor)>();
        if (texts.Length > 0)
            found.Add((texts.Min(Weight), Open(Texts(texts, noTexts), steps, texts.Concat(noTexts).Sum(WordsOf))));
        found.AddRange(parts.Except(texts).Select(part => (Weight(part), Compile(part, steps))));
        QueryCursor wanted = found.Count switch
        {
            0 => All(steps),
            1 => found[0].Cursor,
            _ => new AndCursor([.. found.OrderBy(part => part.Weight).Select(part => part.Cursor)]),
        };
        QueryCursor[] less = [.. excluded.Except(noTexts).Select(part => Compile(part, steps))];
        return less.Length == 0 ? wanted : new MinusCursor(wanted, Any(less, steps), steps);
    }

    private static QueryCursor Any(QueryCursor[] parts, StepBudget steps) =>
        parts.Length switch
        {
            0 => new RangesCursor([]),
            1 => parts[0],
            _ => new OrCursor(parts, steps),
        };

    // The part that finds least should lead the others.
    private static int Weight(QueryNode part) =>
        part switch
        {
            QueryField { IsPrefix: false, Field: not FieldId.Event } => 0,
            QueryText { LastIsPrefix: false } => 1,
            QueryField { IsPrefix: false } or QueryText => 2,
            QueryField or QueryOr or QueryAnd => 3,
            _ => 4,
        };

    // Whether it asks for nothing but what stands in texts.
    private bool IsText(QueryNode node) =>
        node switch
        {
            QueryText => hasText,
            QueryOr or => or.Parts.All(IsText),
            QueryAnd and => and.Parts.All(part => IsText(part is QueryNot not ? not.Part : part))
                && and.Parts.Any(part => part is not QueryNot),
            _ => false,
        };

    private static int WordsOf(QueryNode node) =>
        node switch
        {
            QueryText text => text.Words.Count,
            QueryAnd and => and.Parts.Sum(WordsOf),
            QueryOr or => or.Parts.Sum(WordsOf),
            QueryNot not => WordsOf(not.Part),
            _ => 0,
        };

    private IPostings Texts(QueryNode[] all, QueryNode[] none)
    {
        if (index.Texts(all, none, Order, from) is { } whole)
            return whole;
        var uncounted = new StepBudget(long.MaxValue, stop);
        QueryCursor[] wanted = [.. all.Select(part => Text(part, uncounted))];
        QueryCursor found = wanted.Length == 1 ? wanted[0] : new AndCursor(wanted);
        if (none.Length > 0)
            found = new MinusCursor(found, Any([.. none.Select(part => Text(part, uncounted))], uncounted), uncounted);
        return new CursorPostings(found, falls);
    }

    private QueryCursor Text(QueryNode node, StepBudget steps) =>
        node is QueryText text
            ? Open(index.Text(text.Words, text.LastIsPrefix, Order, from), steps)
            : Parts(node, steps);

    // How many words the beginnings in a query stand for.
    private int WordsBegun(QueryNode node)
    {
        switch (node)
        {
            case QueryAnd and:
                return and.Parts.Sum(WordsBegun);
            case QueryOr or:
                return or.Parts.Sum(WordsBegun);
            case QueryNot not:
                return WordsBegun(not.Part);
            case QueryText { LastIsPrefix: true } text:
                int words = index.Words(text.Words[^1], Query.MaxExpansions + 1).Count;
                return words <= Query.MaxExpansions ? words : throw TooBroad($"{text.Words[^1]}*", "words");
            default:
                return 0;
        }
    }

    private void RequireFew()
    {
        if (open.Count + begun > MostPostings)
            throw ErrorCodes.QueryTooBroad.Because(
                $"the query stands for more than {MostPostings:N0} words and values"
            );
    }

    private PostingsCursor All(StepBudget steps) => Open(index.All(Order, from), steps);

    private PostingsCursor Field(FieldId field, string value, StepBudget steps) =>
        Open(index.Field(field, value, Order, from), steps);

    private IReadOnlyList<string> ValuesOf(QueryField field)
    {
        IReadOnlyList<string> values = index.Values(field.Field, field.Value, Query.MaxExpansions + 1);
        return values.Count <= Query.MaxExpansions ? values : throw TooBroad(field.ToString(), "values");
    }

    private PostingsCursor Open(IPostings postings, StepBudget steps, int lists = 1)
    {
        open.Add(postings);
        RequireFew();
        return new PostingsCursor(postings, falls, First, steps, lists);
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
