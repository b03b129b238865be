using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Verification.Search;

/// <summary>What somebody looks for in a ledger. See spec/index.md, section 3.</summary>
/// <remarks>
/// <code>
/// event:DECISION_RECORDED severity:>=high after:7d
/// (subject:CVE-2024-1234 OR "remote code execution") NOT source:nvd
/// </code>
/// At most 4,096 bytes, also as it is written canonically, 64 words and values, 16 pairs of parentheses around each other.
/// </remarks>
public sealed class Query
{
    /// <summary>The most bytes of a query, in UTF-8.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The most words and values of a query.</summary>
    public const int MaxTerms = 64;

    /// <summary>The most pairs of parentheses around each other.</summary>
    public const int MaxDepth = 16;

    /// <summary>The fewest characters of a word that ends in <c>*</c>.</summary>
    public const int MinPrefix = 3;

    /// <summary>The most words, or values of a field, that may begin with what ends in <c>*</c>.</summary>
    public const int MaxExpansions = 1000;

    private readonly string canonical;

    private Query(QueryNode root, string canonical)
    {
        Root = root;
        this.canonical = canonical;
    }

    public QueryNode Root { get; }

    /// <summary>Whether it asks for words.</summary>
    public bool HasText => TextsOf(Root).Any();

    /// <summary>The words that it asks for, those below NOT left out.</summary>
    public IEnumerable<QueryText> Texts => TextsOf(Root);

    /// <summary>The query for what can be found by any of some values.</summary>
    public static Query AnyOf(IEnumerable<FieldValue> values) =>
        Parse(string.Join(" OR ", values.Select(value => new QueryField(value.Field, value.Value).ToString())));

    /// <summary>Reads a query.</summary>
    /// <param name="text">The query; empty for every entry.</param>
    /// <param name="now">The present, for <c>after:7d</c>; without it such times are refused.</param>
    /// <param name="keysOf">The ids of the keys of a name, none if nobody has it, for <c>key:alice</c>; without it names are refused.</param>
    /// <exception cref="TessraxException">TSX1018: it is no query, or over a limit; its offset is in bytes of UTF-8.</exception>
    public static Query Parse(string text, UtcTime? now = null, Func<string, IReadOnlyList<Digest>>? keysOf = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        // By its length alone before anything else: a long one is not worth reading.
        if (text.Length > MaxBytes || System.Text.Encoding.UTF8.GetByteCount(text) > MaxBytes)
            throw ErrorCodes.BadQuery.Because(
                $"the query has more than {MaxBytes:N0} bytes",
                "split it into several searches"
            );
        QueryNode root = new QueryParser(text, new QueryValues(now, keysOf)).Parse();
        string canonical = root.ToString();
        return System.Text.Encoding.UTF8.GetByteCount(canonical) <= MaxBytes
            ? new Query(root, canonical)
            : throw ErrorCodes.BadQuery.Because(
                $"the query has more than {MaxBytes:N0} bytes when it is written out",
                "split it into several searches"
            );
    }

    /// <summary>Whether an entry is what is looked for.</summary>
    public bool Matches(Receipt receipt) => Root.Matches(new SearchedEntry(receipt));

    /// <inheritdoc cref="Matches(Receipt)"/>
    public bool Matches(SearchedEntry entry) => Root.Matches(entry);

    /// <summary>The canonical text: operators written out, the fewest parentheses, times absolute, keys by id. Read again, it is the same query.</summary>
    public override string ToString() => canonical;

    private static IEnumerable<QueryText> TextsOf(QueryNode node) =>
        node switch
        {
            QueryText text => [text],
            QueryAnd and => and.Parts.SelectMany(TextsOf),
            QueryOr or => or.Parts.SelectMany(TextsOf),
            _ => [],
        };
}
