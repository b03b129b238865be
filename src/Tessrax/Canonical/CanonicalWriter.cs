using System.Buffers;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>Writes the canonical bytes of JSON (RFC 8785): sorted keys, ES6 numbers, shortest escapes, no space.</summary>
public static class CanonicalWriter
{
    private static readonly SearchValues<char> MustEscape = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\f\r\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F"
    );

    /// <summary>The canonical bytes of any I-JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> utf8, NumberRule numbers = NumberRule.Rounding) =>
        JsonParser.Parse(utf8, numbers).ToCanonicalBytes();

    /// <summary>Whether <paramref name="utf8"/> is JSON in canonical form already.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonParser.Parse(utf8, NumberRule.Exact).ToCanonicalBytes().AsSpan().SequenceEqual(utf8);
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    /// <summary>Writes <paramref name="value"/> to <paramref name="output"/>.</summary>
    public static void Write(JsonValue value, IBufferWriter<byte> output)
    {
        switch (value.Kind)
        {
            case JsonKind.Null:
                output.Write("null"u8);
                break;
            case JsonKind.True:
                output.Write("true"u8);
                break;
            case JsonKind.False:
                output.Write("false"u8);
                break;
            case JsonKind.Number:
                Encoding.UTF8.GetBytes(value.AsNumberText(), output);
                break;
            case JsonKind.String:
                WriteString(value.AsString(), output);
                break;
            case JsonKind.Array:
                WriteArray(value, output);
                break;
            default:
                WriteObject(value, output);
                break;
        }
    }

    private static void WriteArray(JsonValue value, IBufferWriter<byte> output)
    {
        output.Write("["u8);
        for (int i = 0; i < value.Items.Length; i++)
        {
            if (i > 0)
                output.Write(","u8);
            Write(value.Items[i], output);
        }
        output.Write("]"u8);
    }

    private static void WriteObject(JsonValue value, IBufferWriter<byte> output)
    {
        output.Write("{"u8);
        for (int i = 0; i < value.Items.Length; i++)
        {
            if (i > 0)
                output.Write(","u8);
            WriteString(value.Names[i], output);
            output.Write(":"u8);
            Write(value.Items[i], output);
        }
        output.Write("}"u8);
    }

    // RFC 8785, section 3.2.2.2: only what JSON requires is escaped, in its two-character form where it has one.
    private static void WriteString(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (true)
        {
            int plain = text.IndexOfAny(MustEscape);
            Encoding.UTF8.GetBytes(plain < 0 ? text : text[..plain], output);
            if (plain < 0)
                break;
            WriteEscape(text[plain], output);
            text = text[(plain + 1)..];
        }
        output.Write("\""u8);
    }

    private static void WriteEscape(char c, IBufferWriter<byte> output)
    {
        switch (c)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\b':
                output.Write("\\b"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\f':
                output.Write("\\f"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            default:
                Encoding.ASCII.GetBytes($"\\u{(int)c:x4}", output);
                break;
        }
    }
}
