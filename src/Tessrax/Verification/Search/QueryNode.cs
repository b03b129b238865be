using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Verification.Search;

/// <summary>A part of a query.</summary>
public abstract class QueryNode
{
    private protected QueryNode() { }

    /// <summary>How closely it holds together when it is written: 0 OR, 1 AND, 2 the rest.</summary>
    private protected virtual int Closeness => 2;

    /// <summary>The canonical text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    internal abstract bool Matches(SearchedEntry entry);

    internal abstract void Write(StringBuilder text);

    private protected void WriteJoined(StringBuilder text, string between, IReadOnlyList<QueryNode> parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            text.Append(i == 0 ? "" : between);
            WritePart(text, parts[i]);
        }
    }

    private protected void WritePart(StringBuilder text, QueryNode part)
    {
        bool isApart = part.Closeness < Closeness;
        text.Append(isApart ? "(" : "");
        part.Write(text);
        text.Append(isApart ? ")" : "");
    }
}

/// <summary>Every entry: the empty query.</summary>
public sealed class QueryAll : QueryNode
{
    internal override bool Matches(SearchedEntry entry) => true;

    internal override void Write(StringBuilder text) { }
}

/// <summary>Entries that all parts match.</summary>
public sealed class QueryAnd : QueryNode
{
    internal QueryAnd(IReadOnlyList<QueryNode> parts) => Parts = parts;

    /// <summary>At least two, none of them an AND itself.</summary>
    public IReadOnlyList<QueryNode> Parts { get; }

    private protected override int Closeness => 1;

    internal override bool Matches(SearchedEntry entry) => Parts.All(part => part.Matches(entry));

    internal override void Write(StringBuilder text) => WriteJoined(text, " AND ", Parts);
}

/// <summary>Entries that any part matches.</summary>
public sealed class QueryOr : QueryNode
{
    internal QueryOr(IReadOnlyList<QueryNode> parts) => Parts = parts;

    /// <summary>At least two, none of them an OR itself.</summary>
    public IReadOnlyList<QueryNode> Parts { get; }

    private protected override int Closeness => 0;

    internal override bool Matches(SearchedEntry entry) => Parts.Any(part => part.Matches(entry));

    internal override void Write(StringBuilder text) => WriteJoined(text, " OR ", Parts);
}

/// <summary>Entries that a part does not match.</summary>
public sealed class QueryNot : QueryNode
{
    internal QueryNot(QueryNode part) => Part = part;

    /// <summary>No NOT itself.</summary>
    public QueryNode Part { get; }

    internal override bool Matches(SearchedEntry entry) => !Part.Matches(entry);

    internal override void Write(StringBuilder text)
    {
        text.Append("NOT ");
        WritePart(text, Part);
    }
}

/// <summary>Entries with a value of a field, or with one that begins so.</summary>
public sealed class QueryField : QueryNode
{
    internal QueryField(FieldId field, string value, bool isPrefix = false)
    {
        Field = field;
        Value = value;
        IsPrefix = isPrefix;
    }

    public FieldId Field { get; }

    /// <summary>The value, or what it begins with; compared code point by code point.</summary>
    public string Value { get; }

    public bool IsPrefix { get; }

    internal override bool Matches(SearchedEntry entry)
    {
        foreach (FieldValue field in entry.Fields)
        {
            if (field.Field == Field && IsMeant(field.Value))
                return true;
        }
        return false;
    }

    internal override void Write(StringBuilder text)
    {
        text.Append(QueryFields.NameOf(Field)).Append(':');
        // A policy without a version is any version of it.
        bool isAnyVersion =
            Field == FieldId.Policy
            && IsPrefix
            && Value.IndexOf(' ', StringComparison.Ordinal) is > 0 and int at
            && at == Value.Length - 1;
        QueryText.WriteQuoted(text, isAnyVersion ? Value[..^1] : Value);
        text.Append(IsPrefix && !isAnyVersion ? "*" : "");
    }

    private bool IsMeant(string value) => IsPrefix ? value.StartsWith(Value, StringComparison.Ordinal) : value == Value;
}

/// <summary>Entries of a range of indexes.</summary>
public sealed class QueryIndexes : QueryNode
{
    internal QueryIndexes(long first, long last)
    {
        First = first;
        Last = last;
    }

    public long First { get; }

    /// <summary>The last of them, itself included.</summary>
    public long Last { get; }

    internal override bool Matches(SearchedEntry entry) =>
        entry.Receipt.Entry.Index is var i && First <= i && i <= Last;

    internal override void Write(StringBuilder text) => QueryFields.WriteRange(text, QueryFields.Index, First, Last);
}

/// <summary>Entries of a range of epochs.</summary>
public sealed class QueryEpochs : QueryNode
{
    internal QueryEpochs(long first, long last)
    {
        First = first;
        Last = last;
    }

    public long First { get; }

    /// <summary>The last of them, itself included.</summary>
    public long Last { get; }

    internal override bool Matches(SearchedEntry entry) =>
        entry.Receipt.Entry.Epoch is var e && First <= e && e <= Last;

    internal override void Write(StringBuilder text) => QueryFields.WriteRange(text, QueryFields.Epoch, First, Last);
}

/// <summary>Entries recorded at a moment or after it, or before it.</summary>
public sealed class QueryTime : QueryNode
{
    internal QueryTime(UtcTime moment, bool isAfter)
    {
        Moment = moment;
        IsAfter = isAfter;
    }

    public UtcTime Moment { get; }

    /// <summary>Whether it is the first moment that is meant; else the first that is not.</summary>
    public bool IsAfter { get; }

    internal override bool Matches(SearchedEntry entry) => entry.Receipt.Entry.RecordedAt >= Moment == IsAfter;

    internal override void Write(StringBuilder text) =>
        text.Append(CultureInfo.InvariantCulture, $"{(IsAfter ? QueryFields.After : QueryFields.Before)}:{Moment}");
}
