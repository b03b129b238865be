using System.Text;
using Tessrax.Canonical;

namespace Tessrax.Verification.Search;

/// <summary>Reads a query by its grammar.</summary>
/// <remarks>
/// <code>
/// query = [ or ] ;                       or    = and { "OR" and } ;
/// and   = unary { [ "AND" ] unary } ;    unary = { "NOT" | "-" } prim ;
/// prim  = "(" or ")" | field ":" value | ( bare | quoted ) [ "*" ] ;
/// </code>
/// </remarks>
internal sealed class QueryParser(string text, QueryValues values)
{
    private int at;
    private int terms;

    /// <summary>Reads all of it.</summary>
    public QueryNode Parse()
    {
        if (HalfOfAPair() is >= 0 and int half)
            throw Fault(half, "half of a surrogate pair is no character");
        SkipSpace();
        if (at == text.Length)
            return new QueryAll();
        QueryNode root = Or(0);
        return at == text.Length ? root : throw ClosesNothing();
    }

    private QueryNode Or(int depth)
    {
        List<QueryNode> parts = [And(depth)];
        while (TakeOperator("OR"))
            parts.Add(And(depth));
        return Join(parts, static node => node is QueryOr or ? or.Parts : null, static all => new QueryOr(all));
    }

    private QueryNode And(int depth)
    {
        List<QueryNode> parts = [];
        while (true)
        {
            SkipSpace();
            int begin = at;
            bool isJoined = TakeOperator("AND");
            if (isJoined && parts.Count == 0)
                throw Nothing(begin, "AND", "before");
            SkipSpace();
            if (depth == 0 && at < text.Length && text[at] == ')')
                throw ClosesNothing();
            bool isOver = at == text.Length || text[at] == ')' || IsOperator("OR");
            if (isOver && isJoined)
                throw Nothing(begin, "AND", "behind");
            if (isOver && parts.Count == 0)
                throw Missing();
            if (isOver)
                return Join(
                    parts,
                    static node => node is QueryAnd and ? and.Parts : null,
                    static all => new QueryAnd(all)
                );
            parts.Add(Unary(depth));
        }
    }

    private QueryNode Unary(int depth)
    {
        bool isNegated = false;
        while (true)
        {
            int begin = at;
            bool isWord = TakeOperator("NOT");
            if (!isWord && text[at] != '-')
                break;
            at += isWord ? 0 : 1;
            if (isWord)
                SkipSpace();
            bool isAlone =
                at == text.Length
                || text[at] == ')'
                || char.IsWhiteSpace(text[at])
                || (IsAnyOperator() && !IsOperator("NOT"));
            if (isAlone)
                throw Nothing(begin, isWord ? "NOT" : "-", "behind");
            isNegated = !isNegated;
        }
        QueryNode part = Primary(depth);
        return !isNegated ? part
            : part is QueryNot not ? not.Part
            : new QueryNot(part);
    }

    private QueryNode Primary(int depth)
    {
        if (text[at] == '(')
            return Parenthesized(depth + 1);
        if (IsAnyOperator())
            throw Nothing(at, Operator(), "before");
        int begin = at;
        QueryNode node = FieldName() is { } name ? FieldTerm(name, begin, depth) : TextTerm();
        bool hasStar = text[at - 1] == '*' && at < text.Length && !IsEnd(text[at]);
        if (hasStar || (at < text.Length && text[at] == '*'))
            throw Fault(
                hasStar ? at - 1 : at,
                "'*' may stand only behind the beginning of a word or value",
                "quote it if it is meant itself"
            );
        return node;
    }

    private QueryNode Parenthesized(int depth)
    {
        int opened = at;
        if (depth > Query.MaxDepth)
            throw Fault(at, $"more than {Query.MaxDepth} parentheses around each other");
        at++;
        SkipSpace();
        if (at < text.Length && text[at] == ')')
            throw Fault(opened, "there is nothing in the parentheses");
        QueryNode inner = Or(depth);
        if (at == text.Length)
            throw Fault(opened, "'(' is never closed", "close it with ')', or quote it");
        at++;
        return inner;
    }

    private QueryNode FieldTerm(string name, int begin, int depth)
    {
        if (!QueryFields.Names.Contains(name))
            throw UnknownField(name, begin);
        at += name.Length + 1;
        QueryValue value = Value(name);
        QueryNode node = Placed(value.At, () => values.Read(name, value));
        bool isSeveral = node is QueryOr;
        if (isSeveral && depth == Query.MaxDepth)
            throw Fault(begin, $"it stands for several values, and would be in more than {Query.MaxDepth} parentheses");
        Count(begin, node is QueryOr or ? or.Parts.Count : 1);
        return node;
    }

    private QueryText TextTerm()
    {
        int begin = at;
        bool isQuoted = text[at] == '"';
        string said = isQuoted ? Quoted() : Bare();
        bool hasStar = at < text.Length && text[at] == '*';
        if (said.Length == 0 && hasStar)
            throw Fault(at, "'*' has no beginning of a word before it", "an empty query finds everything");
        at += hasStar ? 1 : 0;
        QueryText node = Placed(begin, () => QueryValues.Text(said, hasStar));
        Count(begin, node.Words.Count);
        return node;
    }

