using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Hashing;

namespace Tessrax.Canonical;

/// <summary>A payload that nothing can change any more: a deep copy in canonical form, with the digest of exactly those bytes.</summary>
/// <remarks>Whatever the caller later does to the object it was made from, content and digest stay what they were.</remarks>
public sealed class FrozenPayload : IEquatable<FrozenPayload>
{
    private readonly byte[] canonical;

    private FrozenPayload(JsonValue root)
    {
        Root = root;
        canonical = root.ToCanonicalBytes();
        Digest = HashEngine.Sha256.Hash(canonical);
    }

    /// <summary>The content.</summary>
    public JsonValue Root { get; }

    /// <summary>The canonical bytes.</summary>
    public ReadOnlySpan<byte> Bytes => canonical;

    /// <summary>SHA-256 of the canonical bytes.</summary>
    public Digest Digest { get; }

    /// <summary>Freezes a JSON text.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1005: not I-JSON, or numbers that would lose digits.</exception>
    public static FrozenPayload Parse(ReadOnlySpan<byte> utf8) => new(JsonParser.Parse(utf8, NumberRule.Exact));

    /// <summary>Freezes a value.</summary>
    public static FrozenPayload From(JsonValue value) => new(value);

    /// <summary>Freezes a graph of dictionaries with string keys, lists, strings, numbers, booleans, times, digests and JSON nodes.</summary>
    /// <exception cref="TessraxException">TSX1009: something else is in the graph; TSX1003: a number that JSON cannot hold; TSX1005: too deep, or a cycle.</exception>
    public static FrozenPayload FromGraph(object? graph) => new(Copy(graph, 0));

    public bool Equals(FrozenPayload? other) => other is not null && Digest == other.Digest;

    public override bool Equals(object? obj) => Equals(obj as FrozenPayload);

    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>The canonical text.</summary>
    public override string ToString() => Root.ToString();

    private static JsonValue Copy(object? node, int depth)
    {
        if (depth > JsonValue.MaxDepth)
            throw ErrorCodes.TooDeep.Because(
                $"the graph is nested deeper than {JsonValue.MaxDepth} levels, or refers to itself"
            );
        return node switch
        {
            null => JsonValue.Null,
            JsonValue value => value,
            FrozenPayload frozen => frozen.Root,
            string text => JsonValue.String(text),
            bool flag => flag,
            double or float or decimal or byte or sbyte or short or ushort or int or uint or long or ulong =>
                CopyNumber((IFormattable)node),
            UtcTime time => JsonValue.String(time.ToString()),
            DateTimeOffset time => JsonValue.String(UtcTime.From(time).ToString()),
            Digest digest => JsonValue.String(digest.ToString()),
            JsonElement element => JsonValue.Parse(Encoding.UTF8.GetBytes(element.GetRawText())),
            JsonNode json => JsonValue.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())),
            IDictionary map => CopyMap(map, depth),
            IEnumerable list => CopyList(list, depth),
            _ => throw ErrorCodes.BadValue.Because(
                $"a {node.GetType().Name} cannot be frozen",
                "use dictionaries, lists and scalars, or give JSON"
            ),
        };
    }

    private static JsonValue CopyNumber(IFormattable number)
    {
        if (number is double or float)
            return JsonValue.Number(Convert.ToDouble(number, CultureInfo.InvariantCulture));
        return JsonValue.Parse(Encoding.ASCII.GetBytes(number.ToString(null, CultureInfo.InvariantCulture)));
    }

    private static JsonValue CopyMap(IDictionary map, int depth)
    {
        var members = new List<(string, JsonValue)>(map.Count);
        foreach (DictionaryEntry entry in map)
        {
            if (entry.Key is not string name)
                throw ErrorCodes.BadValue.Because("a dictionary in the graph has keys that are not strings");
            JsonValue.RefuseLoneSurrogates(name, -1);
            members.Add((name, Copy(entry.Value, depth + 1)));
        }
        return JsonValue.FromMembers(members, -1);
    }

    private static JsonValue CopyList(IEnumerable list, int depth)
    {
        var items = new List<JsonValue>();
        foreach (object? item in list)
            items.Add(Copy(item, depth + 1));
        return JsonValue.Of(items);
    }
}
