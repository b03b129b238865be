using System.Buffers;

namespace Tessrax.Ledger;

/// <summary>Names a receipt that was prepared: the 16 bytes of its body's nonce, as 32 lowercase hex digits.</summary>
/// <remarks>Being the nonce, it is in the leaf once the receipt is committed, and names the same append to every retry.</remarks>
public sealed record TransactionToken
{
    private const int TextLength = 2 * EntryBody.NonceBytes;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly string text;

    private TransactionToken(string text) => this.text = text;

    /// <summary>The nonce in base64, as bodies write it.</summary>
    public string Nonce => Convert.ToBase64String(Convert.FromHexString(text));

    /// <summary>Reads 32 lowercase hex digits, and nothing else.</summary>
    public static TransactionToken? TryParse(string? text) =>
        text?.Length == TextLength && !text.AsSpan().ContainsAnyExcept(Digits) ? new TransactionToken(text) : null;

    /// <summary>The token of a nonce.</summary>
    /// <param name="nonce">16 bytes in base64.</param>
    /// <exception cref="TessraxException">TSX1010: anything else.</exception>
    public static TransactionToken OfNonce(string nonce)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes];
        return
            nonce.Length <= TextLength
            && Convert.TryFromBase64String(nonce, bytes, out int written)
            && written == EntryBody.NonceBytes
            && Convert.ToBase64String(bytes) == nonce
            ? new TransactionToken(Convert.ToHexStringLower(bytes))
            : throw ErrorCodes.BadValue.Because($"a nonce is {EntryBody.NonceBytes} bytes in base64");
    }

    /// <summary>32 lowercase hex digits.</summary>
    public override string ToString() => text;
}
