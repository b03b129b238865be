namespace Tessrax.Canonical;

/// <summary>Lowercase hex digits as bytes of ASCII, of at most <see cref="MaxBytes"/> bytes.</summary>
/// <remarks>.NET 9 knows such digits as characters only: there they take a way through those.</remarks>
internal static class HexDigits
{
    /// <summary>The most bytes that are written or read at once: those of a digest.</summary>
    public const int MaxBytes = 32;

    /// <summary>Writes <paramref name="bytes"/> to <paramref name="digits"/>, which is twice as long.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
#if NET10_0_OR_GREATER
        Convert.TryToHexStringLower(bytes, digits, out _);
#else
        Span<char> text = stackalloc char[2 * MaxBytes];
        Convert.TryToHexStringLower(bytes, text, out int written);
        System.Text.Ascii.FromUtf16(text[..written], digits, out _);
#endif
    }

    /// <summary>Reads digits, of upper case too; false if something else is among them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> digits, Span<byte> bytes)
    {
#if NET10_0_OR_GREATER
        return Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
#else
        Span<char> text = stackalloc char[2 * MaxBytes];
        return System.Text.Ascii.ToUtf16(digits, text, out int length) == System.Buffers.OperationStatus.Done
            && Convert.FromHexString(text[..length], bytes, out _, out _) == System.Buffers.OperationStatus.Done;
#endif
    }
}
