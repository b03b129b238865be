using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>One approver's signed verdict on one body, under one governance state, for a limited time.</summary>
/// <remarks>Signed bytes: <c>tessrax/approval/v1\n</c> || ledger id || JCS of this object without <c>sig</c> and with <c>body</c>, the digest of the body approved.</remarks>
public sealed record Approval
{
    /// <summary>The most approvals in one entry.</summary>
    public const int MaxCount = 64;

    /// <summary>The most bytes of all approvals of one entry together, in canonical form.</summary>
    public const int MaxBytes = 28 * 1024;

    /// <summary>The approver's whole key id.</summary>
    public required Digest Key { get; init; }

    /// <summary>The role in which the approver signs; the approval counts for this role only.</summary>
    public required string Role { get; init; }

    /// <summary>True to approve, false to reject.</summary>
    public required bool Approves { get; init; }

    /// <summary>Digest of the governance state that the approver saw.</summary>
    public required Digest Gov { get; init; }

    public required UtcTime IssuedAt { get; init; }

    public required UtcTime ExpiresAt { get; init; }

    /// <summary>16 random bytes in base64, scoped to the key.</summary>
    public required string Nonce { get; init; }

    /// <summary>64-byte Ed25519 signature in base64; empty before signing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Reads an approval strictly.</summary>
    public static Approval FromJson(JsonValue value, string path)
    {
        var reader = new ObjectReader(value, path);
        var approval = new Approval
        {
            Key = reader.Digest("key"),
            Role = reader.String("role", 64),
            Approves = reader.OneOf("verdict", "approve", "reject") == "approve",
            Gov = reader.Digest("gov"),
            IssuedAt = reader.Time("issued_at"),
            ExpiresAt = reader.Time("expires_at"),
            Nonce = Convert.ToBase64String(reader.Base64("nonce", EntryBody.NonceBytes)),
            Signature = Convert.ToBase64String(reader.Base64("sig", 64)),
        };
        reader.End();
        return approval;
    }

    public JsonValue ToJson() => Unsigned().With("sig", Signature);

    /// <summary>The bytes that the approver signs.</summary>
    public byte[] SignedBytes(Digest ledger, Digest body)
    {
        Utf8Buffer buffer = Utf8Buffer.Rent();
        LeafFormat.WriteUnsignedApproval(this, body, buffer);
        byte[] signed = Tessrax.Ledger.SignedBytes.Of(Tessrax.Ledger.SignedBytes.ApprovalLabel, ledger, buffer.Written);
        Utf8Buffer.Return(buffer);
        return signed;
    }

    /// <summary>Whether <paramref name="key"/> signed this approval of <paramref name="body"/>.</summary>
    public bool IsSignedBy(PublicKey key, Digest ledger, Digest body) =>
        key.VerifyText(SignedBytes(ledger, body), Signature);

    private JsonValue Unsigned() =>
        JsonValue.Object(
            ("key", Key.ToString()),
            ("role", Role),
            ("verdict", Approves ? "approve" : "reject"),
            ("gov", Gov.ToString()),
            ("issued_at", IssuedAt.ToString()),
            ("expires_at", ExpiresAt.ToString()),
            ("nonce", Nonce)
        );
}
