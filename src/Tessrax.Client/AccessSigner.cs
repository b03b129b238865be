using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Client;

/// <summary>Signs requests to one ledger, for the run of the server that it was told of.</summary>
internal sealed class AccessSigner(Digest ledger, Func<PrivateKey> unlock, ClientOptions options)
{
    // Who answers could otherwise have requests signed for a time of their choice, and send them then.
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(10);

    private readonly Lazy<PrivateKey> opened = new(unlock);
    private long skewTicks;
    private int followed;
    private string? run;

    /// <summary>The server's run; null until it is known.</summary>
    public string? Run
    {
        get => Volatile.Read(ref run);
        set => Volatile.Write(ref run, value);
    }

    /// <summary>The server's clock, as one of its answers said: later requests are signed for its time. It is followed once, and by 10 minutes at most.</summary>
    /// <exception cref="TessraxException">TSX6015: it is further off, or was followed before.</exception>
    public void Follow(DateTimeOffset serverTime)
    {
        DateTimeOffset ours = options.Clock.GetUtcNow();
        TimeSpan skew = serverTime - ours;
        if (skew.Duration() > MostSkew || Interlocked.Exchange(ref followed, 1) != 0)
            throw ErrorCodes.TokenTime.Because(
                $"the server's clock says {UtcTime.From(serverTime)}, and this machine's {UtcTime.From(ours)}",
                $"one of the two clocks is wrong: a client follows the server's once, and by {MostSkew.TotalMinutes:0} minutes at most"
            );
        Volatile.Write(ref skewTicks, skew.Ticks);
    }

    /// <summary>The nonce in base64 that the entry of a request must have.</summary>
    /// <param name="key">The request's idempotency key.</param>
    /// <param name="place">The entry's place in a batch; null if it was asked for alone.</param>
    public string NonceOf(string key, int? place)
    {
        Digest client = opened.Value.PublicKey.Id;
        return Convert.ToBase64String(
            place is { } at ? IdempotencyNonce.Of(ledger, client, key, at) : IdempotencyNonce.Of(ledger, client, key)
        );
    }

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="method">As <c>POST</c>.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="body">SHA-256 of the body; of nothing, if there is none.</param>
    public string Authorize(string method, string target, Digest body)
    {
        PrivateKey key = opened.Value;
        var nonce = new byte[AccessToken.RandomBytes];
        options.Random(nonce);
        AccessToken token = new AccessToken
        {
            Ledger = ledger,
            Server = Run ?? throw new InvalidOperationException("the server's run is not known"),
            Key = key.PublicKey.Id,
            Method = method,
            Target = target,
            Body = body,
            IssuedAt = UtcTime.From(options.Clock.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref skewTicks))),
            Nonce = Convert.ToBase64String(nonce),
        }.Sign(bytes => key.Sign(bytes));
        return $"Bearer {token.ToText()}";
    }
}
