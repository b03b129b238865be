using System.Security.Cryptography;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Client;

/// <summary>Signs requests to one ledger, for the run of the server that it was told of.</summary>
internal sealed class AccessSigner(Digest ledger, Func<PrivateKey> unlock, ClientOptions options)
{
    private readonly Lazy<PrivateKey> opened = new(unlock);
    private long skewTicks;
    private string? run;

    /// <summary>The server's run; null until it is known.</summary>
    public string? Run
    {
        get => Volatile.Read(ref run);
        set => Volatile.Write(ref run, value);
    }

    /// <summary>The server's clock, as one of its answers said: later requests are signed for its time.</summary>
    public void Follow(DateTimeOffset serverTime) =>
        Volatile.Write(ref skewTicks, (serverTime - options.Clock.GetUtcNow()).Ticks);

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="method">As <c>POST</c>.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="body">As it is sent; empty if there is none.</param>
    public string Authorize(string method, string target, ReadOnlySpan<byte> body)
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
            Body = new Digest(SHA256.HashData(body)),
            IssuedAt = UtcTime.From(options.Clock.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref skewTicks))),
            Nonce = Convert.ToBase64String(nonce),
        }.Sign(bytes => key.Sign(bytes));
        return $"Bearer {token.ToText()}";
    }
}
