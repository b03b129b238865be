using System.Buffers;

namespace Tessrax.Canonical;

/// <summary>Writes the canonical bytes of JSON (RFC 8785): sorted keys, ES6 numbers, shortest escapes, no space.</summary>
public static class CanonicalWriter
{
    /// <summary>The canonical bytes of any I-JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> utf8, NumberRule numbers = NumberRule.Rounding)
    {
        Canonicalizer canonicalizer = Canonicalizer.Rent();
        try
        {
            return canonicalizer.Canonicalize(utf8, numbers).ToArray();
        }
        finally
        {
            Canonicalizer.Return(canonicalizer);
        }
    }

    /// <summary>Whether <paramref name="utf8"/> is JSON in canonical form already.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return IsCanonicalOrRefused(utf8);
        }
        catch (TessraxException)
        {
            return false;
        }
    }

    /// <summary>Writes <paramref name="value"/> to <paramref name="output"/>.</summary>
    public static void Write(JsonValue value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(value.ToCanonicalBytes());
    }

    /// <summary>Whether <paramref name="utf8"/> is in canonical form already; what has none is refused.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON, or numbers that would lose digits.</exception>
    internal static bool IsCanonicalOrRefused(ReadOnlySpan<byte> utf8)
    {
        Canonicalizer canonicalizer = Canonicalizer.Rent();
        try
        {
            return canonicalizer.IsCanonical(utf8);
        }
        finally
        {
            Canonicalizer.Return(canonicalizer);
        }
    }

    /// <summary>Whether <paramref name="utf8"/> is in canonical form already, where it stands within <paramref name="depth"/> objects and arrays.</summary>
    /// <returns>False for what has no canonical form, never an exception.</returns>
    internal static bool IsCanonicalWithin(ReadOnlySpan<byte> utf8, int depth)
    {
        Canonicalizer canonicalizer = Canonicalizer.Rent();
        try
        {
            return canonicalizer.IsCanonical(utf8, depth);
        }
        catch (TessraxException)
        {
            return false;
        }
        finally
        {
            Canonicalizer.Return(canonicalizer);
        }
    }

    internal static void Write(JsonValue value, Utf8Buffer output)
    {
        switch (value.Kind)
        {
            case JsonKind.Null:
                output.Append("null"u8);
                break;
            case JsonKind.True:
                output.Append("true"u8);
                break;
            case JsonKind.False:
                output.Append("false"u8);
                break;
            case JsonKind.Number:
                output.AppendText(value.AsNumberText());
                break;
            case JsonKind.String:
                CanonicalText.Write(value.AsString(), output);
                break;
            case JsonKind.Array:
                WriteArray(value, output);
                break;
            default:
                WriteObject(value, output);
                break;
        }
    }

    private static void WriteArray(JsonValue value, Utf8Buffer output)
    {
        output.Append((byte)'[');
        for (int i = 0; i < value.Items.Length; i++)
        {
            if (i > 0)
                output.Append((byte)',');
            Write(value.Items[i], output);
        }
        output.Append((byte)']');
    }

    private static void WriteObject(JsonValue value, Utf8Buffer output)
    {
        output.Append((byte)'{');
        for (int i = 0; i < value.Items.Length; i++)
        {
            if (i > 0)
                output.Append((byte)',');
            CanonicalText.Write(value.Names[i], output);
            output.Append((byte)':');
            Write(value.Items[i], output);
        }
        output.Append((byte)'}');
    }
}
