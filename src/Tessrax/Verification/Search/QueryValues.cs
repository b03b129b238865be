using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Verification.Search;

/// <summary>A value as it was typed.</summary>
/// <param name="Text">Without quotes and escapes; not empty.</param>
/// <param name="At">Where it begins.</param>
/// <param name="Comparison">What stands before it: nothing, or one of the four comparisons.</param>
/// <param name="IsQuoted">Whether it was in quotes.</param>
/// <param name="HasStar">Whether a star stands behind it.</param>
internal readonly record struct QueryValue(string Text, int At, string Comparison, bool IsQuoted, bool HasStar);

/// <summary>What values mean, field by field.</summary>
internal sealed class QueryValues(UtcTime? now, Func<string, IReadOnlyList<Digest>>? keysOf)
{
    private const int MaxDigitsOfSpan = 5;

    /// <summary>The part of a query that asks for words.</summary>
    public static QueryText Text(string said, bool hasStar)
    {
        string[] words = TextWords.Of(said).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            throw Fault("there is no word in it: words are made of letters and digits");
        // Behind a word that is over, or that is one character by itself, a star adds nothing.
        Rune last = Last(said);
        bool isPrefix = hasStar && WordCutter.IsOpenEnd(last);
        if (isPrefix && words[^1].EnumerateRunes().Count() < Query.MinPrefix)
            throw Fault(
                $"before '*' must stand at least {Query.MinPrefix} letters",
                "too many words begin with fewer; write more of the word"
            );
        return new QueryText(words, isPrefix);
    }

    /// <summary>The part of a query that asks for a value of a field.</summary>
    public QueryNode Read(string name, QueryValue value)
    {
        bool isOrdered = name is QueryFields.Index or QueryFields.Epoch or "severity";
        if (value.Comparison.Length > 0 && !isOrdered)
            throw Fault(
                $"{name} has no order, so '{value.Comparison}' says nothing",
                "quote the value if it begins so"
            );
        if (value.HasStar && (isOrdered || name is QueryFields.After or QueryFields.Before))
            throw Fault($"{name} has no values that begin like each other");
        return name switch
        {
            QueryFields.After => new QueryTime(Time(value.Text), isAfter: true),
            QueryFields.Before => new QueryTime(Time(value.Text), isAfter: false),
            QueryFields.Index => Indexes(Range(value)),
            QueryFields.Epoch => Epochs(Range(value)),
            "severity" => Severities(value),
            "key" => Key(value, FieldId.Key),
            "approver" => Key(value, FieldId.Approver),
            "policy" => Policy(value),
            "event" => new QueryField(FieldId.Event, EventName(value), value.HasStar),
            _ => new QueryField(QueryFields.Find(name)!.Value, value.Text, value.HasStar),
        };
    }

    private static QueryIndexes Indexes((long First, long Last) range) => new(range.First, range.Last);

    private static QueryEpochs Epochs((long First, long Last) range) => new(range.First, range.Last);

    private static string EventName(QueryValue value)
    {
        // A name that no event has would prove that nothing happened.
        bool isOwn =
            value.Text.StartsWith(Events.OwnPrefix, StringComparison.Ordinal) || (value.HasStar && value.Text == "x");
        if (isOwn)
            return value.Text;
        string name = string.Concat(value.Text.Select(c => char.IsAsciiLetter(c) ? (char)(c & ~0x20) : c));
        bool isThere = value.HasStar
            ? Events.Names.Any(known => known.StartsWith(name, StringComparison.Ordinal))
            : Events.IsKnown(name);
        return isThere ? name : throw Fault($"'{value.Text}' is the name of no event", Events.HintFor(name));
    }

    private static QueryField Policy(QueryValue value) =>
        value.HasStar || value.Text.Contains(' ', StringComparison.Ordinal)
            ? new QueryField(FieldId.Policy, value.Text, value.HasStar)
            : new QueryField(FieldId.Policy, value.Text + " ", isPrefix: true);

    private QueryNode Key(QueryValue value, FieldId field)
    {
        string hex = value.Text.StartsWith("sha256:", StringComparison.Ordinal)
            ? value.Text["sha256:".Length..]
            : value.Text;
        bool isId = !value.IsQuoted && hex.Length is >= 8 and <= 64 && hex.All(char.IsAsciiHexDigit);
        if (isId)
            return new QueryField(field, Lower(hex), isPrefix: hex.Length < 64);
        IReadOnlyList<Digest> keys = value.HasStar ? [] : keysOf?.Invoke(value.Text) ?? [];
        if (keys.Count == 0)
            throw Fault(
                $"no key is called '{value.Text}'",
                "give a name that the ledger knows (tessraxctl keys list), or at least 8 hexadecimal digits of a key's id"
            );
        // Who asks for a person's key asks for all that it signed, and a verdict stands in an entry that the log vouches for.
        FieldId[] fields = field == FieldId.Key ? [FieldId.Key, FieldId.Approver] : [field];
        QueryField[] all = [.. keys.SelectMany(key => fields.Select(of => new QueryField(of, key.ToHex())))];
        return all.Length == 1 ? all[0] : new QueryOr(all);
    }

