using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Server.Api;

/// <summary>The header <c>Idempotency-Key</c>: the same request, sent again by the same client, appends nothing twice.</summary>
/// <remarks>It becomes the entry's nonce (<see cref="IdempotencyNonce"/>), so that the ledger's own book of nonces answers for it, also after a crash of the server.</remarks>
internal sealed class IdempotencyKey
{
    public const string HeaderName = "Idempotency-Key";

    /// <summary>The header, as addresses declare it.</summary>
    public static ApiParameter Header { get; } =
        ApiParameter.Text(
            HeaderName,
            $"the same text with the same request appends nothing twice: {IdempotencyNonce.KeyForm}",
            IdempotencyNonce.MaxKey
        );

    private readonly Digest ledger;
    private readonly Digest client;
    private readonly string key;

    /// <param name="ledger">The ledger's id.</param>
    /// <param name="client">The id of the key that the client shows: others may choose the same text.</param>
    /// <param name="key">What the client chose.</param>
    /// <exception cref="TessraxException">TSX6005: it has another form.</exception>
    public IdempotencyKey(Digest ledger, Digest client, string key)
    {
        if (!IdempotencyNonce.IsKey(key))
            throw new TessraxException(ErrorCodes.RequestRefused, $"{HeaderName} must be {IdempotencyNonce.KeyForm}");
        (this.ledger, this.client, this.key) = (ledger, client, key);
    }

    /// <summary>The nonce of a request that appends one entry.</summary>
    public byte[] Nonce() => IdempotencyNonce.Of(ledger, client, key);

    /// <summary>The nonce of an entry of a batch.</summary>
    /// <param name="place">Its place in the batch, from 0.</param>
    public byte[] Nonce(int place) => IdempotencyNonce.Of(ledger, client, key, place);

    /// <summary>The request's; null without one.</summary>
    /// <exception cref="TessraxException">TSX6005: it has another form, or comes twice.</exception>
    public static IdempotencyKey? Of(ApiCall call) =>
        call.Header(HeaderName) is { } key
            ? new IdempotencyKey(
                call.Ledger.Directory.Id,
                call.Who.Key
                    ?? throw ErrorCodes.KeyNeeded.Because($"{HeaderName} counts for a key, and none was shown"),
                key
            )
            : null;
}
