using System.Globalization;
using System.Text;

namespace Tessrax.Canonical;

/// <summary>The kinds of JSON values (RFC 8259, section 3).</summary>
public enum JsonKind
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}

/// <summary>A JSON value that cannot change: numbers as their canonical text, members sorted as RFC 8785 sorts them.</summary>
/// <remarks>Two values are equal if and only if their canonical bytes are. Depth is at most 64.</remarks>
public sealed class JsonValue : IEquatable<JsonValue>
{
    /// <summary>The deepest nesting that is read or built.</summary>
    public const int MaxDepth = 64;

    public static readonly JsonValue Null = new(JsonKind.Null, "", [], []);
    public static readonly JsonValue True = new(JsonKind.True, "", [], []);
    public static readonly JsonValue False = new(JsonKind.False, "", [], []);
    public static readonly JsonValue EmptyObject = new(JsonKind.Object, "", [], []);
    public static readonly JsonValue EmptyArray = new(JsonKind.Array, "", [], []);

    private readonly string text;
    private readonly string[] names;
    private readonly JsonValue[] items;

    internal JsonValue(JsonKind kind, string text, string[] names, JsonValue[] items, long offset = -1)
    {
        Kind = kind;
        this.text = text;
        this.names = names;
        this.items = items;
        Offset = offset;
        foreach (JsonValue item in items)
            Depth = Math.Max(Depth, item.Depth);
        if (kind is JsonKind.Array or JsonKind.Object && ++Depth > MaxDepth)
            throw ErrorCodes.TooDeep.Because($"nested deeper than {MaxDepth} levels");
    }

    public JsonKind Kind { get; }

    /// <summary>Where it began in the text it was read from, in bytes; -1 if it was built.</summary>
    public long Offset { get; }

    /// <summary>The items of an array, or the values of an object in the order of <see cref="Names"/>.</summary>
    public ReadOnlySpan<JsonValue> Items => items;

    /// <summary>The member names of an object, sorted by UTF-16 code units.</summary>
    public ReadOnlySpan<string> Names => names;

    /// <summary>Levels of arrays and objects, this one included; 0 for a scalar.</summary>
    internal int Depth { get; }

    /// <summary>The member of that name, or null.</summary>
    public JsonValue? this[string name]
    {
        get
        {
            int at = IndexOf(name);
            return at < 0 ? null : items[at];
        }
    }

    public static implicit operator JsonValue(string value) => String(value);

    public static implicit operator JsonValue(bool value) => value ? True : False;

    public static implicit operator JsonValue(long value) => Number(value);

    /// <summary>A string. Lone surrogates are refused.</summary>
    public static JsonValue String(string value)
    {
        RefuseLoneSurrogates(value, -1);
        return new JsonValue(JsonKind.String, value, [], []);
    }

    /// <summary>A number. NaN and infinities are refused.</summary>
    public static JsonValue Number(double value) =>
        double.IsFinite(value)
            ? new JsonValue(JsonKind.Number, EcmaNumber.Format(value), [], [])
            : throw ErrorCodes.BadNumber.Because("NaN and infinities have no JSON text");

    /// <summary>An integer within +-(2^53 - 1).</summary>
    public static JsonValue Number(long value) =>
        value is >= -9007199254740991 and <= 9007199254740991
            ? new JsonValue(JsonKind.Number, value.ToString(CultureInfo.InvariantCulture), [], [])
            : throw ErrorCodes.BadNumber.Because($"{value} is beyond 2^53 - 1 and would lose digits");

    /// <summary>An array of a copy of <paramref name="values"/>.</summary>
    public static JsonValue Of(params IEnumerable<JsonValue> values) => new(JsonKind.Array, "", [], [.. values]);

    /// <summary>An object. A member whose value is null in C# is left out; use <see cref="Null"/> for JSON's.</summary>
    /// <exception cref="TessraxException">TSX1002: a name appears twice.</exception>
    public static JsonValue Object(params ReadOnlySpan<(string Name, JsonValue? Value)> members)
    {
        var kept = new List<(string Name, JsonValue Value)>(members.Length);
        foreach ((string name, JsonValue? value) in members)
        {
            RefuseLoneSurrogates(name, -1);
            if (value is not null)
                kept.Add((name, value));
        }
        return FromMembers(kept, -1);
    }

