using System.Buffers.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Client;

/// <summary>A session with a server: each request carries a MAC, which costs both a hundredth of a signature. See <c>spec/server.md</c>, section 4.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class ClientSession
{
    // Servers end them after 15 minutes; what is under way then should not be asked for twice.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(14);

    private readonly string id;
    private readonly byte[] secret;
    private readonly TimeProvider clock;
    private readonly long openedAt;
    private long number;

    private ClientSession(string id, byte[] secret, TimeProvider clock)
    {
        this.id = id;
        this.secret = secret;
        this.clock = clock;
        openedAt = clock.GetTimestamp();
    }

    /// <summary>Whether the server is likely to know it still.</summary>
    public bool IsFresh => clock.GetElapsedTime(openedAt) < Life;

    /// <summary>Reads what a server answers to <c>POST /v1/sessions</c>.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1010: it is no session.</exception>
    public static ClientSession Read(JsonValue answer, TimeProvider clock)
    {
        var reader = new ObjectReader(answer);
        string id = reader.String("session", 2 * SessionMac.IdBytes);
        byte[] secret = reader.Base64("secret", SessionMac.Bytes);
        if (!Base64Url.IsValid(id, out int length) || length != SessionMac.IdBytes)
            throw reader.Fault("session", $"must be {SessionMac.IdBytes} bytes in base64url");
        return new ClientSession(id, secret, clock);
    }

    /// <summary>The value of the header <c>Authorization</c> for one more request.</summary>
    /// <inheritdoc cref="AccessSigner.Authorize"/>
    public string Authorize(string method, string target, Digest body)
    {
        long next = Interlocked.Increment(ref number);
        Digest mac = SessionMac.Of(secret, method, target, next, body);
        return FormattableString.Invariant(
            $"Tessrax-Session id=\"{id}\",seq=\"{next}\",mac=\"{Base64Url.EncodeToString(mac.Span)}\""
        );
    }
}
