using System.Globalization;
using System.Text;
using System.Text.Json;
using Tessrax.Canonical;

namespace Tessrax.Tests.Canonical;

/// <summary>Canonical JSON once more, the slow way: the platform's reader, its strings, its sort. What <see cref="Canonicalizer"/> is held against.</summary>
internal static class ReferenceJson
{
    private const int MaxDepth = 64;

    /// <summary>The canonical bytes, or the code with which the text is refused.</summary>
    public static (byte[]? Bytes, ErrorCode? Refused) Canonicalize(ReadOnlySpan<byte> utf8, NumberRule numbers)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 1 << 20 });
        try
        {
            reader.Read();
            var text = new StringBuilder();
            Write(ref reader, numbers, text);
            return reader.Read() ? (null, ErrorCodes.NotJson) : (Encoding.UTF8.GetBytes(text.ToString()), null);
        }
        catch (JsonException)
        {
            return (null, ErrorCodes.NotJson);
        }
        catch (TessraxException e)
        {
            return (null, e.Code);
        }
    }

    private static void Write(ref Utf8JsonReader reader, NumberRule numbers, StringBuilder text)
    {
        if (
            reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
            && reader.CurrentDepth >= MaxDepth
        )
            throw ErrorCodes.TooDeep.Because("too deep");
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                text.Append("null");
                break;
            case JsonTokenType.True:
                text.Append("true");
                break;
            case JsonTokenType.False:
                text.Append("false");
                break;
            case JsonTokenType.Number:
                text.Append(Number(Encoding.ASCII.GetString(reader.ValueSpan), numbers));
                break;
            case JsonTokenType.String:
                WriteString(ReadString(ref reader), text);
                break;
            case JsonTokenType.StartArray:
                text.Append('[');
                for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                {
                    text.Append(i > 0 ? "," : "");
                    Write(ref reader, numbers, text);
                }
                text.Append(']');
                break;
            default:
                WriteObject(ref reader, numbers, text);
                break;
        }
    }

    private static void WriteObject(ref Utf8JsonReader reader, NumberRule numbers, StringBuilder text)
    {
        var members = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ReadString(ref reader);
            reader.Read();
            var value = new StringBuilder();
            Write(ref reader, numbers, value);
            members.Add(new(name, value.ToString()));
        }
        // Ordinal order of C# strings is the order of UTF-16 code units.
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in members)
        {
            if (!sorted.TryAdd(name, value))
                throw ErrorCodes.DuplicateKey.Because("twice");
        }
        text.Append('{');
        string comma = "";
        foreach ((string name, string value) in sorted)
        {
            text.Append(comma);
            WriteString(name, text);
            text.Append(':').Append(value);
            comma = ",";
        }
        text.Append('}');
    }

    private static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ErrorCodes.LoneSurrogate.Because("not Unicode");
        }
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            text.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => @"\\",
                    '\b' => @"\b",
                    '\t' => @"\t",
                    '\n' => @"\n",
                    '\f' => @"\f",
                    '\r' => @"\r",
                    < ' ' => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }
        text.Append('"');
    }

    private static string Number(string written, NumberRule numbers)
    {
        NumberFidelity fidelity = Canonicalize(written, out string canonical);
        bool holds =
            fidelity == NumberFidelity.Exact
            || (fidelity == NumberFidelity.FractionRounded && numbers == NumberRule.Rounding);
        return holds ? canonical : throw ErrorCodes.BadNumber.Because("loses digits");
    }

    private static string Format(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("NaN and infinities have no JSON text", nameof(value));
        if (value == 0)
            return "0";
        // "R" gives the shortest digits that survive the way back; only the layout differs from ECMAScript's.
        Decimal10 number = Decimal10.Read(value.ToString("R", CultureInfo.InvariantCulture));
        return Layout(number);
    }

    private static NumberFidelity Canonicalize(string text, out string canonical)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            canonical = "";
            return NumberFidelity.OutOfRange;
        }
        canonical = Format(value);
        if (Decimal10.Read(text) == Decimal10.Read(canonical))
            return NumberFidelity.Exact;
        bool isInteger = !text.AsSpan().ContainsAny('.', 'e', 'E');
        return isInteger ? NumberFidelity.IntegerLosesDigits : NumberFidelity.FractionRounded;
    }

    // ECMA-262 Number::toString, steps 6 to 10; n is the place of the decimal point, k the number of digits.
    private static string Layout(Decimal10 number)
    {
        string digits = number.Digits;
        string sign = number.IsNegative ? "-" : "";
        int k = digits.Length;
        int n = number.Exponent + k;
        if (k <= n && n <= 21)
            return sign + digits + new string('0', n - k);
        if (n is > 0 and <= 21)
            return sign + digits[..n] + "." + digits[n..];
        if (n is > -6 and <= 0)
            return sign + "0." + new string('0', -n) + digits;
        string exponent = (n - 1 < 0 ? "e-" : "e+") + Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture);
        return sign + (k == 1 ? digits : digits[..1] + "." + digits[1..]) + exponent;
    }

    // A decimal as digits x 10^exponent, without zeros at either end, so that equal values are equal.
    private readonly record struct Decimal10(bool IsNegative, string Digits, int Exponent)
    {
        public static Decimal10 Read(string text)
        {
            ReadOnlySpan<char> rest = text;
            bool negative = rest[0] == '-';
            rest = rest.TrimStart('-');
            int exponent = 0;
            int e = rest.IndexOfAny('e', 'E');
            if (e >= 0)
            {
                // A JSON text may write any exponent; one beyond int is zero or infinity as a double either way.
                ReadOnlySpan<char> written = rest[(e + 1)..];
                if (!int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
                    exponent = written[0] == '-' ? int.MinValue / 2 : int.MaxValue / 2;
                exponent = Math.Clamp(exponent, int.MinValue / 2, int.MaxValue / 2);
                rest = rest[..e];
            }
            int point = rest.IndexOf('.');
            string digits = point < 0 ? rest.ToString() : string.Concat(rest[..point], rest[(point + 1)..]);
            if (point >= 0)
                exponent -= rest.Length - point - 1;
            digits = digits.TrimStart('0');
            string trimmed = digits.TrimEnd('0');
            exponent += digits.Length - trimmed.Length;
            // Zero has no sign and no exponent of its own.
            return trimmed.Length == 0 ? new Decimal10(false, "", 0) : new Decimal10(negative, trimmed, exponent);
        }
    }
}
