using System.Runtime.CompilerServices;
using System.Text;
using Tessrax.Hashing;

namespace Tessrax.Canonical;

/// <summary>A payload that nothing can change any more: a deep copy in canonical form, with the digest of exactly those bytes.</summary>
/// <remarks>Whatever the caller later does to the object it was made from, content and digest stay what they were.</remarks>
public sealed class FrozenPayload : IEquatable<FrozenPayload>
{
    private readonly byte[] canonical;

    // In boxes, so that a thread sees them whole or not at all; both follow from the bytes, so it does not matter who is first.
    private JsonValue? root;
    private StrongBox<Digest>? digest;

    private FrozenPayload(byte[] canonical, JsonValue? root)
    {
        this.canonical = canonical;
        this.root = root;
    }

    /// <summary>The content.</summary>
    public JsonValue Root => root ??= JsonParser.Parse(canonical, NumberRule.Exact);

    /// <summary>The canonical bytes.</summary>
    public ReadOnlySpan<byte> Bytes => canonical;

    /// <summary>The canonical bytes, for who keeps them.</summary>
    public ReadOnlyMemory<byte> Memory => canonical;

    /// <summary>SHA-256 of the canonical bytes.</summary>
    public Digest Digest => (digest ??= new StrongBox<Digest>(HashEngine.Sha256.Hash(canonical))).Value;

    /// <summary>Freezes a JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON, or numbers that would lose digits.</exception>
    public static FrozenPayload Parse(ReadOnlySpan<byte> utf8) =>
        new(CanonicalWriter.Canonicalize(utf8, NumberRule.Exact), null);

    /// <summary>Freezes a value.</summary>
    public static FrozenPayload From(JsonValue value) => new(value.ToCanonicalBytes(), value);

    /// <summary>Freezes a graph of dictionaries with string keys, lists, strings, numbers, booleans, times, digests and JSON nodes.</summary>
    /// <exception cref="TessraxException">TSX1009: something else is in the graph; TSX1002: a key twice; TSX1003: a number that JSON cannot hold;
    /// TSX1004: half a surrogate pair; TSX1005: too deep, or a cycle.</exception>
    public static FrozenPayload FromGraph(object? graph) => From(GraphCopier.Copy(graph));

    public bool Equals(FrozenPayload? other) => other is not null && Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as FrozenPayload);

    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>The canonical text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(canonical);
}
