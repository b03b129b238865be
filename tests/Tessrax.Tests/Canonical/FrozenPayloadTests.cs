using System.Collections;
using System.Dynamic;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Xunit;
using JsonValue = Tessrax.Canonical.JsonValue;
using NodeValue = System.Text.Json.Nodes.JsonValue;

namespace Tessrax.Tests.Canonical;

public class FrozenPayloadTests
{
    [Fact]
    public void Stays_what_it_was_when_the_source_changes()
    {
        var tags = new List<object?> { "a", 1 };
        var node = new JsonObject { ["x"] = 1, ["list"] = new JsonArray(1, 2) };
        var graph = new Dictionary<string, object?>
        {
            ["tags"] = tags,
            ["node"] = node,
            ["inner"] = new Dictionary<string, object?> { ["k"] = "v" },
        };
        FrozenPayload frozen = FrozenPayload.FromGraph(graph);
        const string Expected = """{"inner":{"k":"v"},"node":{"list":[1,2],"x":1},"tags":["a",1]}""";
        Assert.Equal(Expected, frozen.ToString());
        Digest digest = frozen.Digest;

        tags[0] = "changed";
        tags.Add(3);
        node["x"] = 2;
        node["list"]!.AsArray().Clear();
        ((Dictionary<string, object?>)graph["inner"]!)["k"] = null;
        graph.Clear();

        Assert.Equal(Expected, frozen.ToString());
        Assert.Equal(digest, frozen.Digest);
        AssertDigestIsOfItsBytes(frozen);
    }

    [Fact]
    public void Stays_what_it_was_when_the_text_it_was_read_from_changes()
    {
        byte[] text = """{"b":[1,{"c":"x"}],"a":null}"""u8.ToArray();
        FrozenPayload frozen = FrozenPayload.Parse(text);
        Array.Fill(text, (byte)'!');
        Assert.Equal("""{"a":null,"b":[1,{"c":"x"}]}""", frozen.ToString());
        AssertDigestIsOfItsBytes(frozen);
    }

    [Fact]
    public void Stays_what_it_was_when_the_array_of_values_changes()
    {
        JsonValue[] values = [1, 2];
        JsonValue list = JsonValue.Of(values);
        FrozenPayload frozen = FrozenPayload.From(list);
        values[0] = 9;
        Assert.Equal("[1,2]", frozen.ToString());
    }

    [Fact]
    public void Equal_content_from_any_source_has_one_digest()
    {
        FrozenPayload parsed = FrozenPayload.Parse("""{ "n": 1.50, "a": ["x", true, null] }"""u8);
        object[] sources =
        [
            new Dictionary<string, object?> { ["n"] = 1.5m, ["a"] = new object?[] { "x", true, null } },
            new SortedList
            {
                ["n"] = 1.5,
                ["a"] = new ArrayList { "x", true, null },
            },
            JsonNode.Parse("""{"a":["x",true,null],"n":15e-1}""")!,
            JsonDocument.Parse("""{"a":["x",true,null],"n":1.500}""").RootElement,
            parsed.Root,
            parsed,
            Expando(),
        ];
        foreach (object source in sources)
        {
            FrozenPayload frozen = FrozenPayload.FromGraph(source);
            Assert.Equal(parsed, frozen);
            Assert.Equal(parsed.Digest, frozen.Digest);
            Assert.Equal(parsed.GetHashCode(), frozen.GetHashCode());
            AssertDigestIsOfItsBytes(frozen);
        }
        Assert.NotEqual(parsed, FrozenPayload.Parse("""{"n":1.5}"""u8));
    }

    [Fact]
    public void Freezes_times_digests_and_every_kind_of_number()
    {
        Digest digest = HashEngine.Sha256.Hash("x"u8);
        var time = new DateTimeOffset(2026, 1, 31, 14, 0, 0, TimeSpan.FromHours(2));
        object?[] graph =
        [
            (byte)1,
            (sbyte)-1,
            (short)-2,
            (ushort)2,
            3,
            3u,
            -4L,
            4ul,
            0.5f,
            0.1,
            0.10m,
            -0.0,
            UtcTime.From(time),
            time,
            digest,
            null,
        ];
        Assert.Equal(
            $"[1,-1,-2,2,3,3,-4,4,0.5,0.1,0.1,0,\"2026-01-31T12:00:00.000000Z\",\"2026-01-31T12:00:00.000000Z\",\"{digest}\",null]",
            FrozenPayload.FromGraph(graph).ToString()
        );
    }

