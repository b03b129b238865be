using System.Globalization;
using System.Text;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>What each request of a session with a server carries: HMAC-SHA-256 (RFC 2104) over that request and its number. See <c>spec/server.md</c>.</summary>
public static class SessionMac
{
    /// <summary>Bytes of a session's id.</summary>
    public const int IdBytes = 16;

    /// <summary>Bytes of a session's secret, and of a MAC.</summary>
    public const int Bytes = 32;

    private const string Label = "tessrax/request/v1\n";
    private const int BlockBytes = 64;
    private const byte Inner = 0x36;
    private const byte Outer = 0x5c;

    /// <summary>The MAC of a request.</summary>
    /// <param name="secret">The session's, 32 bytes.</param>
    /// <param name="method">As <c>POST</c>.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="number">From 1, each once.</param>
    /// <param name="body">SHA-256 of the body; of nothing, if there is none.</param>
    /// <exception cref="ArgumentException">The secret has another length.</exception>
    public static Digest Of(ReadOnlySpan<byte> secret, string method, string target, long number, Digest body)
    {
        if (secret.Length != Bytes)
            throw new ArgumentException($"a session's secret has {Bytes} bytes", nameof(secret));
        byte[] said = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Label}{method} {target}\n{number}\n{body.ToHex()}")
        );
        Span<byte> padded = stackalloc byte[BlockBytes];
        Span<byte> within = stackalloc byte[Digest.Size];
        // RFC 2104, section 2: H(K xor opad, H(K xor ipad, text)). Our own SHA-256 has no setting up that takes longer than so little to hash.
        Pad(secret, Inner, padded);
        HashEngine.Sha256.Hash(padded, said, default).Span.CopyTo(within);
        Pad(secret, Outer, padded);
        return HashEngine.Sha256.Hash(padded, within, default);
    }

    private static void Pad(ReadOnlySpan<byte> secret, byte with, Span<byte> padded)
    {
        padded.Fill(with);
        for (int i = 0; i < secret.Length; i++)
            padded[i] ^= secret[i];
    }
}
