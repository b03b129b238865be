using System.Buffers.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>What a holder of an access key sends with one request to a server: a signature over exactly that request, to that run of that server, once.</summary>
/// <remarks><code>{"body":"sha256:…","issued_at":"…","key":"sha256:…","ledger":"sha256:…","method":"POST","nonce":"…","server":"…","sig":"…",
/// "target":"/v1/receipts","token":"tessrax/access-token/v1"}</code>
/// Sent as base64url without padding of the canonical bytes. Signed bytes: <c>tessrax/access/v1\n</c> || ledger id || JCS of this object without <c>sig</c>. See
/// <c>spec/server.md</c>.</remarks>
public sealed record AccessToken
{
    /// <summary>The most characters of a token, as it is sent.</summary>
    public const int MaxCharacters = 2048;

    /// <summary>The random bytes of a nonce, and of a server's run.</summary>
    public const int RandomBytes = 16;

    private const string Version = "tessrax/access-token/v1";
    private const int MaxMethod = 16;

    /// <summary>The ledger's id.</summary>
    public required Digest Ledger { get; init; }

    /// <summary>The run of the server that it is for: 16 bytes in base64.</summary>
    public required string Server { get; init; }

    /// <summary>The id of the access key.</summary>
    public required Digest Key { get; init; }

    /// <summary>The request's method, as <c>POST</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The request's target as it is sent: path and query.</summary>
    public required string Target { get; init; }

    /// <summary>SHA-256 of the body; of nothing, if there is none.</summary>
    public required Digest Body { get; init; }

    public required UtcTime IssuedAt { get; init; }

    /// <summary>16 random bytes in base64, scoped to the key and used once.</summary>
    public required string Nonce { get; init; }

    /// <summary>64-byte Ed25519 signature in base64; empty before signing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Reads a token as it was sent, strictly.</summary>
    /// <exception cref="TessraxException">TSX6010: it is none.</exception>
    public static AccessToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxCharacters || !Base64Url.IsValid(text) || text.Contains('='))
            throw ErrorCodes.BadAccessToken.Because("it is not base64url, or too long");
        byte[] bytes = Base64Url.DecodeFromChars(text);
        try
        {
            AccessToken token = FromJson(JsonValue.Parse(bytes));
            return token.ToText() == text
                ? token
                : throw ErrorCodes.BadAccessToken.Because("it is not in canonical form");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.BadAccessToken)
        {
            throw new TessraxException(ErrorCodes.BadAccessToken, e.Message, inner: e) { Path = e.Path };
        }
    }

    /// <summary>The token as it is sent.</summary>
    public string ToText() => Base64Url.EncodeToString(ToJson().ToCanonicalBytes());

    public JsonValue ToJson() => Unsigned().With("sig", Signature);

    /// <summary>The bytes that the key signs.</summary>
    public byte[] ToSignedBytes() => SignedBytes.Of(SignedBytes.AccessLabel, Ledger, Unsigned());

    /// <summary>The same token, signed.</summary>
    /// <param name="sign">Signs bytes with the access key.</param>
    public AccessToken Sign(Func<byte[], byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        return this with { Signature = Convert.ToBase64String(sign(ToSignedBytes())) };
    }

    /// <summary>Whether <paramref name="key"/> signed this token.</summary>
    public bool IsSignedBy(PublicKey key) => key.VerifyText(ToSignedBytes(), Signature);

    private static AccessToken FromJson(JsonValue value)
    {
        var reader = new ObjectReader(value);
        reader.OneOf("token", Version);
        var token = new AccessToken
        {
            Ledger = reader.Digest("ledger"),
            Server = Convert.ToBase64String(reader.Base64("server", RandomBytes)),
            Key = reader.Digest("key"),
            Method = reader.String("method", MaxMethod),
            Target = reader.String("target", MaxCharacters),
            Body = reader.Digest("body"),
            IssuedAt = reader.Time("issued_at"),
            Nonce = Convert.ToBase64String(reader.Base64("nonce", RandomBytes)),
            Signature = Convert.ToBase64String(reader.Base64("sig", PublicKey.SignatureSize)),
        };
        reader.End();
        return token;
    }

    private JsonValue Unsigned() =>
        JsonValue.Object(
            ("token", Version),
            ("ledger", Ledger.ToString()),
            ("server", Server),
            ("key", Key.ToString()),
            ("method", Method),
            ("target", Target),
            ("body", Body.ToString()),
            ("issued_at", IssuedAt.ToString()),
            ("nonce", Nonce)
        );
}
