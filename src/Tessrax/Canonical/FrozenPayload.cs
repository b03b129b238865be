using Tessrax.Hashing;

namespace Tessrax.Canonical;

/// <summary>A payload that nothing can change any more: a deep copy in canonical form, with the digest of exactly those bytes.</summary>
/// <remarks>Whatever the caller later does to the object it was made from, content and digest stay what they were.</remarks>
public sealed class FrozenPayload : IEquatable<FrozenPayload>
{
    private readonly byte[] canonical;

    private FrozenPayload(JsonValue root)
    {
        Root = root;
        canonical = root.ToCanonicalBytes();
        Digest = HashEngine.Sha256.Hash(canonical);
    }

    /// <summary>The content.</summary>
    public JsonValue Root { get; }

    /// <summary>The canonical bytes.</summary>
    public ReadOnlySpan<byte> Bytes => canonical;

    /// <summary>SHA-256 of the canonical bytes.</summary>
    public Digest Digest { get; }

    /// <summary>Freezes a JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON, or numbers that would lose digits.</exception>
    public static FrozenPayload Parse(ReadOnlySpan<byte> utf8) => new(JsonParser.Parse(utf8, NumberRule.Exact));

    /// <summary>Freezes a value.</summary>
    public static FrozenPayload From(JsonValue value) => new(value);

    /// <summary>Freezes a graph of dictionaries with string keys, lists, strings, numbers, booleans, times, digests and JSON nodes.</summary>
    /// <exception cref="TessraxException">TSX1009: something else is in the graph; TSX1002: a key twice; TSX1003: a number that JSON cannot hold;
    /// TSX1004: half a surrogate pair; TSX1005: too deep, or a cycle.</exception>
    public static FrozenPayload FromGraph(object? graph) => new(GraphCopier.Copy(graph));

    public bool Equals(FrozenPayload? other) => other is not null && Digest == other.Digest;

    public override bool Equals(object? obj) => Equals(obj as FrozenPayload);

    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>The canonical text.</summary>
    public override string ToString() => Root.ToString();
}
