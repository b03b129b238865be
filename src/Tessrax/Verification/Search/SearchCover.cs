using Tessrax.Governance;

namespace Tessrax.Verification.Search;

/// <summary>Which entries of an epoch a query may mean, by the values that it asks for.</summary>
/// <remarks>Of AND one part that tells is enough, of OR all must; NOT, words, beginnings and times tell nothing. It is an upper bound: what is found so is judged by the query itself.</remarks>
public static class SearchCover
{
    /// <summary>The most entries of an epoch that a range of indexes stands for; of more it tells nothing.</summary>
    public const int MaxRange = 65_536;

    /// <summary>Whether a query can be shown to be answered completely: whether the values and indexes that it asks for bound what it means.</summary>
    public static bool Bounds(QueryNode node) =>
        node switch
        {
            QueryField field => IsExact(field),
            QueryIndexes => true,
            QueryAnd and => and.Parts.Any(Bounds),
            QueryOr or => or.Parts.All(Bounds),
            _ => false,
        };

    /// <summary>The entries of an epoch that a query may mean; null for all.</summary>
    /// <param name="node">The query.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="entriesWith">The entries with a value, as far as that is shown; null if it is not.</param>
    public static IndexRanges? Of(QueryNode node, EpochSpan epoch, Func<FieldValue, IndexRanges?> entriesWith)
    {
        switch (node)
        {
            case QueryField field when IsExact(field):
                return entriesWith(new FieldValue(field.Field, field.Value));
            case QueryAnd and:
                IndexRanges? all = null;
                foreach (QueryNode part in and.Parts)
                {
                    if (Of(part, epoch, entriesWith) is { } some)
                        all = all?.Intersect(some) ?? some;
                }
                return all;
            case QueryOr or:
                IndexRanges?[] any = [.. or.Parts.Select(part => Of(part, epoch, entriesWith))];
                return Array.Exists(any, one => one is null) ? null : IndexRanges.Union(any!);
            case QueryIndexes range:
                (long first, long count) = Within(range, epoch);
                return count == 0 ? IndexRanges.None
                    : count <= MaxRange ? IndexRanges.Between(first, first + count - 1)
                    : null;
            default:
                return IsOutside(node, epoch) ? IndexRanges.None : null;
        }
    }

    /// <summary>The values that are to be shown, so that as few entries as possible are left to judge; null if there is no way.</summary>
    /// <param name="node">The query.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="countOf">How many entries have a value; null if that cannot be shown.</param>
    public static (long Entries, IReadOnlyList<FieldValue> Values)? Choose(
        QueryNode node,
        EpochSpan epoch,
        Func<FieldValue, long?> countOf
    )
    {
        switch (node)
        {
            case QueryField field when IsExact(field):
                var value = new FieldValue(field.Field, field.Value);
                return countOf(value) is { } count and >= 0 and <= IndexRanges.Last ? (count, [value]) : null;
            case QueryAnd and:
                (long Entries, IReadOnlyList<FieldValue> Values)? least = null;
                foreach (QueryNode part in and.Parts)
                {
                    if (Choose(part, epoch, countOf) is { } way && !(way.Entries >= least?.Entries))
                        least = way;
                }
                return least;
            case QueryOr or:
                (long Entries, List<FieldValue> Values) whole = (0, []);
                foreach (QueryNode part in or.Parts)
                {
                    if (Choose(part, epoch, countOf) is not { } way)
                        return null;
                    whole.Entries += way.Entries;
                    whole.Values.AddRange(way.Values);
                }
                return (whole.Entries, [.. whole.Values.Distinct()]);
            case QueryIndexes range:
                long length = Within(range, epoch).Count;
                return length <= MaxRange ? (length, []) : null;
            default:
                return IsOutside(node, epoch) ? (0, []) : null;
        }
    }

    /// <summary>The entries that a term shows to have its value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its postings do not ascend, as they do in every proof that was read.</exception>
    public static IndexRanges EntriesOf(FieldProof term)
    {
        ArgumentNullException.ThrowIfNull(term);
        return IndexRanges.Of(term.Present?.Postings.Select(posting => posting.Index) ?? []);
    }

    private static bool IsExact(QueryField field) => !field.IsPrefix;

    // The EPOCH_OPENED that an epoch begins with is an entry of the one before.
    private static bool IsOutside(QueryNode node, EpochSpan epoch) =>
        node is QueryEpochs range
        && ((epoch.Number > range.Last && epoch.Number - 1 > range.Last) || range.First > epoch.Number);

    private static (long First, long Count) Within(QueryIndexes range, EpochSpan epoch)
    {
        long first = Math.Max(range.First, epoch.From);
        bool isNone = epoch.To <= first || range.Last < first;
        return (first, isNone ? 0 : Math.Min(range.Last, epoch.To - 1) - first + 1);
    }
}

/// <summary>The entries whose fields one map is of.</summary>
/// <param name="From">The first: genesis, or the EPOCH_OPENED that opens the epoch.</param>
/// <param name="To">The EPOCH_OPENED that closes it.</param>
/// <param name="Number">The epoch's, which all of them name but for the first.</param>
public readonly record struct EpochSpan(long From, long To, long Number);
