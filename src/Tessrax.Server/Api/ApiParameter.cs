namespace Tessrax.Server.Api;

/// <summary>What a parameter may hold.</summary>
internal enum ParameterKind
{
    /// <summary>A number without sign or leading zeros.</summary>
    Integer,

    /// <summary>One of some words.</summary>
    Word,

    /// <summary>A time, as the ledger writes it.</summary>
    Time,

    /// <summary>What an earlier answer gave to go on with.</summary>
    Cursor,

    /// <summary>Any text.</summary>
    Text,
}

/// <summary>A parameter after the question mark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Summary">What it is for, in a line.</param>
internal sealed record ApiParameter(string Name, ParameterKind Kind, string Summary)
{
    /// <summary>The least number.</summary>
    public long Min { get; init; }

    /// <summary>The greatest number; for text, how many characters at most.</summary>
    public long Max { get; init; } = QueryText.MaxInteger;

    /// <summary>The number that counts if it is left out; null for none.</summary>
    public long? Default { get; init; }

    /// <summary>The words that it may be.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether it may not be left out.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it may come more than once.</summary>
    public bool IsMany { get; init; }

    public static ApiParameter Integer(string name, string summary, long min, long max, long? or = null) =>
        new(name, ParameterKind.Integer, summary)
        {
            Min = min,
            Max = max,
            Default = or,
        };

    public static ApiParameter Word(string name, string summary, params IReadOnlyList<string> words) =>
        new(name, ParameterKind.Word, summary) { Words = words };

    public static ApiParameter Text(string name, string summary, int max = 1024) =>
        new(name, ParameterKind.Text, summary) { Max = max };

    public static ApiParameter Cursor { get; } =
        new("cursor", ParameterKind.Cursor, "where to go on: what the page before gave as next") { Max = 2048 };
}
