using Tessrax.Canonical;
using Tessrax.Governance;

namespace Tessrax.Node.Index;

/// <summary>What takes space in an index.</summary>
/// <param name="Bytes">Of all its files.</param>
/// <param name="FreePages">Pages that hold nothing; 0 where there are no pages.</param>
/// <param name="TextParts">Parts that the text's postings are spread over.</param>
/// <param name="Fragmentation">The share of its bytes that is of no use, from 0 to 1.</param>
public sealed record IndexSpace(long Bytes, long FreePages, int TextParts, double Fragmentation)
{
    internal static IndexSpace Of(IndexSizes sizes) =>
        new(sizes.Bytes, sizes.FreePages, sizes.TextParts, sizes.Fragmentation);
}

/// <summary>What tidying up an index changed.</summary>
public sealed record IndexTidied(IndexSpace Before, IndexSpace After)
{
    public JsonValue ToJson() =>
        JsonValue.Object(
            ("bytes_before", Before.Bytes),
            ("bytes_after", After.Bytes),
            ("free_pages_before", Before.FreePages),
            ("free_pages_after", After.FreePages),
            ("text_parts_before", Before.TextParts),
            ("text_parts_after", After.TextParts),
            ("fragmentation_before", Share(Before)),
            ("fragmentation_after", Share(After))
        );

    private static JsonValue Share(IndexSpace space) => JsonValue.Number(Math.Round(space.Fragmentation, 4));
}

/// <summary>What can be told of an index without going through it.</summary>
/// <param name="LedgerSize">Entries of the ledger.</param>
/// <param name="Backend">Its kind.</param>
/// <param name="File">The generation that serves; null if there is none yet.</param>
/// <param name="Mode"><c>wal</c> or <c>immutable</c>.</param>
/// <param name="HasText">Whether it holds the words of texts.</param>
/// <param name="CareEvery">How often it is looked after.</param>
/// <param name="LastCare">When it was; null if never.</param>
/// <param name="UnderWay">The operation that is under way or was cut short, with its step; null if there is none.</param>
public sealed record IndexStatus(
    long LedgerSize,
    string Backend,
    string? File,
    string Mode,
    bool HasText,
    TimeSpan CareEvery,
    DateTimeOffset? LastCare,
    string? UnderWay
)
{
    /// <summary>Entries that it holds; null if it cannot be read.</summary>
    public long? Size { get; init; }

    /// <summary>The root that it names for that size, as the ledger's hash function has it.</summary>
    public string? Root { get; init; }

    /// <summary>Which version of which library reads it; null if that is not known.</summary>
    public string? Library { get; init; }

    /// <summary>What it takes.</summary>
    public IndexSpace? Space { get; init; }

    /// <summary>Why it cannot be read.</summary>
    public TessraxException? Fault { get; init; }

    /// <summary>Entries of the ledger that it does not hold.</summary>
    public long Behind => LedgerSize - Math.Min(LedgerSize, Size ?? 0);

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("backend", Backend),
            ("library", Library is null ? JsonValue.Null : JsonValue.String(Library)),
            ("file", File is null ? JsonValue.Null : JsonValue.String(File)),
            ("mode", Mode),
            ("text", HasText),
            ("size", Size is { } size ? (JsonValue)size : JsonValue.Null),
            ("root", Root is null ? JsonValue.Null : JsonValue.String(Root)),
            ("ledger_size", LedgerSize),
            ("behind", Behind),
            ("bytes", Space is { } space ? (JsonValue)space.Bytes : JsonValue.Null),
            ("free_pages", Space is { } pages ? (JsonValue)pages.FreePages : JsonValue.Null),
            ("text_parts", Space is { } parts ? (JsonValue)parts.TextParts : JsonValue.Null),
            (
                "fragmentation",
                Space is { } share ? JsonValue.Number(Math.Round(share.Fragmentation, 4)) : JsonValue.Null
            ),
            (
                "care",
                JsonValue.Object(
                    ("every", IsoDuration.Format(CareEvery)),
                    ("last", LastCare is { } last ? JsonValue.String(UtcTime.From(last).ToString()) : JsonValue.Null)
                )
            ),
            ("under_way", UnderWay is null ? JsonValue.Null : JsonValue.String(UnderWay)),
            (
                "fault",
                Fault is { } fault
                    ? JsonValue.Object(("code", fault.Code.ToString()), ("message", fault.Message))
                    : JsonValue.Null
            )
        );
}
