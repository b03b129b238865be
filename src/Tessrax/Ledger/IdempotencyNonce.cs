using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tessrax.Hashing;

namespace Tessrax.Ledger;

/// <summary>The nonce that a server must give an entry that was asked for under an idempotency key, so that whoever asked finds out another entry. See <c>spec/server.md</c>, section 8.</summary>
public static class IdempotencyNonce
{
    /// <summary>The most characters of an idempotency key.</summary>
    public const int MaxKey = 64;

    /// <summary>What an idempotency key is, for messages.</summary>
    public const string KeyForm = "1 to 64 of A-Z, a-z, 0-9, - and _";

    private const string Label = "tessrax/idempotency/v1\n";

    private static readonly SearchValues<char> KeyAlphabet = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    /// <summary>Whether a text may be an idempotency key: see <see cref="KeyForm"/>.</summary>
    public static bool IsKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxKey && !text.AsSpan().ContainsAnyExcept(KeyAlphabet);
    }

    /// <summary>The nonce of a request that appends one entry, or prepares it: 16 bytes.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="client">The id of the access key that signs the request.</param>
    /// <param name="key">The idempotency key, in ASCII.</param>
    public static byte[] Of(Digest ledger, Digest client, string key) => Of(Said(ledger, client, key));

    /// <summary>The nonce of an entry of a batch: 16 bytes.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="client">The id of the access key that signs the request.</param>
    /// <param name="key">The idempotency key, in ASCII.</param>
    /// <param name="place">Its place in the batch, from 0.</param>
    public static byte[] Of(Digest ledger, Digest client, string key, int place)
    {
        var behind = new byte[1 + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(behind.AsSpan(1), place);
        return Of([.. Said(ledger, client, key), .. behind]);
    }

    private static byte[] Said(Digest ledger, Digest client, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return [.. Encoding.ASCII.GetBytes(Label), .. ledger.Span, .. client.Span, .. Encoding.ASCII.GetBytes(key)];
    }

    private static byte[] Of(byte[] said) => HashEngine.Sha256.Hash(said).Span[..EntryBody.NonceBytes].ToArray();
}
