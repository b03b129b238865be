using Tessrax.Governance;
using Tessrax.Node.Index;

namespace Tessrax.Node.RocksDb;

/// <summary>The last entries, fewer than a block, whose postings are not written yet. They are looked through one by one. Never changes.</summary>
/// <param name="Documents">The entries, the first of which begins a block.</param>
internal sealed record RocksTail(IReadOnlyList<IndexDocument> Documents)
{
    private IReadOnlyList<string[]>? words;

    /// <summary>The words of each.</summary>
    public IReadOnlyList<string[]> Words => words ??= [.. Documents.Select(d => WordsOf(d.Words))];

    public static string[] WordsOf(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Those that have a value.</summary>
    public BlockMask Having(FieldValue value)
    {
        BlockMask mask = default;
        for (int i = 0; i < Documents.Count; i++)
        {
            if (Documents[i].Row.Fields.Contains(value))
                mask.Set(i);
        }
        return mask;
    }

    /// <summary>Those in which the words stand one after the other.</summary>
    public BlockMask Saying(IReadOnlyList<string> phrase, bool lastIsPrefix)
    {
        BlockMask mask = default;
        for (int i = 0; i < Words.Count; i++)
        {
            if (Stands(Words[i], phrase, lastIsPrefix))
                mask.Set(i);
        }
        return mask;
    }

    private static bool Stands(string[] words, IReadOnlyList<string> phrase, bool lastIsPrefix)
    {
        int last = phrase.Count - 1;
        for (int at = 0; at + last < words.Length; at++)
        {
            int same = 0;
            while (same < last && words[at + same] == phrase[same])
                same++;
            if (
                same == last
                && (
                    lastIsPrefix
                        ? words[at + last].StartsWith(phrase[last], StringComparison.Ordinal)
                        : words[at + last] == phrase[last]
                )
            )
                return true;
        }
        return false;
    }
}
