using System.Runtime.InteropServices;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>What becomes of numbers that a double cannot hold exactly.</summary>
public enum NumberRule
{
    /// <summary>Refused unless the decimal value survives decimal -> double -> shortest text. The rule of our own formats.</summary>
    Exact,

    /// <summary>Fractions are rounded as RFC 8785 does; integers beyond 2^53 - 1 that would lose digits are still refused (RFC 7493, section 2.2).</summary>
    Rounding,
}

/// <summary>Reads I-JSON (RFC 7493) into values: one JSON text in UTF-8, no duplicate keys, no lone surrogates, no lossy numbers, at most 64 deep.</summary>
/// <remarks>It refuses what <see cref="Canonicalizer"/> refuses, in the same order: both read tokens from <see cref="JsonScanner"/>.</remarks>
internal ref struct JsonParser
{
    private readonly NumberRule numbers;
    private readonly List<JsonValue> items = [];
    private readonly List<string> names = [];
    private JsonScanner scanner;
    private Utf8Buffer? unescaped;

    private JsonParser(ReadOnlySpan<byte> utf8, NumberRule numbers)
    {
        scanner = new JsonScanner(utf8);
        this.numbers = numbers;
    }

    public static JsonValue Parse(ReadOnlySpan<byte> utf8, NumberRule numbers)
    {
        var parser = new JsonParser(utf8, numbers);
        parser.scanner.Read();
        JsonValue value = parser.ReadValue();
        // There must be nothing more.
        parser.scanner.Read();
        return value;
    }

    private JsonValue ReadValue()
    {
        int offset = scanner.Start;
        return scanner.Token switch
        {
            JsonToken.Null => new JsonValue(JsonKind.Null, "", [], [], offset),
            JsonToken.True => new JsonValue(JsonKind.True, "", [], [], offset),
            JsonToken.False => new JsonValue(JsonKind.False, "", [], [], offset),
            JsonToken.Number => new JsonValue(JsonKind.Number, ReadNumber(), [], [], offset),
            JsonToken.String => new JsonValue(JsonKind.String, ReadString(), [], [], offset),
            JsonToken.StartArray => ReadArray(offset),
            _ => ReadObject(offset),
        };
    }

    private JsonValue ReadArray(int offset)
    {
        int first = items.Count;
        while (scanner.Read() && scanner.Token != JsonToken.EndArray)
            items.Add(ReadValue());
        return new JsonValue(JsonKind.Array, "", [], TakeFrom(items, first), offset);
    }

    private JsonValue ReadObject(int offset)
    {
        int firstItem = items.Count;
        int firstName = names.Count;
        bool inOrder = true;
        while (scanner.Read() && scanner.Token != JsonToken.EndObject)
        {
            string name = ReadString();
            inOrder = inOrder && (names.Count == firstName || string.CompareOrdinal(names[^1], name) < 0);
            names.Add(name);
            scanner.Read();
            items.Add(ReadValue());
        }
        string[] taken = TakeFrom(names, firstName);
        JsonValue[] values = TakeFrom(items, firstItem);
        if (!inOrder)
            JsonValue.SortMembers(taken, values);
        return new JsonValue(JsonKind.Object, "", taken, values, offset);
    }

    // Items wait on one stack for all arrays and objects that are open, and leave it when theirs is closed.
    private static T[] TakeFrom<T>(List<T> stack, int first)
    {
        T[] taken = [.. CollectionsMarshal.AsSpan(stack)[first..]];
        CollectionsMarshal.SetCount(stack, first);
        return taken;
    }

    private string ReadString()
    {
        if (!scanner.HasEscapes)
        {
            if (!scanner.IsAscii)
                CanonicalText.RequireUnicode(scanner.Content, scanner.Start);
            return Encoding.UTF8.GetString(scanner.Content);
        }
        unescaped ??= new Utf8Buffer();
        unescaped.Clear();
        CanonicalText.Unescape(scanner.Content, scanner.Start, unescaped);
        return Encoding.UTF8.GetString(unescaped.Written);
    }

    private readonly string ReadNumber()
    {
        Span<byte> room = stackalloc byte[EcmaNumber.MaxLength];
        return Encoding.ASCII.GetString(EcmaNumber.Canonical(scanner.Bytes, numbers, scanner.Start, room));
    }
}
