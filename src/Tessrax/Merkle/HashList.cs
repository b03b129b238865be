using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>Hashes in JSON: a list of texts, each 32 bytes in base64, as C2SP writes them.</summary>
internal static class HashList
{
    /// <summary>More than an audit path has.</summary>
    public const int MaxPath = 64;

    public static JsonValue ToJson(IEnumerable<Digest> hashes) =>
        JsonValue.Of(hashes.Select(hash => JsonValue.String(hash.ToBase64())));

    /// <summary>Reads a member that <see cref="ToJson"/> wrote, strictly.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1014.</exception>
    public static IReadOnlyList<Digest> Read(ObjectReader reader, string name, int most) =>
        [.. reader.Array(name, most).Select(item => ReadHash(item.Value, item.Path))];

    /// <summary>Reads one hash.</summary>
    /// <exception cref="TessraxException">TSX1014: it is none.</exception>
    public static Digest ReadHash(JsonValue value, string path) =>
        value.Kind == JsonKind.String && Digest.TryParseBase64(value.AsString(), out Digest hash)
            ? hash
            : throw new TessraxException(ErrorCodes.BadDigest, $"{path} is not a hash in base64") { Path = path };
}
