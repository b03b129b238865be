using System.Globalization;
using Tessrax.Hashing;

namespace Tessrax.Canonical;

/// <summary>Takes the members of a JSON object one by one, each of the expected form, and refuses what nobody took.</summary>
/// <remarks>How every record of ours is read. Errors name the member by its path and, where known, its place in the text.</remarks>
/// <example><code>
/// var reader = new ObjectReader(value, "$.source");
/// string name = reader.String("name");
/// reader.End();
/// </code></example>
public sealed class ObjectReader
{
    private readonly JsonValue value;

    // One bit for each of the first 64 members; a record of ours has no more, so the set is for strangers' objects.
    private ulong taken;
    private HashSet<int>? takenBeyond;

    /// <param name="value">What should be an object.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <exception cref="TessraxException">TSX1009: not an object.</exception>
    public ObjectReader(JsonValue value, string path = "$")
    {
        this.value = value;
        Path = path;
        if (value.Kind != JsonKind.Object)
            throw Fault(ErrorCodes.BadValue, path, value, "must be an object");
    }

    /// <summary>The path of this object, for errors.</summary>
    public string Path { get; }

    /// <summary>An error about a member of this object.</summary>
    public TessraxException Fault(string name, string what) =>
        Fault(ErrorCodes.BadValue, $"{Path}.{name}", value[name] ?? value, what);

    /// <summary>The member, whatever it is, or null.</summary>
    public JsonValue? Optional(string name)
    {
        int at = value.IndexOf(name);
        if (at < 0)
            return null;
        if (at < 64)
            taken |= 1UL << at;
        else
            (takenBeyond ??= []).Add(at);
        return value.Items[at];
    }

    /// <summary>The member, whatever it is.</summary>
    public JsonValue Required(string name) =>
        Optional(name) ?? throw Fault(ErrorCodes.MissingMember, Path, value, $"lacks the member '{name}'");

    /// <summary>A string of 1 to <paramref name="max"/> characters.</summary>
    public string String(string name, int max = 1024) => AsString(name, Required(name), max);

    /// <summary>A string, or null if the member is absent.</summary>
    public string? OptionalString(string name, int max = 1024) =>
        Optional(name) is { } v ? AsString(name, v, max) : null;

    /// <summary>One of <paramref name="allowed"/>.</summary>
    public string OneOf(string name, params ReadOnlySpan<string> allowed)
    {
        string text = String(name);
        return allowed.Contains(text)
            ? text
            : throw Fault(name, $"is '{text}', must be one of: {string.Join(", ", allowed)}");
    }

    /// <summary>An integer from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public long Integer(string name, long min = 0, long max = 9007199254740991)
    {
        JsonValue v = Required(name);
        bool whole =
            v.Kind == JsonKind.Number
            && long.TryParse(v.AsNumberText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n)
            && n >= min
            && n <= max;
        return whole
            ? long.Parse(v.AsNumberText(), CultureInfo.InvariantCulture)
            : throw Fault(name, $"must be an integer from {min} to {max}");
    }

    /// <summary>True or false; absent is <paramref name="absent"/>.</summary>
    public bool Boolean(string name, bool absent = false) =>
        Optional(name) switch
        {
            null => absent,
            { Kind: JsonKind.True } => true,
            { Kind: JsonKind.False } => false,
            _ => throw Fault(name, "must be true or false"),
        };

    /// <summary>A digest, <c>sha256:…</c>.</summary>
    public Digest Digest(string name)
    {
        string text = String(name);
        return Hashing.Digest.TryParse(text, out Digest digest)
            ? digest
            : throw Fault(name, "must be sha256: and 64 lowercase hex digits");
    }

    /// <summary>A digest, or null if the member is absent or null.</summary>
    public Digest? OptionalDigest(string name) =>
        Optional(name) is null or { Kind: JsonKind.Null } ? null : Digest(name);

    /// <summary>A time in the one form.</summary>
    public UtcTime Time(string name)
    {
        JsonValue v = Required(name);
        if (v.Kind == JsonKind.String && UtcTime.TryParse(v.AsString(), out UtcTime time))
            return time;
        throw Fault(ErrorCodes.BadTime, $"{Path}.{name}", v, "must be a time like 2026-01-31T12:00:00.000000Z");
    }

    /// <summary>Bytes in base64 that re-encode identically.</summary>
    /// <param name="name">The member.</param>
    /// <param name="length">How many bytes there must be; -1 for any number.</param>
    public byte[] Base64(string name, int length = -1)
    {
        string text = String(name, int.MaxValue);
        var bytes = new byte[text.Length];
        if (
            !Convert.TryFromBase64String(text, bytes, out int written)
            || Convert.ToBase64String(bytes, 0, written) != text
        )
            throw Fault(name, "must be base64 with padding");
        if (length >= 0 && written != length)
            throw Fault(name, $"must be {length} bytes in base64");
        return bytes[..written];
    }

    /// <summary>The items of an array, each with its path.</summary>
    public List<(JsonValue Value, string Path)> Array(string name, int max = int.MaxValue) =>
        Items(name, Required(name), max);

    /// <summary>The items of an array; empty if the member is absent.</summary>
    public List<(JsonValue Value, string Path)> OptionalArray(string name, int max = int.MaxValue) =>
        Optional(name) is { } v ? Items(name, v, max) : [];

    /// <summary>An object within this one.</summary>
    public ObjectReader Object(string name) => new(Required(name), $"{Path}.{name}");

    /// <summary>An object within this one, or null if the member is absent or null.</summary>
    public ObjectReader? OptionalObject(string name) =>
        Optional(name) is { Kind: not JsonKind.Null } v ? new ObjectReader(v, $"{Path}.{name}") : null;

    /// <summary>Refuses members that were not asked for.</summary>
    /// <exception cref="TessraxException">TSX1007.</exception>
    public void End()
    {
        for (int i = 0; i < value.Names.Length; i++)
        {
            if (i < 64 ? (taken >> i & 1) == 0 : takenBeyond?.Contains(i) != true)
                throw Fault(
                    ErrorCodes.UnknownMember,
                    Path,
                    value.Items[i],
                    $"has an unknown member '{value.Names[i]}'"
                );
        }
    }

    private static TessraxException Fault(ErrorCode code, string path, JsonValue at, string what) =>
        new(code, $"{path} {what}") { Path = path, Offset = at.Offset };

    private string AsString(string name, JsonValue v, int max)
    {
        if (v.Kind != JsonKind.String)
            throw Fault(name, "must be a string");
        string text = v.AsString();
        return text.Length >= 1 && text.Length <= max
            ? text
            : throw Fault(name, text.Length == 0 ? "must not be empty" : $"must have at most {max} characters");
    }

    private List<(JsonValue, string)> Items(string name, JsonValue v, int max)
    {
        if (v.Kind != JsonKind.Array)
            throw Fault(name, "must be an array");
        if (v.Items.Length > max)
            throw Fault(name, $"must have at most {max} items");
        var items = new List<(JsonValue, string)>(v.Items.Length);
        for (int i = 0; i < v.Items.Length; i++)
            items.Add((v.Items[i], $"{Path}.{name}[{i}]"));
        return items;
    }
}
