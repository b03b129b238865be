using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tessrax.Keys;

// What C2SP signed-note ("Format") allows as text and as key names, and the one way to read its base64.
internal static class NoteText
{
    // Refuses what is not UTF-8 or UTF-16 instead of replacing it: a replaced byte would be signed as another.
    internal static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Why this may not be the text of a note, or null if it may.</summary>
    internal static string? Fault(string text)
    {
        if (!text.EndsWith('\n'))
            return "the text does not end in a line feed";
        foreach (char c in text)
        {
            // "MUST NOT contain any ASCII control characters (those below U+0020) other than newline".
            if (c < 0x20 && c != '\n')
                return "the text has a control character";
        }
        return IsWellFormed(text) ? null : "the text holds half of a surrogate pair";
    }

    /// <summary>"Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters."</summary>
    internal static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !IsWellFormed(name))
            return false;
        foreach (char c in name)
        {
            if (c == '+' || c < 0x20 || char.IsWhiteSpace(c))
                return false;
        }
        return true;
    }

    internal static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    /// <summary>Standard base64 (RFC 4648, section 4) that re-encodes identically: no spaces, no stray bits.</summary>
    internal static bool TryBase64(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        bytes = null;
        if (!Convert.TryFromBase64Chars(text, buffer, out int written))
            return false;
        byte[] read = buffer[..written];
        if (!text.SequenceEqual(Convert.ToBase64String(read)))
            return false;
        bytes = read;
        return true;
    }
}
