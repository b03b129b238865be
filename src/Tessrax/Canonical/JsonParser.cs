using System.Text;
using System.Text.Json;

namespace Tessrax.Canonical;

/// <summary>What becomes of numbers that a double cannot hold exactly.</summary>
public enum NumberRule
{
    /// <summary>Refused unless the decimal value survives decimal -> double -> shortest text. The rule of our own formats.</summary>
    Exact,

    /// <summary>Fractions are rounded as RFC 8785 does; integers beyond 2^53 - 1 that would lose digits are still refused (RFC 7493, section 2.2).</summary>
    Rounding,
}

/// <summary>Reads I-JSON (RFC 7493): one JSON text in UTF-8, no duplicate keys, no lone surrogates, no lossy numbers, at most 64 deep.</summary>
/// <remarks>The grammar is read by <see cref="Utf8JsonReader"/>; what it allows and we do not is refused here.</remarks>
internal static class JsonParser
{
    private const string Utf8Hint = "the text must be UTF-8 without a byte order mark";

    public static JsonValue Parse(ReadOnlySpan<byte> utf8, NumberRule numbers)
    {
        // The reader's own limit is set out of the way, so that depth gets an error of its own.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 1 << 20 });
        try
        {
            reader.Read();
            JsonValue value = ReadValue(ref reader, numbers);
            if (reader.Read())
                throw Fault(ErrorCodes.NotJson, "there is more than one JSON text", reader.TokenStartIndex);
            return value;
        }
        catch (JsonException e)
        {
            string where = $"line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
            string? hint = utf8.StartsWith("\uFEFF"u8) ? Utf8Hint : null;
            throw new TessraxException(ErrorCodes.NotJson, $"not JSON at {where}", hint, e)
            {
                Offset = reader.BytesConsumed,
            };
        }
    }

    private static JsonValue ReadValue(ref Utf8JsonReader reader, NumberRule numbers)
    {
        if (
            reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
            && reader.CurrentDepth >= JsonValue.MaxDepth
        )
            throw Fault(ErrorCodes.TooDeep, $"nested deeper than {JsonValue.MaxDepth} levels", reader.TokenStartIndex);
        long offset = reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.Null => new JsonValue(JsonKind.Null, "", [], [], offset),
            JsonTokenType.True => new JsonValue(JsonKind.True, "", [], [], offset),
            JsonTokenType.False => new JsonValue(JsonKind.False, "", [], [], offset),
            JsonTokenType.Number => new JsonValue(JsonKind.Number, ReadNumber(ref reader, numbers), [], [], offset),
            JsonTokenType.String => new JsonValue(JsonKind.String, ReadString(ref reader), [], [], offset),
            JsonTokenType.StartArray => ReadArray(ref reader, numbers, offset),
            _ => ReadObject(ref reader, numbers, offset),
        };
    }

    private static JsonValue ReadArray(ref Utf8JsonReader reader, NumberRule numbers, long offset)
    {
        var items = new List<JsonValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader, numbers));
        return new JsonValue(JsonKind.Array, "", [], [.. items], offset);
    }

    private static JsonValue ReadObject(ref Utf8JsonReader reader, NumberRule numbers, long offset)
    {
        var members = new List<(string, JsonValue)>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ReadString(ref reader);
            reader.Read();
            members.Add((name, ReadValue(ref reader, numbers)));
        }
        return JsonValue.FromMembers(members, offset);
    }

    private static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // How the reader reports invalid UTF-8 and escapes that are half of a surrogate pair.
            throw Fault(ErrorCodes.LoneSurrogate, "a string is not valid Unicode", reader.TokenStartIndex);
        }
    }

    private static string ReadNumber(ref Utf8JsonReader reader, NumberRule numbers)
    {
        string written = Encoding.ASCII.GetString(reader.ValueSpan);
        NumberFidelity fidelity = EcmaNumber.Canonicalize(written, out string canonical);
        if (
            fidelity == NumberFidelity.Exact
            || (fidelity == NumberFidelity.FractionRounded && numbers == NumberRule.Rounding)
        )
            return canonical;
        string shown = written.Length <= 40 ? written : written[..37] + "...";
        string why =
            fidelity == NumberFidelity.OutOfRange ? "is beyond the range of a double" : $"would become {canonical}";
        throw Fault(ErrorCodes.BadNumber, $"the number {shown} {why}", reader.TokenStartIndex);
    }

    private static TessraxException Fault(ErrorCode code, string message, long offset) =>
        new(code, message) { Offset = offset };
}
