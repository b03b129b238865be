using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Hashes of a tree as files of proofs carry them, base64 as in C2SP, and the hasher that a ledger names for its own.</summary>
internal static class HashText
{
    /// <exception cref="TessraxException">TSX1014: not 32 bytes in base64.</exception>
    public static Digest Read(JsonValue value, string path) =>
        value.Kind == JsonKind.String && Digest.TryParseBase64(value.AsString(), out Digest hash)
            ? hash
            : throw new TessraxException(ErrorCodes.BadDigest, $"{path} is not a hash in base64") { Path = path };

    /// <summary>The hasher that a genesis names; that of SHA-256 if it names none.</summary>
    /// <remarks>The name alone is taken from what is not judged yet: the ledger id commits to it, and with another tree no checkpoint would hold.</remarks>
    public static TreeHasher NamedBy(EntryBody genesis)
    {
        JsonValue? name = genesis.Control is { Kind: JsonKind.Object } control ? control["hash"] : null;
        string named = name?.Kind == JsonKind.String ? name.AsString() : "";
        return TreeHasher.ByName(named) ?? TreeHasher.Sha256;
    }
}
