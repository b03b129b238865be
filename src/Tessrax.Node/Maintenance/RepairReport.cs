using Tessrax.Canonical;
using Tessrax.Merkle;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Maintenance;

/// <summary>One damaged original, and what became of it.</summary>
/// <param name="File">The file, from the ledger's directory on.</param>
/// <param name="Entries">The entries that belong in the damaged bytes; null if none do.</param>
/// <param name="Cause">The likely cause.</param>
/// <param name="Says">What was found.</param>
/// <param name="Restored">Entries that are whole again.</param>
/// <param name="Lost">Entries that nobody has, or whose payload nobody has.</param>
/// <param name="Sources">The kinds of sources that gave something: record, tiles, mirror.</param>
public sealed record RepairedPart(
    string File,
    LeafRange? Entries,
    FaultCause Cause,
    string Says,
    IReadOnlyList<LeafRange> Restored,
    IReadOnlyList<LeafRange> Lost,
    IReadOnlyCollection<string> Sources
)
{
    /// <summary>Where what is whole again came from, for people: <c>mirror DIR</c>, <c>snapshot FILE</c>, what is left of it.</summary>
    public IReadOnlyCollection<string> From { get; init; } = [];

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("file", File),
            ("entries", Entries is { } entries ? Pair(entries) : null),
            ("cause", Cause.ToText()),
            ("says", Says),
            ("restored", JsonValue.Of(Restored.Select(Pair))),
            ("lost", JsonValue.Of(Lost.Select(Pair))),
            ("sources", JsonValue.Of(Sources.Select(JsonValue.String))),
            ("from", JsonValue.Of(From.Select(JsonValue.String)))
        );

    private static JsonValue Pair(LeafRange range) => JsonValue.Of(range.Start, range.End);
}

/// <summary>A copy that was named to repair from, and is of no use.</summary>
/// <param name="Path">What was named.</param>
/// <param name="Why">The reason, in words.</param>
public sealed record UselessCopy(string Path, string Why)
{
    public JsonValue ToJson() => JsonValue.Object(("path", Path), ("why", Why));
}

/// <summary>What a repair did, or would do.</summary>
/// <param name="IsDry">Whether nothing was changed.</param>
/// <param name="Before">What the doctor found before.</param>
/// <param name="Parts">The damaged originals.</param>
/// <param name="Rebuilt">Derived files that were made again.</param>
/// <param name="After">What the doctor finds afterwards; the same as before for a dry run.</param>
/// <param name="Owed">Repairs that no LEDGER_REPAIRED entry tells of yet.</param>
public sealed record RepairReport(
    bool IsDry,
    Diagnosis Before,
    IReadOnlyList<RepairedPart> Parts,
    IReadOnlyList<string> Rebuilt,
    Diagnosis After,
    int Owed
)
{
    /// <summary>The LEDGER_REPAIRED entry that tells of it; null if there is none, or not yet.</summary>
    public long? Receipt { get; init; }

    /// <summary>The proposal of one that waits for approvals; null if none does.</summary>
    public long? Proposal { get; init; }

    /// <summary>Copies that were named and are of no use.</summary>
    public IReadOnlyList<UselessCopy> NoUse { get; init; } = [];

    /// <summary>What a copy tells of that the log signed and that could not be restored: kept in <c>checkpoint</c> and in the mark, so that this copy signs
    /// nothing else. Null if there is no such thing.</summary>
    public string? Guard { get; init; }

    /// <summary>Whether nothing is lost and nothing stays wrong; for a dry run, whether nothing would be lost.</summary>
    public bool IsWhole => Parts.All(part => part.Lost.Count == 0) && (IsDry || After.IsHealthy);

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("dry_run", IsDry),
            ("whole", IsWhole),
            ("parts", JsonValue.Of(Parts.Select(part => part.ToJson()))),
            ("rebuilt", JsonValue.Of(Rebuilt.Select(JsonValue.String))),
            ("receipt", Receipt is { } receipt ? receipt : JsonValue.Null),
            ("proposal", Proposal is { } proposal ? proposal : JsonValue.Null),
            ("receipts_owed", Owed),
            ("guard", Guard is null ? JsonValue.Null : JsonValue.String(Guard)),
            ("no_use", JsonValue.Of(NoUse.Select(copy => copy.ToJson()))),
            ("before", Before.ToJson()),
            ("after", After.ToJson())
        );
}