    private static QueryNode Severities(QueryValue value)
    {
        (Severity first, Severity last) =
            value.IsQuoted || Split(value.Text) is not var (from, to)
                ? Compared(value.Comparison, OneSeverity(value.Text))
                : (OneSeverity(from), OneSeverity(to));
        if (first > last)
            throw Fault("no severity is in that range");
        QueryNode[] each =
        [
            .. Enumerable
                .Range((int)first, last - first + 1)
                .Select(level => new QueryField(FieldId.Severity, ((Severity)level).Text())),
        ];
        return each.Length == 1 ? each[0] : new QueryOr(each);
    }

    private static (Severity, Severity) Compared(string comparison, Severity one) =>
        comparison switch
        {
            ">=" => (one, Severity.Critical),
            ">" => (one + 1, Severity.Critical),
            "<=" => (Severity.Low, one),
            "<" => (Severity.Low, one - 1),
            _ => (one, one),
        };

    private static Severity OneSeverity(string text)
    {
        if (Words.TryParse(Lower(text), out Severity severity))
            return severity;
        string known = string.Join(", ", Words.AllSeverities.ToArray());
        string? meant = Spelling.Nearest(Lower(text), Words.AllSeverities.ToArray());
        throw Fault(
            $"'{text}' is no severity",
            meant is null ? $"severities are {known}" : $"did you mean {meant}? Severities are {known}"
        );
    }

    private static (long First, long Last) Range(QueryValue value)
    {
        if (!value.IsQuoted && Split(value.Text) is var (from, to))
        {
            (long first, long last) = (Number(from), Number(to));
            return value.Comparison.Length == 0 && first <= last
                ? (first, last)
                : throw Fault($"'{value.Text}' is no range that runs upwards");
        }
        long one = Number(value.Text);
        return value.Comparison switch
        {
            ">=" => (one, QueryFields.MaxNumber),
            ">" when one < QueryFields.MaxNumber => (one + 1, QueryFields.MaxNumber),
            "<=" => (0, one),
            "<" when one > 0 => (0, one - 1),
            "" => (one, one),
            _ => throw Fault("no number is in that range"),
        };
    }

    private static (string From, string To)? Split(string text) =>
        text.IndexOf("..", StringComparison.Ordinal) is > 0 and int dots && dots + 2 < text.Length
            ? (text[..dots], text[(dots + 2)..])
            : null;

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number <= QueryFields.MaxNumber
            ? number
            : throw Fault($"'{text}' is no whole number", "write 17, >=17 or 10..20");

    private UtcTime Time(string text)
    {
        if (
            UtcTime.TryParseLenient(text, out UtcTime moment)
            || UtcTime.TryParseLenient($"{text}T00:00:00Z", out moment)
        )
            return moment;
        if (Span(text) is not { } span)
            throw Fault(
                $"'{text}' is no time",
                "write a day (2026-01-31), a time in UTC (2026-01-31T12:00:00Z), or how long ago (7d, 12h, 30min)"
            );
        return now is { } present
            ? present + -span
            : throw Fault(
                $"'{text}' is a time before the present, which is not known here",
                "write a day or a time in UTC"
            );
    }

    private static TimeSpan? Span(string text)
    {
        string unit = text.TrimStart("0123456789".ToCharArray());
        int digits = text.Length - unit.Length;
        if (digits is 0 or > MaxDigitsOfSpan)
            return null;
        int number = int.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        return unit switch
        {
            "w" => TimeSpan.FromDays(7L * number),
            "d" => TimeSpan.FromDays(number),
            "h" => TimeSpan.FromHours(number),
            "min" or "m" => TimeSpan.FromMinutes(number),
            "s" => TimeSpan.FromSeconds(number),
            _ => null,
        };
    }

    // ASCII alone: no severity and no digit is anything else.
    private static string Lower(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));

    private static Rune Last(string text)
    {
        Rune.DecodeLastFromUtf16(text, out Rune last, out _);
        return last;
    }

    private static TessraxException Fault(string what, string? hint = null) => ErrorCodes.BadQuery.Because(what, hint);
}
