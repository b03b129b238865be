using System.Text;
using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Node.Tests.Index;

/// <summary>What an index must answer, by looking at every document.</summary>
internal sealed class ModelIndex
{
    private readonly List<IndexDocument> documents = [];

    public int Size => documents.Count;

    public IReadOnlyList<IndexRow> Rows => [.. documents.Select(d => d.Row)];

    public void Add(IEnumerable<IndexDocument> next) => documents.AddRange(next);

    public ModelIndex Copy()
    {
        var copy = new ModelIndex();
        copy.Add(documents);
        return copy;
    }

    public List<long> All(IndexOrder order, long? from) => Where(order, from, static _ => true);

    public List<long> Field(FieldId field, string value, IndexOrder order, long? from) =>
        Where(order, from, d => d.Row.Fields.Contains(new FieldValue(field, value)));

    public List<long> Text(IReadOnlyList<string> phrase, bool lastIsPrefix, IndexOrder order, long? from) =>
        Where(order, from, d => Stands(WordsOf(d), phrase, lastIsPrefix));

    public List<string> Values(FieldId field, string prefix, int most) =>
        [
            .. documents
                .SelectMany(d => d.Row.Fields)
                .Where(f => f.Field == field && f.Value.StartsWith(prefix, StringComparison.Ordinal))
                .Select(f => f.Value)
                .Distinct()
                .Order(Comparer<string>.Create(ByBytes))
                .Take(most),
        ];

    public List<string> Words(string prefix, int most) =>
        [
            .. documents
                .SelectMany(WordsOf)
                .Where(w => w.StartsWith(prefix, StringComparison.Ordinal))
                .Distinct()
                .Order(Comparer<string>.Create(ByBytes))
                .Take(most),
        ];

    public List<long> Runs() =>
        [.. documents.Where((d, i) => i == 0 || d.Row.At < documents[i - 1].Row.At).Select(d => d.Row.Index)];

    public HashSet<WordPlace> Places() =>
        [.. documents.SelectMany(d => WordsOf(d).Select((word, i) => new WordPlace(word, d.Row.Index, i)))];

    public HashSet<FieldPosting> Postings() =>
        [.. documents.SelectMany(d => d.Row.Fields.Select(f => new FieldPosting(f, d.Row.Index)))];

    private static bool Stands(string[] words, IReadOnlyList<string> phrase, bool lastIsPrefix)
    {
        for (int at = 0; at + phrase.Count <= words.Length; at++)
        {
            int same = 0;
            while (
                same < phrase.Count && IsWord(words[at + same], phrase[same], lastIsPrefix && same == phrase.Count - 1)
            )
                same++;
            if (same == phrase.Count)
                return true;
        }
        return false;
    }

    private static bool IsWord(string word, string wanted, bool isPrefix) =>
        isPrefix ? word.StartsWith(wanted, StringComparison.Ordinal) : word == wanted;

    private static string[] WordsOf(IndexDocument document) =>
        document.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static int ByBytes(string? left, string? right) =>
        Encoding.UTF8.GetBytes(left!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right!));

    private List<long> Where(IndexOrder order, long? from, Func<IndexDocument, bool> matches)
    {
        IEnumerable<long> found = documents.Where(matches).Select(d => d.Row.Index);
        return order == IndexOrder.Newest
            ? [.. found.Where(i => from is null || i < from).Reverse()]
            : [.. found.Where(i => from is null || i > from)];
    }
}