    /// <summary>Reads one JSON text. See <see cref="JsonParser"/>.</summary>
    public static JsonValue Parse(ReadOnlySpan<byte> utf8, NumberRule numbers = NumberRule.Exact) =>
        JsonParser.Parse(utf8, numbers);

    /// <summary>A copy of an object with one member added or replaced.</summary>
    /// <exception cref="InvalidOperationException">Not an object.</exception>
    public JsonValue With(string name, JsonValue value)
    {
        RefuseLoneSurrogates(name, -1);
        List<(string, JsonValue)> members = MembersBut(name);
        members.Add((name, value));
        return FromMembers(members, Offset);
    }

    /// <summary>A copy of an object without one member.</summary>
    /// <exception cref="InvalidOperationException">Not an object.</exception>
    public JsonValue Without(string name) => FromMembers(MembersBut(name), Offset);

    /// <summary>The characters of a string.</summary>
    /// <exception cref="InvalidOperationException">Not a string.</exception>
    public string AsString() =>
        Kind == JsonKind.String ? text : throw new InvalidOperationException($"a {Kind} is not a string");

    /// <summary>The canonical text of a number.</summary>
    /// <exception cref="InvalidOperationException">Not a number.</exception>
    public string AsNumberText() =>
        Kind == JsonKind.Number ? text : throw new InvalidOperationException($"a {Kind} is not a number");

    /// <summary>The canonical bytes (RFC 8785).</summary>
    public byte[] ToCanonicalBytes()
    {
        Utf8Buffer buffer = Utf8Buffer.Rent();
        CanonicalWriter.Write(this, buffer);
        byte[] bytes = buffer.Written.ToArray();
        Utf8Buffer.Return(buffer);
        return bytes;
    }

    /// <summary>The canonical text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(ToCanonicalBytes());

    public bool Equals(JsonValue? other) =>
        ReferenceEquals(this, other)
        || (
            other is not null
            && Kind == other.Kind
            && text == other.text
            && names.AsSpan().SequenceEqual(other.names)
            && items.AsSpan().SequenceEqual(other.items)
        );

    public override bool Equals(object? obj) => Equals(obj as JsonValue);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Kind);
        hash.Add(text, StringComparer.Ordinal);
        foreach (string name in names)
            hash.Add(name, StringComparer.Ordinal);
        foreach (JsonValue item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>Where the member of that name stands, or below 0.</summary>
    internal int IndexOf(string name) => names.AsSpan().BinarySearch(name, StringComparer.Ordinal);

    internal static JsonValue FromMembers(List<(string Name, JsonValue Value)> members, long offset)
    {
        var names = new string[members.Count];
        var items = new JsonValue[members.Count];
        for (int i = 0; i < names.Length; i++)
            (names[i], items[i]) = members[i];
        SortMembers(names, items);
        return new JsonValue(JsonKind.Object, "", names, items, offset);
    }

    /// <summary>Sorts names, each with its item, and refuses a name that appears twice.</summary>
    internal static void SortMembers(string[] names, JsonValue[] items)
    {
        // RFC 8785, section 3.2.3: sorted by UTF-16 code units, which is what ordinal comparison of C# strings is.
        Array.Sort(names, items, StringComparer.Ordinal);
        for (int i = 1; i < names.Length; i++)
        {
            if (names[i] == names[i - 1])
                throw new TessraxException(ErrorCodes.DuplicateKey, $"the key '{names[i]}' appears twice")
                {
                    Offset = Math.Max(items[i].Offset, items[i - 1].Offset),
                };
        }
    }

    internal static void RefuseLoneSurrogates(string value, long offset)
    {
        int first = value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        for (int i = first; i >= 0 && i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                throw new TessraxException(ErrorCodes.LoneSurrogate, "a string holds half of a surrogate pair")
                {
                    Offset = offset,
                };
            i++;
        }
    }

    private List<(string Name, JsonValue Value)> MembersBut(string name)
    {
        if (Kind != JsonKind.Object)
            throw new InvalidOperationException($"a {Kind} has no members");
        var members = new List<(string, JsonValue)>(names.Length + 1);
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] != name)
                members.Add((names[i], items[i]));
        }
        return members;
    }
}