    [Fact]
    public void Refuses_cycles()
    {
        var list = new List<object?>();
        list.Add(list);
        list.Add(list);
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(list));
        var map = new Dictionary<string, object?>();
        map["self"] = new object[] { map };
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(map));
    }

    [Fact]
    public void Nests_64_levels_and_not_one_more()
    {
        object? graph = 1;
        for (int i = 0; i < 64; i++)
            graph = new[] { graph };
        Assert.Equal(128 + 1, FrozenPayload.FromGraph(graph).Bytes.Length);
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(new[] { graph }));
        // Depth counts across what was frozen or parsed before.
        JsonValue deep = Json.Parse(Json.Nested(64));
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(new object[] { deep }));
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(new object[] { FrozenPayload.From(deep) }));
        JsonNode node = JsonNode.Parse(Json.Nested(64))!;
        Assert.Equal(deep, FrozenPayload.FromGraph(node).Root);
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(new JsonArray(node)));
        JsonNode abyss = new JsonArray();
        for (int i = 0; i < 3000; i++)
            abyss = new JsonArray(abyss);
        Json.Refused(ErrorCodes.TooDeep, () => FrozenPayload.FromGraph(abyss));
    }

    [Fact]
    public void Refuses_numbers_that_JSON_cannot_hold()
    {
        object[] numbers =
        [
            double.NaN,
            double.PositiveInfinity,
            float.NegativeInfinity,
            long.MaxValue,
            ulong.MaxValue,
            9007199254740993L,
            0.1234567890123456789m,
            NodeValue.Create(double.NaN),
            NodeValue.Create(float.PositiveInfinity),
            JsonNode.Parse("9007199254740993")!,
        ];
        foreach (object number in numbers)
            Json.Refused(ErrorCodes.BadNumber, () => FrozenPayload.FromGraph(new[] { number }));
    }

    [Fact]
    public void Refuses_half_surrogate_pairs_wherever_they_come_from()
    {
        object[] graphs =
        [
            "\ud800",
            new Dictionary<string, object?> { ["\udc00"] = 1 },
            NodeValue.Create("a\ud800"),
            new JsonObject { ["\ud800"] = 1 },
            JsonNode.Parse(@"""\ud800""")!,
            JsonNode.Parse(@"{""\ud800"":1}")!,
            JsonDocument.Parse(@"[""\ud800""]").RootElement,
            JsonDocument.Parse(new byte[] { 0x5B, 0x22, 0xFF, 0x22, 0x5D }).RootElement,
        ];
        foreach (object graph in graphs)
            Json.Refused(ErrorCodes.LoneSurrogate, () => FrozenPayload.FromGraph(new[] { graph }));
    }

    [Fact]
    public void Refuses_duplicate_keys_in_JSON_nodes()
    {
        const string Twice = """{"a":1,"a":2}""";
        Json.Refused(ErrorCodes.DuplicateKey, () => FrozenPayload.FromGraph(JsonNode.Parse(Twice)));
        Json.Refused(ErrorCodes.DuplicateKey, () => FrozenPayload.FromGraph(JsonDocument.Parse(Twice).RootElement));
    }

    [Fact]
    public void Freezes_JSON_nodes_of_every_kind()
    {
        var node = new JsonArray(
            null,
            true,
            1.5,
            0.1f,
            0.10m,
            9007199254740991L,
            "text",
            NodeValue.Create('c'),
            NodeValue.Create(new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc)),
            new JsonObject { ["b"] = 1, ["a"] = null },
            JsonNode.Parse("""{"z":[1.50,"\u0041"],"y":false}""")
        );
        Assert.Equal(
            """[null,true,1.5,0.1,0.1,9007199254740991,"text","c","2026-01-31T12:00:00Z",{"a":null,"b":1},{"y":false,"z":[1.5,"A"]}]""",
            FrozenPayload.FromGraph(node).ToString()
        );
    }

    [Fact]
    public void Refuses_what_is_not_data()
    {
        object[] graphs =
        [
            new(),
            'x',
            Guid.Empty,
            new Dictionary<int, string> { [1] = "x" },
            default(JsonElement),
            typeof(int),
        ];
        foreach (object graph in graphs)
            Json.Refused(ErrorCodes.BadValue, () => FrozenPayload.FromGraph(new[] { graph }));
    }

    private static ExpandoObject Expando()
    {
        dynamic value = new ExpandoObject();
        value.n = 1.5;
        value.a = new object?[] { "x", true, null };
        return value;
    }

    private static void AssertDigestIsOfItsBytes(FrozenPayload frozen)
    {
        Assert.Equal(new Digest(SHA256.HashData(frozen.Bytes)), frozen.Digest);
        Assert.Equal(frozen.Root.ToCanonicalBytes(), frozen.Bytes.ToArray());
    }
}
