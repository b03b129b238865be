namespace Tessrax.Canonical;

/// <summary>Bytes as base64, RFC 4648 section 4, in the one spelling that canonical documents allow: padded, no white space, no bits that encode nothing.</summary>
internal static class Base64Text
{
    private const int MostBytes = 64;

    /// <summary>Whether a text is the spelling of exactly so many bytes, 64 at most.</summary>
    public static bool Holds(string text, int bytes)
    {
        Span<byte> read = stackalloc byte[MostBytes];
        Span<char> spelt = stackalloc char[4 * ((MostBytes + 2) / 3)];
        return text.Length == 4 * ((bytes + 2) / 3)
            && Convert.TryFromBase64String(text, read, out int length)
            && length == bytes
            && Convert.TryToBase64Chars(read[..length], spelt, out int written)
            && text.AsSpan().SequenceEqual(spelt[..written]);
    }
}