    // What stands before a colon, without a space, a quote or an escape before it; null if there is none.
    private string? FieldName()
    {
        int end = at;
        while (
            end < text.Length
            && !char.IsWhiteSpace(text[end])
            && !":()\"*\\".Contains(text[end], StringComparison.Ordinal)
        )
            end++;
        return end < text.Length && text[end] == ':' ? text[at..end] : null;
    }

    private QueryValue Value(string name)
    {
        int begin = at;
        string comparison = "";
        if (at < text.Length && text[at] is '<' or '>')
        {
            bool orEqual = at + 1 < text.Length && text[at + 1] == '=';
            comparison = text.Substring(at, orEqual ? 2 : 1);
            at += comparison.Length;
        }
        bool isQuoted = at < text.Length && text[at] == '"';
        string value = isQuoted ? Quoted() : Bare();
        if (value.Length == 0)
            throw Fault(begin, $"{name}: has no value", "write it right behind the colon; quote it if it has spaces");
        bool hasStar = at < text.Length && text[at] == '*';
        at += hasStar ? 1 : 0;
        return new QueryValue(value, begin, comparison, isQuoted, hasStar);
    }

    private string Quoted()
    {
        int opened = at++;
        var said = new StringBuilder();
        while (at < text.Length && text[at] != '"')
        {
            bool isEscape = text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\';
            said.Append(text[isEscape ? at + 1 : at]);
            at += isEscape ? 2 : 1;
        }
        if (at == text.Length)
            throw Fault(opened, "the quote is never closed", "close it with '\"'");
        at++;
        return said.ToString();
    }

    private string Bare()
    {
        var said = new StringBuilder();
        while (at < text.Length && !IsEnd(text[at]) && text[at] != '*')
        {
            if (text[at] == '\\' && ++at == text.Length)
                throw Fault(at - 1, "'\\' has nothing behind it that it could escape");
            said.Append(text[at++]);
        }
        return said.ToString();
    }

    // Whoever asks has passed over the space before it.
    private bool TakeOperator(string name)
    {
        bool isThere = IsOperator(name);
        at += isThere ? name.Length : 0;
        return isThere;
    }

    private bool IsAnyOperator() => Operator().Length > 0;

    private string Operator() =>
        IsOperator("AND") ? "AND"
        : IsOperator("OR") ? "OR"
        : IsOperator("NOT") ? "NOT"
        : "";

    private bool IsOperator(string name)
    {
        int end = at + name.Length;
        return text.AsSpan(at).StartsWith(name, StringComparison.Ordinal) && (end == text.Length || IsEnd(text[end]));
    }

    private static bool IsEnd(char c) => char.IsWhiteSpace(c) || c is '(' or ')' or '"';

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
    }

    private void Count(int begin, int more)
    {
        terms += more;
        if (terms > Query.MaxTerms)
            throw Fault(begin, $"more than {Query.MaxTerms} words and values", "split it into several searches");
    }

    private int HalfOfAPair()
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            if (char.IsSurrogate(text[i]) && !isPair)
                return i;
            i += isPair ? 1 : 0;
        }
        return -1;
    }

    private static QueryNode Join(
        List<QueryNode> parts,
        Func<QueryNode, IReadOnlyList<QueryNode>?> inside,
        Func<List<QueryNode>, QueryNode> join
    )
    {
        List<QueryNode> flat = [.. parts.SelectMany(part => inside(part) ?? [part])];
        return flat.Count == 1 ? flat[0] : join(flat);
    }

    // An error about a value knows what is wrong, and the parser where.
    private T Placed<T>(int begin, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (TessraxException e) when (e.Offset < 0)
        {
            throw Fault(begin, e.Message, e.Hint);
        }
    }

    private TessraxException UnknownField(string name, int begin)
    {
        if (name.Length == 0)
            return Fault(begin, "':' has no field before it", "quote the text if it is meant as words");
        string? meant = Spelling.Nearest(name, QueryFields.Names);
        string known = meant is null ? $"fields are {string.Join(", ", QueryFields.Names)}" : $"did you mean {meant}?";
        return Fault(begin, $"there is no field '{name}'", $"{known} (quote the text if it is meant as words)");
    }

    private TessraxException ClosesNothing() =>
        Fault(at, "')' closes nothing", "take it away, or open a parenthesis before it");

    private TessraxException Missing() =>
        at == text.Length ? Fault(at, "a word or a value is missing at the end")
        : text[at] == ')' ? Fault(at, "')' stands where a word or a value should")
        : Nothing(at, Operator(), "before");

    private TessraxException Nothing(int begin, string name, string where) =>
        Fault(begin, $"{name} has nothing {where} it", $"quote it if the word '{name}' is looked for");

    private TessraxException Fault(int begin, string what, string? hint = null) =>
        new(ErrorCodes.BadQuery, what, hint) { Offset = Encoding.UTF8.GetByteCount(text.AsSpan(0, begin)) };
}
