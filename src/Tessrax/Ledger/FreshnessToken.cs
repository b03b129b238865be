using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>Somebody's signed word that one body may be recorded now: once, for a limited time, at one of a few indexes.</summary>
/// <remarks><code>{"action":"DECISION_RECORDED","audience":"sha256:…","body":"sha256:…","expires_at":"…","issued_at":"…","key":"sha256:…","ledger":"sha256:…",
/// "nonce":"…","sig":"…","size":{"from":412,"to":511},"token":"tessrax/token/v1"}</code>
/// Signed bytes: <c>tessrax/token/v1\n</c> || ledger id || JCS of this object without <c>sig</c>. At most 1,024 bytes.</remarks>
public sealed record FreshnessToken
{
    /// <summary>The most bytes of a token, in canonical form.</summary>
    public const int MaxBytes = 1024;

    private const string Version = "tessrax/token/v1";

    /// <summary>The ledger's id.</summary>
    public required Digest Ledger { get; init; }

    /// <summary>The key of whoever issued it.</summary>
    public required Digest Key { get; init; }

    /// <summary>The key that vouches for the body.</summary>
    public required Digest Audience { get; init; }

    /// <summary>The event.</summary>
    public required string Action { get; init; }

    /// <summary>The digest of the body.</summary>
    public required Digest Body { get; init; }

    /// <summary>The first index that the entry may have.</summary>
    public required long From { get; init; }

    /// <summary>The last index that the entry may have.</summary>
    public required long To { get; init; }

    public required UtcTime IssuedAt { get; init; }

    public required UtcTime ExpiresAt { get; init; }

    /// <summary>16 random bytes in base64, scoped to the issuer's key and used once.</summary>
    public required string Nonce { get; init; }

    /// <summary>64-byte Ed25519 signature in base64; empty before signing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Reads a token strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010: not a token.</exception>
    public static FreshnessToken Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= MaxBytes
            ? FromJson(JsonValue.Parse(bytes))
            : throw ErrorCodes.TooLarge.Because($"a token of {bytes.Length} bytes; at most {MaxBytes} are allowed");

    /// <summary>Reads a token that is part of a larger document.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1010: not a token.</exception>
    public static FreshnessToken FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        reader.OneOf("token", Version);
        ObjectReader size = reader.Object("size");
        var token = new FreshnessToken
        {
            Ledger = reader.Digest("ledger"),
            Key = reader.Digest("key"),
            Audience = reader.Digest("audience"),
            Action = reader.String("action", 64),
            Body = reader.Digest("body"),
            From = size.Integer("from"),
            To = size.Integer("to"),
            IssuedAt = reader.Time("issued_at"),
            ExpiresAt = reader.Time("expires_at"),
            Nonce = Convert.ToBase64String(reader.Base64("nonce", EntryBody.NonceBytes)),
            Signature = Convert.ToBase64String(reader.Base64("sig", PublicKey.SignatureSize)),
        };
        size.End();
        reader.End();
        int bytes = token.ToBytes().Length;
        return bytes <= MaxBytes
            ? token
            : throw ErrorCodes.TooLarge.Because($"a token of {bytes} bytes; at most {MaxBytes} are allowed");
    }

    public JsonValue ToJson() => Unsigned().With("sig", Signature);

    /// <summary>The canonical bytes.</summary>
    public byte[] ToBytes() => ToJson().ToCanonicalBytes();

    /// <summary>The bytes that the issuer signs.</summary>
    public byte[] ToSignedBytes() => SignedBytes.Of(SignedBytes.TokenLabel, Ledger, Unsigned());

    /// <summary>Whether <paramref name="key"/> signed this token.</summary>
    public bool IsSignedBy(PublicKey key) => key.VerifyText(ToSignedBytes(), Signature);

    private JsonValue Unsigned() =>
        JsonValue.Object(
            ("token", Version),
            ("ledger", Ledger.ToString()),
            ("key", Key.ToString()),
            ("audience", Audience.ToString()),
            ("action", Action),
            ("body", Body.ToString()),
            ("size", JsonValue.Object(("from", From), ("to", To))),
            ("issued_at", IssuedAt.ToString()),
            ("expires_at", ExpiresAt.ToString()),
            ("nonce", Nonce)
        );
}
