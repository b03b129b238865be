using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>Who vouches for a body.</summary>
public enum VoucherKind
{
    /// <summary>A key with the purpose author signed the body.</summary>
    Author,

    /// <summary>A key with the purpose author signed a batch that holds the body: see <see cref="Seal"/>.</summary>
    Seal,

    /// <summary>Nobody signed; the log attests the entry by its checkpoint alone.</summary>
    Log,
}

/// <summary>The kind and key that vouch for a body. They stand inside the signed bytes, so nobody else can claim the body.</summary>
/// <param name="Kind">How it is vouched for.</param>
/// <param name="Key">The whole key id.</param>
public readonly record struct Voucher(VoucherKind Kind, Digest Key)
{
    // By their number.
    private static readonly string[] Kinds = ["author", "seal", "log"];

    /// <summary>The kind as bodies write it.</summary>
    internal string KindText => EnumWords.Of(Kinds, (int)Kind);

    internal JsonValue ToJson() => JsonValue.Object(("kind", KindText), ("key", Key.ToString()));

    internal static Voucher Read(ObjectReader reader)
    {
        var kind = (VoucherKind)Array.IndexOf(Kinds, reader.OneOf("kind", Kinds));
        var voucher = new Voucher(kind, reader.Digest("key"));
        reader.End();
        return voucher;
    }
}

/// <summary>Which version of which policy, to the byte.</summary>
/// <param name="Id">The policy's id.</param>
/// <param name="Version">Its version (semver).</param>
/// <param name="Digest">SHA-256 of its canonical bytes.</param>
public sealed record PolicyPin(string Id, string Version, Digest Digest)
{
    public JsonValue ToJson() => JsonValue.Object(("id", Id), ("version", Version), ("digest", Digest.ToString()));

    /// <summary>Reads <c>{"id","version","digest"}</c>, strictly.</summary>
    public static PolicyPin FromJson(JsonValue json, string path = "$")
    {
        var reader = new ObjectReader(json, path);
        var pin = new PolicyPin(reader.String("id", 128), reader.String("version", 128), reader.Digest("digest"));
        reader.End();
        return pin;
    }

    /// <summary>For people: <c>vuln-triage 1.0.0 (sha256:…)</c>.</summary>
    public override string ToString() => $"{Id} {Version} ({Digest})";
}

/// <summary>What an author signs: the part of an entry that exists before the log has seen it.</summary>
/// <remarks>At most 32 KiB in canonical form. Content lies in <see cref="Control"/> for control events, behind <see cref="Payload"/> for all others.</remarks>
public sealed record EntryBody
{
    /// <summary>The largest canonical body, in bytes.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>Bytes in a nonce.</summary>
    public const int NonceBytes = 16;

    private CanonicalMemo memo;

    /// <summary>The origin in the genesis body, the ledger id (<c>sha256:…</c>) everywhere else.</summary>
    public required string Ledger { get; init; }

    /// <summary>The event's name; see <see cref="Events"/>.</summary>
    public required string Event { get; init; }

    public required Voucher By { get; init; }

    public required UtcTime IssuedAt { get; init; }

    /// <summary>After this moment the log refuses the body.</summary>
    public required UtcTime ExpiresAt { get; init; }

    /// <summary>16 random bytes in base64; scoped to <see cref="By"/>. The same nonce with the same body is the same append.</summary>
    public required string Nonce { get; init; }

    /// <summary>The salted commitment to the payload, or null.</summary>
    public Digest? Payload { get; init; }

    /// <summary>The content of a control event, or null.</summary>
    public JsonValue? Control { get; init; }

    /// <summary>The policy under which a decision was made, or null.</summary>
    public PolicyPin? Policy { get; init; }

    /// <summary>Reads a body strictly.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010.</exception>
    public static EntryBody FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        if (reader.Integer("v") != 1)
            throw reader.Fault("v", "must be 1");
        var body = new EntryBody
        {
            Ledger = reader.String("ledger"),
            Event = reader.String("event", 64),
            By = Voucher.Read(reader.Object("by")),
            IssuedAt = reader.Time("issued_at"),
            ExpiresAt = reader.Time("expires_at"),
            Nonce = Convert.ToBase64String(reader.Base64("nonce", NonceBytes)),
            Payload = reader.Required("payload").Kind == JsonKind.Null ? null : reader.Digest("payload"),
            Control = reader.Optional("control"),
            Policy =
                reader.Required("policy").Kind == JsonKind.Null
                    ? null
                    : PolicyPin.FromJson(reader.Required("policy"), $"{path}.policy"),
        };
        reader.End();
        return body;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("v", 1),
            ("ledger", Ledger),
            ("event", Event),
            ("by", By.ToJson()),
            ("issued_at", IssuedAt.ToString()),
            ("expires_at", ExpiresAt.ToString()),
            ("nonce", Nonce),
            ("payload", Payload is { } commitment ? commitment.ToString() : JsonValue.Null),
            ("control", Control),
            ("policy", Policy?.ToJson() ?? JsonValue.Null)
        );

    /// <summary>The bytes that the author signs.</summary>
    public byte[] SignedBytes(Digest ledger) =>
        Tessrax.Ledger.SignedBytes.Of(Tessrax.Ledger.SignedBytes.EntryLabel, ledger, Canonical());

    /// <summary>SHA-256 of the signed bytes: what approvals name.</summary>
    public Digest DigestIn(Digest ledger)
    {
        if (memo.TryGetDigest(this, ledger, out Digest digest))
            return digest;
        digest = Tessrax.Ledger.SignedBytes.DigestOf(Tessrax.Ledger.SignedBytes.EntryLabel, ledger, Canonical());
        memo.KeepDigest(this, ledger, digest);
        return digest;
    }

    /// <summary>The canonical bytes; written once.</summary>
    internal ReadOnlySpan<byte> Canonical()
    {
        if (memo.TryGet(this, out ReadOnlyMemory<byte> known))
            return known.Span;
        Utf8Buffer buffer = Utf8Buffer.Rent();
        LeafFormat.WriteBody(Parts(), buffer);
        byte[] bytes = buffer.Written.ToArray();
        Utf8Buffer.Return(buffer);
        memo.Keep(this, bytes);
        return bytes;
    }

    /// <summary>Keeps the canonical bytes that the body was read from.</summary>
    internal void Remember(ReadOnlyMemory<byte> canonical) => memo.Keep(this, canonical);

    private BodyParts Parts() =>
        new()
        {
            Ledger = Ledger,
            Event = Event,
            By = By,
            IssuedAt = IssuedAt,
            ExpiresAt = ExpiresAt,
            Nonce = Nonce,
            Payload = Payload,
            Control = Control,
            Policy = Policy,
        };
}
