using Tessrax.Governance;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Tests.Search;

/// <summary>An entry as plain data.</summary>
internal sealed record NaiveEntry(
    long Index,
    long At,
    long Epoch,
    IReadOnlyList<FieldValue> Fields,
    IReadOnlyList<string> Words
);

/// <summary>What a query finds, by looking at every entry and sharing nothing with the code that is tested but words and fields.</summary>
internal static class NaiveSearch
{
    public static bool Matches(QueryNode node, NaiveEntry entry) =>
        node switch
        {
            QueryAnd and => and.Parts.All(part => Matches(part, entry)),
            QueryOr or => or.Parts.Any(part => Matches(part, entry)),
            QueryNot not => !Matches(not.Part, entry),
            QueryField field => entry.Fields.Any(value =>
                value.Field == field.Field
                && (
                    field.IsPrefix
                        ? value.Value.StartsWith(field.Value, StringComparison.Ordinal)
                        : string.Equals(value.Value, field.Value, StringComparison.Ordinal)
                )
            ),
            QueryText text => Enumerable.Range(0, entry.Words.Count).Any(at => StandsAt(text, entry.Words, at)),
            QueryIndexes indexes => entry.Index >= indexes.First && entry.Index <= indexes.Last,
            QueryEpochs epochs => entry.Epoch >= epochs.First && entry.Epoch <= epochs.Last,
            QueryTime time => time.IsAfter == (entry.At >= Micros(time)),
            QueryAll => true,
            _ => throw new InvalidOperationException(node.GetType().Name),
        };

    /// <summary>The entries that match, in order.</summary>
    public static List<long> Find(Query query, IEnumerable<NaiveEntry> entries, bool newest, long? from)
    {
        IEnumerable<long> found = entries
            .Where(entry => from is null || (newest ? entry.Index < from : entry.Index > from))
            .Where(entry => Matches(query.Root, entry))
            .Select(entry => entry.Index);
        return [.. newest ? found.OrderDescending() : found.Order()];
    }

    private static bool StandsAt(QueryText text, IReadOnlyList<string> words, int at)
    {
        if (at + text.Words.Count > words.Count)
            return false;
        for (int i = 0; i < text.Words.Count; i++)
        {
            bool isLast = i == text.Words.Count - 1;
            string word = words[at + i];
            bool fits =
                text.LastIsPrefix && isLast
                    ? word.StartsWith(text.Words[i], StringComparison.Ordinal)
                    : word == text.Words[i];
            if (!fits)
                return false;
        }
        return true;
    }

    private static long Micros(QueryTime time) =>
        (time.Moment.ToDateTimeOffset().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
