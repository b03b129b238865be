using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>An event of one's own to append.</summary>
/// <param name="Event">Begins with <c>x-</c>.</param>
/// <param name="Data">Any JSON.</param>
public sealed record OwnAppend(string Event, JsonValue Data)
{
    /// <summary>A digest of something outside that the entry stands for.</summary>
    public Digest? State { get; init; }

    /// <summary>Whether the ledger's author vouches for it; else its log does.</summary>
    public bool ByAuthor { get; init; }

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("event", Event),
            ("data", Data),
            ("state", State is { } state ? JsonValue.String(state.ToString()) : null),
            ("by", ByAuthor ? JsonValue.String("author") : null)
        );

    /// <summary>The payload that an entry of it has.</summary>
    internal JsonValue ToPayload() => new OwnEvent(Data, State).ToJson();
}

/// <summary>An append that is durable, verified.</summary>
/// <param name="Receipt">The entry: the event that was asked for, by the voucher and under the nonce that were asked for, with its payload. Of a repeat the server may say that
/// the payload is gone: then there is none in it, and it was not compared.</param>
/// <param name="IsRepeat">Whether the same request had appended it before, as the server says.</param>
public sealed record Appended(VerifiedReceipt Receipt, bool IsRepeat)
{
    /// <summary>Whether the payload was given, and is the one that was asked for. False of a repeat whose payload is gone, as the server says: another one may have been appended under
    /// the same idempotency key.</summary>
    public bool IsPayloadSeen => Receipt.Receipt.Payload is not null;

    /// <summary>Whether a quorum of the server's witnesses has cosigned it already, as the server says; null if it asks none.</summary>
    public bool? IsCosigned { get; init; }
}

/// <summary>Claims that were sent.</summary>
/// <param name="Told">What the server tells of them, and of what followed.</param>
/// <param name="In">The newest checkpoint that was accepted since.</param>
/// <param name="IsCovered">Whether that covers what the server tells of. It always does where the log's own signature suffices; else witnesses may need longer.</param>
public sealed record Ingested(ServerWord Told, VerifiedCheckpoint In, bool IsCovered);
