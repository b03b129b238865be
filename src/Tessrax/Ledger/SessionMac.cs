using System.Globalization;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Ledger;

/// <summary>What each request of a session with a server carries: HMAC-SHA-256 (RFC 2104) over that request and its number. See <c>spec/server.md</c>.</summary>
public static class SessionMac
{
    /// <summary>Bytes of a session's id.</summary>
    public const int IdBytes = 16;

    /// <summary>Bytes of a session's secret, and of a MAC.</summary>
    public const int Bytes = 32;

    private const string Label = "tessrax/request/v1\n";

    /// <summary>The MAC of a request.</summary>
    /// <param name="secret">The session's, 32 bytes.</param>
    /// <param name="method">As <c>POST</c>.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="number">From 1, each once.</param>
    /// <param name="body">SHA-256 of the body; of nothing, if there is none.</param>
    public static Digest Of(ReadOnlySpan<byte> secret, string method, string target, long number, Digest body)
    {
        byte[] said = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Label}{method} {target}\n{number}\n{body.ToHex()}")
        );
        return new Digest(Hmac.Sha256(secret, said));
    }
}
