using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Verification;

/// <summary>Hashes of a tree as files of proofs carry them: base64, as C2SP does.</summary>
internal static class HashText
{
    /// <exception cref="TessraxException">TSX1014: not 32 bytes in base64.</exception>
    public static Digest Read(JsonValue value, string path) =>
        value.Kind == JsonKind.String && Digest.TryParseBase64(value.AsString(), out Digest hash)
            ? hash
            : throw new TessraxException(ErrorCodes.BadDigest, $"{path} is not a hash in base64") { Path = path };
}
