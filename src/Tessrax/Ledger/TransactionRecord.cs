using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>What became of a prepared receipt.</summary>
public enum TransactionState
{
    /// <summary>Durable, and undecided.</summary>
    Prepared,

    /// <summary>It has an index.</summary>
    Committed,

    /// <summary>It was given up, and never takes an index.</summary>
    Aborted,

    /// <summary>Its window closed before anybody decided; it never takes an index.</summary>
    Expired,
}

/// <summary>A receipt without a place: everything that its entry needs but what the log adds.</summary>
/// <param name="Body">The body; its nonce is the token.</param>
/// <param name="Signature">The author's signature, 64 bytes in base64; null if the body is sealed or the log attests it.</param>
/// <param name="Seal">The seal; null for all but sealed bodies.</param>
/// <param name="Payload">The payload that the body commits to.</param>
/// <param name="Salt">Its salt, 32 bytes.</param>
/// <param name="PreparedAt">The log's time when it was prepared.</param>
/// <param name="Size">Entries of the ledger then: its own index is never smaller.</param>
public sealed record PreparedReceipt(
    EntryBody Body,
    string? Signature,
    Seal? Seal,
    FrozenPayload Payload,
    ReadOnlyMemory<byte> Salt,
    UtcTime PreparedAt,
    long Size
)
{
    public TransactionToken Token => TransactionToken.OfNonce(Body.Nonce);
}

/// <summary>A file under <c>prepared/</c>: a receipt that waits for its decision, or the decision. See <c>spec/transactions.md</c>.</summary>
/// <param name="Token">The receipt's.</param>
/// <param name="State">What the file says of it.</param>
/// <param name="Prepared">The receipt; null once it is decided.</param>
/// <param name="Index">Its index; null for all that is not committed.</param>
/// <param name="DecidedAt">The log's time of the decision; null while there is none.</param>
public sealed record TransactionRecord(
    TransactionToken Token,
    TransactionState State,
    PreparedReceipt? Prepared,
    long? Index,
    UtcTime? DecidedAt
)
{
    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = Receipt.MaxPayloadBytes + (64 * 1024);

    private const string Version = "tessrax/transaction/v1";

    private static readonly string[] States = ["prepared", "committed", "aborted", "expired"];

    /// <summary>The state as files and programs write it.</summary>
    public string StateText => TextOf(State);

    /// <summary>A state as files and programs write it.</summary>
    public static string TextOf(TransactionState state) => EnumWords.Of(States, (int)state);

    /// <summary>The record of a receipt that was prepared.</summary>
    public static TransactionRecord Of(PreparedReceipt prepared) =>
        new(prepared.Token, TransactionState.Prepared, prepared, null, null);

    /// <summary>Reads a file strictly.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010; TSX5005: the payload is not the one that the body commits to.</exception>
    public static TransactionRecord Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("transaction", Version);
        TransactionToken token =
            TransactionToken.TryParse(reader.String("token"))
            ?? throw reader.Fault("token", "must be 32 lowercase hex digits");
        var state = (TransactionState)Array.IndexOf(States, reader.OneOf("state", States));
        var record = new TransactionRecord(
            token,
            state,
            state == TransactionState.Prepared ? ReadPrepared(reader) : null,
            state == TransactionState.Committed ? reader.Integer("index") : null,
            state == TransactionState.Prepared ? null : reader.Time("decided_at")
        );
        reader.End();
        if (record.Prepared is { } prepared)
            Check(prepared, token, reader);
        return record;
    }

    public JsonValue ToJson() =>
        JsonValue.Object([
            ("transaction", Version),
            ("token", Token.ToString()),
            ("state", StateText),
            ("index", Index is { } index ? (JsonValue)index : null),
            ("decided_at", DecidedAt is { } at ? JsonValue.String(at.ToString()) : null),
            .. Prepared is null ? [] : Members(Prepared),
        ]);

    /// <summary>The file's bytes: canonical JSON and a line feed.</summary>
    public byte[] ToBytes() => [.. ToJson().ToCanonicalBytes(), (byte)'\n'];

    private static (string, JsonValue?)[] Members(PreparedReceipt prepared) =>
        [
            ("body", prepared.Body.ToJson()),
            ("sig", prepared.Signature is null ? prepared.Seal?.ToJson() : JsonValue.String(prepared.Signature)),
            ("payload", prepared.Payload.Root),
            ("salt", Convert.ToBase64String(prepared.Salt.Span)),
            ("prepared_at", prepared.PreparedAt.ToString()),
            ("size", prepared.Size),
        ];

    private static PreparedReceipt ReadPrepared(ObjectReader reader)
    {
        _ = reader.Object("payload");
        JsonValue? sig = reader.Optional("sig");
        bool isSeal = sig?.Kind == JsonKind.Object;
        return new PreparedReceipt(
            EntryBody.FromJson(reader.Required("body"), "$.body"),
            sig is null || isSeal ? null : Convert.ToBase64String(reader.Base64("sig", PublicKey.SignatureSize)),
            isSeal ? Seal.FromJson(sig!, "$.sig") : null,
            FrozenPayload.From(reader.Required("payload")),
            reader.Base64("salt", Receipt.SaltBytes),
            reader.Time("prepared_at"),
            reader.Integer("size")
        );
    }

    // The signature is judged when the receipt is committed, by the rules that hold then.
    private static void Check(PreparedReceipt prepared, TransactionToken token, ObjectReader reader)
    {
        if (prepared.Token != token)
            throw reader.Fault("token", "is not the nonce of the body");
        bool commits =
            Digest.TryParse(prepared.Body.Ledger, out Digest ledger)
            && prepared.Body.Payload == SignedBytes.CommitmentOf(ledger, prepared.Salt.Span, prepared.Payload.Bytes);
        if (!commits)
            throw ErrorCodes.CommitmentBroken.Because("the payload is not the one that the body commits to");
    }
}
