using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tessrax.Tests.Fuzz;

/// <summary>Changes a JSON document so that it stays one: most damage to bytes ends at the first brace.</summary>
internal static class JsonMutator
{
    private static readonly string[] Values =
    [
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "0",
        "-1",
        "1",
        "0.5",
        "1e308",
        "9007199254740991",
        "-9007199254740991",
        "\"\\u0000\"",
        "\"a\\nb\"",
        "\"\u202E\"",
        "\"9223372036854775808\"",
        "\"1e400\"",
        "\"P9999999D\"",
        "\"P0D\"",
        "\"9999-12-31T23:59:59.999999Z\"",
        "\"0001-01-01T00:00:00.000000Z\"",
        "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"",
        "\"blake3:0000000000000000000000000000000000000000000000000000000000000000\"",
        "\"AAAAAAAAAAAAAAAAAAAAAA==\"",
        "\"*\"",
        "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
    ];

    private static readonly JsonSerializerOptions AsIs = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Null if the input is no JSON object or array.</summary>
    public static byte[]? Mutate(byte[] input, byte[] other, Random random)
    {
        if (Parse(input) is not { } document)
            return null;
        for (int edits = 1 << random.Next(3); edits > 0; edits--)
            Edit(document, Parse(other), random);
        try
        {
            return Encoding.UTF8.GetBytes(document.ToJsonString(AsIs));
        }
        catch (InvalidOperationException)
        {
            // Deeper by now than the writer goes.
            return null;
        }
    }

    private static JsonNode? Parse(byte[] text)
    {
        try
        {
            return JsonNode.Parse(text) is { } node and (JsonObject or JsonArray) && Places(node).Count >= 0
                ? node
                : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Not JSON, with a name twice, or with a string that is not Unicode.
            return null;
        }
    }

    private static void Edit(JsonNode document, JsonNode? other, Random random)
    {
        List<(JsonNode Parent, object Key)> places = Places(document);
        if (places.Count == 0)
            return;
        (JsonNode parent, object key) = places[random.Next(places.Count)];
        switch (random.Next(6))
        {
            case 0:
                Remove(parent, key);
                break;
            case 1:
                Put(parent, key, Get(places, random));
                break;
            case 2 when other is not null:
                Put(parent, key, Get(Places(other), random));
                break;
            case 3 when parent is JsonArray array:
                array.Add(array[(int)key]?.DeepClone());
                break;
            case 3:
                parent.AsObject()["x" + random.Next(3)] = Get(places, random);
                break;
            case 4 when Read(parent, key) is JsonValue value && value.TryGetValue(out string? text):
                string changed = Encoding.Latin1.GetString(
                    ByteMutator.Mutate(Encoding.Latin1.GetBytes(text), "0Z+/="u8.ToArray(), random)
                );
                Put(parent, key, changed);
                break;
            default:
                Put(parent, key, JsonNode.Parse(Values[random.Next(Values.Length)]));
                break;
        }
    }

    private static List<(JsonNode Parent, object Key)> Places(JsonNode node)
    {
        var places = new List<(JsonNode, object)>();
        Collect(node, places);
        return places;
    }

    // Reads every string as well: the nodes find out late that one is not Unicode.
    private static void Collect(JsonNode? node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members)
            {
                _ = value is JsonValue text && text.TryGetValue(out string? _);
                places.Add((node, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                _ = items[i] is JsonValue text && text.TryGetValue(out string? _);
                places.Add((node, i));
                Collect(items[i], places);
            }
        }
    }

    private static JsonNode? Get(List<(JsonNode Parent, object Key)> places, Random random)
    {
        if (places.Count == 0)
            return null;
        (JsonNode parent, object key) = places[random.Next(places.Count)];
        return Read(parent, key)?.DeepClone();
    }

    private static JsonNode? Read(JsonNode parent, object key) => key is string name ? parent[name] : parent[(int)key];

    private static void Put(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name)
            parent[name] = value;
        else
            parent[(int)key] = value;
    }

    private static void Remove(JsonNode parent, object key)
    {
        if (key is string name)
            parent.AsObject().Remove(name);
        else
            parent.AsArray().RemoveAt((int)key);
    }
}
