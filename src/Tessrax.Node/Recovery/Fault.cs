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

    /// <summary>Something that cannot be made again from the ledger alone is wrong.</summary>
    Damage,
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

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("file", File),
            ("code", Code.ToString()),
            ("cause", Cause.ToText()),
            ("weight", WeightText),
            ("says", Says),
            ("bytes", Bytes is { } bytes ? JsonValue.Of(bytes.Start, bytes.End) : null),
            ("entries", Entries is { } entries ? JsonValue.Of(entries.Start, entries.End) : null),
            ("proof", Proof is null ? null : JsonValue.String(Proof)),
            ("remedy", Remedy is null ? null : JsonValue.String(Remedy))
        );

    /// <summary>The weight as it is printed.</summary>
    public string WeightText =>
        Weight switch
        {
            FaultWeight.Note => "note",
            FaultWeight.Derived => "derived",
            _ => "damage",
        };
}
