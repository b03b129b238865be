using Tessrax.Canonical;
using Tessrax.Merkle;

namespace Tessrax.Node.Recovery;

/// <summary>What a fault means for the ledger.</summary>
public enum FaultWeight
{
    /// <summary>Nothing is lost and nothing needs doing, but it is worth knowing.</summary>
    Note,

    /// <summary>Something that can be made again from the segments is wrong.</summary>
    Derived,

    /// <summary>Nothing is wrong with what is stored, but nothing can be appended until it is seen to.</summary>
    Blocking,

    /// <summary>Something that cannot be made again from the ledger alone is wrong.</summary>
    Damage,
}

/// <summary>What a fault is about.</summary>
public enum FaultArea
{
    /// <summary>The entries, and what is derived from them.</summary>
    Ledger,

    /// <summary>The index.</summary>
    Index,

    /// <summary>Keys and their files, and who may approve.</summary>
    Keys,

    /// <summary>The clock.</summary>
    Clock,

    /// <summary>Room on the disk.</summary>
    Disk,

    /// <summary>Who may read and write the files.</summary>
    Permissions,

    /// <summary>Formats that another version made.</summary>
    Versions,

    /// <summary>Environment variables, and what is pinned on this machine.</summary>
    Configuration,
}

/// <summary>What <c>doctor --fix</c> may do about a fault: nothing that writes an entry, and nothing to what cannot be made again.</summary>
public enum SafeFix
{
    /// <summary>Nothing: the remedy is for somebody to decide.</summary>
    None,

    /// <summary>Makes again what follows from the segments: checkpoint, tiles, places, <c>ledger.json</c>.</summary>
    Derive,

    /// <summary>Makes the index again.</summary>
    Index,

    /// <summary>Removes a file that was never finished.</summary>
    Remove,

    /// <summary>Takes the rights on a key file from everybody but its owner.</summary>
    Protect,
}

/// <summary>Bytes of a file, from <paramref name="Start"/> up to and without <paramref name="End"/>.</summary>
public readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>One thing that is wrong: where, how it probably came about, what is proven, and what to do.</summary>
/// <param name="File">The file, from the ledger's directory on.</param>
/// <param name="Code">The error code of its kind.</param>
/// <param name="Cause">The likely cause.</param>
/// <param name="Weight">What it means.</param>
/// <param name="Says">What was found, in a sentence.</param>
public sealed record Fault(string File, ErrorCode Code, FaultCause Cause, FaultWeight Weight, string Says)
{
    /// <summary>The bytes concerned; null for the whole file.</summary>
    public ByteRange? Bytes { get; init; }

    /// <summary>The entries concerned; null if it concerns none.</summary>
    public LeafRange? Entries { get; init; }

    /// <summary>What can be proven about it; null if nothing.</summary>
    public string? Proof { get; init; }

    /// <summary>What to do: a command, as a rule.</summary>
    public string? Remedy { get; init; }

    /// <summary>What it is about.</summary>
    public FaultArea Area { get; init; }

    /// <summary>What <c>doctor --fix</c> does about it.</summary>
    public SafeFix Fix { get; init; }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("area", Area.ToText()),
            ("file", File),
            ("code", Code.ToString()),
            ("cause", Cause.ToText()),
            ("weight", WeightText),
            ("says", Says),
            ("bytes", Bytes is { } bytes ? JsonValue.Of(bytes.Start, bytes.End) : null),
            ("entries", Entries is { } entries ? JsonValue.Of(entries.Start, entries.End) : null),
            ("proof", Proof is null ? null : JsonValue.String(Proof)),
            ("remedy", Remedy is null ? null : JsonValue.String(Remedy)),
            ("safe", Fix != SafeFix.None)
        );

    /// <summary>The weight as it is printed.</summary>
    public string WeightText =>
        Weight switch
        {
            FaultWeight.Note => "note",
            FaultWeight.Derived => "derived",
            FaultWeight.Blocking => "blocking",
            _ => "damage",
        };
}

/// <summary>The names of areas as they are printed and asked for.</summary>
public static class FaultAreas
{
    /// <summary>Every name, in the order of <see cref="FaultArea"/>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [.. Enum.GetNames<FaultArea>().Select(static name => name.ToLowerInvariant())];

    /// <summary>The name of an area, for example <c>permissions</c>.</summary>
    public static string ToText(this FaultArea area) => EnumWords.Of(All, (int)area);
}
