using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Governance;

/// <summary>A key on its way into a ledger: what is said of it, and the signatures that show who has it. Made where the key is, without the ledger.</summary>
/// <remarks><code>{"key":{…},"ledger":"sha256:…","offer":"tessrax/key-offer/v1","old_sig":"…","proof":"…","replaces":"sha256:…"}</code>
/// <c>old_sig</c> is there exactly if <c>replaces</c> is not null. Nobody has to trust it: the ledger checks what it takes from it.</remarks>
/// <param name="Ledger">The ledger that it is for.</param>
/// <param name="Key">The key.</param>
/// <param name="Replaces">The key whose place it takes, or null.</param>
/// <param name="Proof">The new key's signature, 64 bytes in base64.</param>
/// <param name="OldSignature">The replaced key's consent, 64 bytes in base64; null if none is replaced.</param>
public sealed record KeyOffer(Digest Ledger, KeyContent Key, Digest? Replaces, string Proof, string? OldSignature)
{
    private const string Version = "tessrax/key-offer/v1";

    /// <summary>The hash of the recovery key with whose recovery the key comes, and in no other way; null for all other offers.</summary>
    public Digest? Recovery { get; init; }

    /// <summary>Offers a key.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="key">The key.</param>
    /// <param name="signer">Signs with it.</param>
    public static KeyOffer Make(Digest ledger, KeyContent key, Signer signer)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(signer);
        return new KeyOffer(ledger, key, null, Text(signer(KeyProof.Possession(ledger, key, null))), null);
    }

    /// <summary>Offers a key to a recovery.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="key">The key.</param>
    /// <param name="signer">Signs with it.</param>
    /// <param name="commitment">The hash of the recovery key: <see cref="RecoveryCommitment.Commitment"/>.</param>
    public static KeyOffer MakeForRecovery(Digest ledger, KeyContent key, Signer signer, Digest commitment)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(signer);
        string proof = Text(signer(KeyProof.Recovery(ledger, key, commitment)));
        return new KeyOffer(ledger, key, null, proof, null) { Recovery = commitment };
    }

    /// <summary>Offers a key in the place of another.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="key">The new key.</param>
    /// <param name="signer">Signs with the new key.</param>
    /// <param name="old">The key that ends.</param>
    /// <param name="oldSigner">Signs with the old key.</param>
    public static KeyOffer Make(Digest ledger, KeyContent key, Signer signer, Digest old, Signer oldSigner)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(oldSigner);
        string proof = Text(signer(KeyProof.Possession(ledger, key, old)));
        return new KeyOffer(ledger, key, old, proof, Text(oldSigner(KeyProof.Consent(ledger, key, old))));
    }

    /// <summary>Reads an offer strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010: not an offer.</exception>
    public static KeyOffer Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("offer", Version);
        Digest? replaces = reader.Required("replaces").Kind == JsonKind.Null ? null : reader.Digest("replaces");
        var offer = new KeyOffer(
            reader.Digest("ledger"),
            KeyContent.FromJson(reader.Required("key"), "$.key"),
            replaces,
            Text(reader.Base64("proof", KeyProof.SignatureBytes)),
            replaces is null ? null : Text(reader.Base64("old_sig", KeyProof.SignatureBytes))
        )
        {
            Recovery = replaces is null && reader.Optional("recovery") is not null ? reader.Digest("recovery") : null,
        };
        reader.End();
        return offer;
    }

    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("offer", Version),
                ("ledger", Ledger.ToString()),
                ("key", Key.ToJson()),
                ("replaces", Replaces is { } old ? JsonValue.String(old.ToString()) : JsonValue.Null),
                ("recovery", Recovery is { } commitment ? JsonValue.String(commitment.ToString()) : null),
                ("proof", Proof),
                ("old_sig", OldSignature is null ? null : JsonValue.String(OldSignature))
            )
            .ToCanonicalBytes();

    private static string Text(byte[] signature) => Convert.ToBase64String(signature);
}
