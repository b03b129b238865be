using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Tessrax.Canonical;

/// <summary>The strings of canonical JSON: from the text that is read to plain UTF-8, from there to the shortest escapes, and their order.</summary>
internal static class CanonicalText
{
    // RFC 8785, section 3.2.2.2: these are escaped, in their two-character form where they have one, and nothing else.
    private const string Controls =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F";

    private static readonly SearchValues<char> EscapedCharacters = SearchValues.Create(Controls + "\"\\");
    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(
        Encoding.ASCII.GetBytes(Controls + "\"\\")
    );

    /// <summary>Writes a string, quotes and all.</summary>
    /// <param name="text">Valid UTF-8, nothing escaped.</param>
    /// <param name="output">Where to.</param>
    public static void Write(ReadOnlySpan<byte> text, Utf8Buffer output)
    {
        output.Append((byte)'"');
        int plain;
        while ((plain = text.IndexOfAny(EscapedBytes)) >= 0)
        {
            output.Append(text[..plain]);
            WriteEscape(text[plain], output);
            text = text[(plain + 1)..];
        }
        output.Append(text);
        output.Append((byte)'"');
    }

    /// <summary>Writes a string, quotes and all.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="TessraxException">TSX1004: half of a surrogate pair.</exception>
    public static void Write(ReadOnlySpan<char> text, Utf8Buffer output)
    {
        output.Append((byte)'"');
        int plain;
        while ((plain = text.IndexOfAny(EscapedCharacters)) >= 0)
        {
            output.AppendText(text[..plain]);
            WriteEscape((byte)text[plain], output);
            text = text[(plain + 1)..];
        }
        output.AppendText(text);
        output.Append((byte)'"');
    }

    /// <summary>Refuses what is not UTF-8.</summary>
    /// <param name="content">What stands between the quotes.</param>
    /// <param name="offset">Where the string begins in the text, for the error.</param>
    /// <exception cref="TessraxException">TSX1004.</exception>
    public static void RequireUnicode(ReadOnlySpan<byte> content, int offset)
    {
        if (!Utf8.IsValid(content))
            throw NotUnicode(offset);
    }

    /// <summary>Appends the UTF-8 that a string with escapes stands for.</summary>
    /// <param name="content">What stands between the quotes, in the grammar of JSON.</param>
    /// <param name="offset">Where the string begins in the text, for the error.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="TessraxException">TSX1004: invalid UTF-8, or half of a surrogate pair.</exception>
    public static void Unescape(ReadOnlySpan<byte> content, int offset, Utf8Buffer output)
    {
        RequireUnicode(content, offset);
        int backslash;
        while ((backslash = content.IndexOf((byte)'\\')) >= 0)
        {
            output.Append(content[..backslash]);
            content = content[backslash..];
            int length = content[1] == 'u' ? UnescapeUnits(content, offset, output) : 2;
            if (length == 2)
                output.Append(Unescaped(content[1]));
            content = content[length..];
        }
        output.Append(content);
    }

    /// <summary>The order of two names by UTF-16 code units (RFC 8785, section 3.2.3).</summary>
    /// <param name="left">A canonical name without its quotes.</param>
    /// <param name="right">Another.</param>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length - right.Length;
        (byte a, byte b) = (left[same], right[same]);
        // The difference may lie within an escape, whose own bytes say nothing about the order.
        if (a == '\\' || b == '\\' || (same > 0 && left[..same].Contains((byte)'\\')))
            return CompareEscaped(left, right);
        // UTF-8 has the order of code points. UTF-16 differs where a pair of surrogates, D800 to DFFF, meets E000 to FFFF.
        if (a >= 0xEE && b >= 0xEE && a >= 0xF0 != b >= 0xF0)
            return b - a;
        return a - b;
    }

    // Only ASCII is ever escaped, so the first difference between what two names stand for is found byte by byte.
    private static int CompareEscaped(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int a = TakeByte(ref left);
            int b = TakeByte(ref right);
            if (a != b)
                return a >= 0xEE && b >= 0xEE && a >= 0xF0 != b >= 0xF0 ? b - a : a - b;
        }
        return left.Length - right.Length;
    }

    private static int TakeByte(ref ReadOnlySpan<byte> name)
    {
        int length = 1;
        int value = name[0];
        if (value == '\\')
        {
            length = name[1] == 'u' ? 6 : 2;
            value = length == 6 ? UnitAt(name) : Unescaped(name[1]);
        }
        name = name[length..];
        return value;
    }

    private static void WriteEscape(byte c, Utf8Buffer output)
    {
        byte letter = c switch
        {
            (byte)'"' or (byte)'\\' => c,
            (byte)'\b' => (byte)'b',
            (byte)'\t' => (byte)'t',
            (byte)'\n' => (byte)'n',
            (byte)'\f' => (byte)'f',
            (byte)'\r' => (byte)'r',
            _ => (byte)'u',
        };
        output.Append((byte)'\\');
        output.Append(letter);
        if (letter != 'u')
            return;
        output.Append("00"u8);
        output.Append((byte)('0' + (c >> 4)));
        output.Append("0123456789abcdef"u8[c & 15]);
    }

    private static byte Unescaped(byte letter) =>
        letter switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'t' => (byte)'\t',
            (byte)'n' => (byte)'\n',
            (byte)'f' => (byte)'\f',
            (byte)'r' => (byte)'\r',
            _ => letter,
        };

    // One \uXXXX, or two that are a pair; gives their length.
    private static int UnescapeUnits(ReadOnlySpan<byte> escape, int offset, Utf8Buffer output)
    {
        int length = 6;
        int unit = UnitAt(escape);
        if (char.IsSurrogate((char)unit))
        {
            bool isPair = escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u';
            int second = isPair ? UnitAt(escape[6..]) : 0;
            if (!char.IsSurrogatePair((char)unit, (char)second))
                throw NotUnicode(offset);
            unit = char.ConvertToUtf32((char)unit, (char)second);
            length = 12;
        }
        output.Advance(new Rune(unit).EncodeToUtf8(output.Room(4)));
        return length;
    }

    private static int UnitAt(ReadOnlySpan<byte> escape)
    {
        int unit = 0;
        foreach (byte digit in escape[2..6])
            unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return unit;
    }

    private static TessraxException NotUnicode(int offset) =>
        new(ErrorCodes.LoneSurrogate, "a string is not valid Unicode") { Offset = offset };
}
