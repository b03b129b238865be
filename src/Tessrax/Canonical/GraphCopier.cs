using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Hashing;
using NodeValue = System.Text.Json.Nodes.JsonValue;

namespace Tessrax.Canonical;

/// <summary>Copies a graph of mutable objects, all the way down. See <see cref="FrozenPayload.FromGraph"/>.</summary>
internal static class GraphCopier
{
    public static JsonValue Copy(object? node, int depth = 0)
    {
        // A cycle gets here too: its first turn alone is deeper than any JSON we read.
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
            // The bytes as they were read, so that what a string decoder would mend is still there to be refused.
            JsonElement { ValueKind: not JsonValueKind.Undefined } element => JsonValue.Parse(
                JsonMarshal.GetRawUtf8Value(element)
            ),
            JsonObject map => CopyNodes(map, depth),
            NodeValue value => CopyNodeValue(value),
            IDictionary map => CopyMap(map, depth),
            IEnumerable<KeyValuePair<string, object?>> map => CopyMembers(map, depth),
            IEnumerable list => CopyList(list, depth),
            _ => throw NotData(node),
        };
    }

    private static JsonValue CopyNumber(IFormattable number)
    {
        if (number is double or float)
            return JsonValue.Number(Convert.ToDouble(number, CultureInfo.InvariantCulture));
        return JsonValue.Parse(Encoding.ASCII.GetBytes(number.ToString(null, CultureInfo.InvariantCulture)));
    }

    private static JsonValue CopyList(IEnumerable list, int depth)
    {
        var items = new List<JsonValue>();
        foreach (object? item in list)
            items.Add(Copy(item, depth + 1));
        return JsonValue.Of(items);
    }

    private static JsonValue CopyMap(IDictionary map, int depth)
    {
        var members = new List<KeyValuePair<string, object?>>(map.Count);
        foreach (DictionaryEntry entry in map)
        {
            if (entry.Key is not string name)
                throw ErrorCodes.BadValue.Because("a dictionary in the graph has keys that are not strings");
            members.Add(new(name, entry.Value));
        }
        return CopyMembers(members, depth);
    }

    private static JsonValue CopyMembers(IEnumerable<KeyValuePair<string, object?>> map, int depth)
    {
        var members = new List<(string, JsonValue)>();
        foreach ((string name, object? value) in map)
        {
            JsonValue.RefuseLoneSurrogates(name, -1);
            members.Add((name, Copy(value, depth + 1)));
        }
        return JsonValue.FromMembers(members, -1);
    }

    private static JsonValue CopyNodes(JsonObject map, int depth)
    {
        var members = new List<KeyValuePair<string, object?>>();
        try
        {
            // A parsed node looks at its members only now.
            foreach ((string name, JsonNode? value) in map)
                members.Add(new(name, value));
        }
        catch (ArgumentException e)
        {
            throw new TessraxException(ErrorCodes.DuplicateKey, "a JSON object has a key twice", null, e);
        }
        catch (InvalidOperationException e)
        {
            throw new TessraxException(ErrorCodes.LoneSurrogate, "a key is not valid Unicode", null, e);
        }
        return CopyMembers(members, depth);
    }

    // Nodes are not written as text and read back: the writer turns half a surrogate pair into U+FFFD, without a word.
    private static JsonValue CopyNodeValue(NodeValue value)
    {
        if (value.TryGetValue(out JsonElement element))
            return Copy(element);
        // NaN and infinities, which the node's own text would not even name.
        if (value.TryGetValue(out double wide) && !double.IsFinite(wide))
            return JsonValue.Number(wide);
        if (value.TryGetValue(out float narrow) && !float.IsFinite(narrow))
            return JsonValue.Number(narrow);
        if (value.TryGetValue(out char letter))
            return JsonValue.String(letter.ToString());
        return value.GetValueKind() switch
        {
            JsonValueKind.String => CopyString(value),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => CopyText(value),
            _ => throw NotData(value),
        };
    }

    private static JsonValue CopyString(NodeValue value)
    {
        try
        {
            return value.TryGetValue(out string? text) ? JsonValue.String(text) : CopyText(value);
        }
        catch (InvalidOperationException e)
        {
            throw new TessraxException(ErrorCodes.LoneSurrogate, "a string is not valid Unicode", null, e);
        }
    }

    // For numbers, and for times and the like, whose text is ASCII.
    private static JsonValue CopyText(NodeValue value) => JsonValue.Parse(Encoding.UTF8.GetBytes(value.ToJsonString()));

    private static TessraxException NotData(object node) =>
        ErrorCodes.BadValue.Because(
            $"a {node.GetType().Name} cannot be frozen",
            "use dictionaries, lists and scalars, or give JSON"
        );
}
