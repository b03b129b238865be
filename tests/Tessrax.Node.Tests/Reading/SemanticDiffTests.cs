using System.Text;
using CsCheck;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node.Reading.Semantic;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>What was moved, renamed, reordered, converted or written otherwise is told apart from what was changed.</summary>
public sealed class SemanticDiffTests
{
    // Of the sample's form, with three metrics.
    private const string Metrics =
        """{"length":{"type":"numeric","unit":"mm","units":{"cm":10,"m":1000}},"mass":{"type":"numeric","unit":"g","units":{"cm":7}},"tags":{"type":"set"}}""";

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "")]
    [InlineData("1", "2", "changed $")]
    [InlineData("""{"a":1}""", """{"a":2}""", "changed $.a")]
    [InlineData("""{"a":1}""", """{}""", "removed $.a")]
    [InlineData("""{}""", """{"a":1}""", "added $.a")]
    [InlineData("""{"a":{"b":[1,{"c":2}]}}""", """{"a":{"b":[1,{"c":3}]}}""", "changed $.a.b[1].c")]
    // Renamed: a telling value, or the only name that went and the only one that came.
    [InlineData("""{"old":"a telling text"}""", """{"new":"a telling text"}""", "renamed $.old>$.new")]
    [InlineData("""{"old":7}""", """{"new":7}""", "renamed $.old>$.new")]
    [InlineData("""{"a":7,"b":8}""", """{"c":7,"d":8}""", "removed $.a,removed $.b,added $.c,added $.d")]
    [InlineData("""{"a":"text","b":"text"}""", """{"c":"text"}""", "removed $.a,removed $.b,added $.c")]
    // Moved: equal at another place, and nowhere else.
    [InlineData("""{"x":{"k":{"v":[1]}},"y":{}}""", """{"x":{},"y":{"k":{"v":[1]}}}""", "moved $.x.k>$.y.k")]
    [InlineData("""{"x":{"k":1},"y":{}}""", """{"x":{},"y":{"k":1}}""", "moved $.x.k>$.y.k")]
    [InlineData("""{"x":{"k":1},"y":{}}""", """{"x":{},"y":{"other":1}}""", "removed $.x.k,added $.y.other")]
    // Arrays.
    [InlineData("[1,2,3]", "[3,1,2]", "reordered $")]
    [InlineData("[1,2,2]", "[2,1,1]", "changed $[2],removed $[0],added $[2]")]
    [InlineData("[1,2,3]", "[1,3]", "removed $[1]")]
    [InlineData("[1,2,3]", "[1,9,3]", "changed $[1]")]
    [InlineData("[1,3]", "[1,2,3]", "added $[1]")]
    [InlineData(
        """[{"claim_id":"a","v":1},{"claim_id":"b","v":2}]""",
        """[{"claim_id":"b","v":2},{"claim_id":"a","v":3}]""",
        "reordered $,changed $[claim_id=a].v"
    )]
    [InlineData(
        """[{"index":1},{"index":2}]""",
        """[{"index":2},{"index":3}]""",
        "removed $[index=1],added $[index=3]"
    )]
    [InlineData("""[{"id":1,"x":1},{"id":1,"x":2}]""", """[{"id":1,"x":2},{"id":1,"x":1}]""", "reordered $")]
    // The same number or time, written otherwise; but two texts may be versions.
    [InlineData("""{"v":7.1}""", """{"v":"7.10"}""", "text $.v")]
    [InlineData("""{"v":"7.1"}""", """{"v":"7.10"}""", "changed $.v")]
    [InlineData("""{"t":"2026-01-01T00:00:00Z"}""", """{"t":"2026-01-01T00:00:00.000000+00:00"}""", "text $.t")]
    [InlineData("""{"t":"2026-01-01T00:00:00Z"}""", """{"t":"2026-01-01T00:00:01Z"}""", "changed $.t")]
    // Units, in exact decimals.
    [InlineData(
        """{"metric":"length","value":9.8,"unit":"cm"}""",
        """{"metric":"length","value":98,"unit":"mm"}""",
        "unit $"
    )]
    [InlineData(
        """{"metric":"length","value":"0.1","unit":"m"}""",
        """{"metric":"length","value":10,"unit":"cm"}""",
        "unit $"
    )]
    [InlineData(
        """{"metric":"length","value":9.8,"unit":"cm"}""",
        """{"metric":"length","value":98.1,"unit":"mm"}""",
        "changed $.unit,changed $.value"
    )]
    // A quantity of no metric, or of another, is converted by nobody.
    [InlineData("""{"value":9.8,"unit":"cm"}""", """{"value":98,"unit":"mm"}""", "changed $.unit,changed $.value")]
    [InlineData(
        """{"metric":"width","value":9.8,"unit":"cm"}""",
        """{"metric":"width","value":98,"unit":"mm"}""",
        "changed $.unit,changed $.value"
    )]
    // Numbers as texts, and sets, where the metric's rule says so.
    [InlineData("""{"metric":"length","value":"7.10"}""", """{"metric":"length","value":7.1}""", "text $.value")]
    [InlineData(
        """{"metric":"tags","value":["a","b"]}""",
        """{"metric":"tags","value":["b","a"]}""",
        "reordered $.value"
    )]
    [InlineData("""{"metric":"mass","value":7,"unit":"g"}""", """{"metric":"mass","value":1,"unit":"cm"}""", "unit $")]
    [InlineData(
        """{"metric":"length","value":7,"unit":"g"}""",
        """{"metric":"length","value":1,"unit":"cm"}""",
        "changed $.unit,changed $.value"
    )]
    public void Tells(string a, string b, string differences)
    {
        Differences found = JsonDiff.Between(Parse(a), Parse(b), Policies());
        Assert.Equal(differences, string.Join(',', found.Items.Select(Show)));
        Assert.True(found.IsComplete);
        Assert.Equal(differences.Length == 0, found.IsSame);
        string[] free = ["", "unit $", "text $.t", "text $.value", "reordered $.value"];
        Assert.Equal(free.Contains(differences), found.IsEquivalent);
    }

    [Theory]
    [InlineData("""{"approved":true}""", """{"rejected":true}""", DifferenceKind.Renamed)]
    [InlineData("""{"admin":["alice"],"guest":[]}""", """{"admin":[],"guest":["alice"]}""", DifferenceKind.Moved)]
    [InlineData("[10,20]", "[20,10]", DifferenceKind.Reordered)]
    [InlineData("\"1\"", "1", DifferenceKind.Text)]
    [InlineData(
        """{"metric":"x","value":["a","b"]}""",
        """{"metric":"x","value":["b","a"]}""",
        DifferenceKind.Reordered
    )]
    public void What_may_be_its_opposite_is_a_change_of_meaning(string a, string b, DifferenceKind kind)
    {
        Differences found = JsonDiff.Between(Parse(a), Parse(b));
        Assert.Contains(found.Items, difference => difference.Kind == kind);
        Assert.False(found.IsEquivalent);
    }

    [Fact]
    public void No_side_vouches_for_its_own_units()
    {
        JsonValue a = Parse("""{"metric":"length","value":1,"unit":"cm"}""");
        JsonValue b = Parse("""{"metric":"length","value":1000,"unit":"mm"}""");
        Policy forged = PolicyOf(Metrics.Replace("\"cm\":10,", "\"cm\":1000,", StringComparison.Ordinal));
        Assert.True(JsonDiff.Between(a, b, PolicyEquality.Of([forged], [])).IsEquivalent);
        Assert.False(JsonDiff.Between(a, b, PolicyEquality.Of([forged], [PolicyOf(Metrics)])).IsEquivalent);
        Assert.False(JsonDiff.Between(a, b, PolicyEquality.Of([PolicyOf(Metrics)], [forged])).IsEquivalent);
    }

    [Fact]
    public void A_list_whose_order_the_format_leaves_free_may_be_reordered()
    {
        JsonValue a = Parse("""{"x":[1,2],"y":[1,2]}""");
        JsonValue b = Parse("""{"x":[2,1],"y":[1,2]}""");
        Assert.True(JsonDiff.Between(a, b, isFree: path => path == "$.x").IsEquivalent);
        Assert.False(JsonDiff.Between(a, b, isFree: path => path == "$.y").IsEquivalent);
    }

    [Fact]
    public void Nothing_is_called_equal_that_is_not_looked_at()
    {
        string many = $"[{string.Join(',', Enumerable.Range(0, 200).Select(i => $"{{\"v\":{i}}}"))}]";
        string others = $"[{string.Join(',', Enumerable.Range(0, 200).Select(i => $"{{\"v\":{i + 1000}}}"))}]";
        Differences found = JsonDiff.Between(Parse(many), Parse(others), null, null, 50);
        Assert.False(found.IsComplete);
        Assert.False(found.IsSame);
        Assert.False(found.IsEquivalent);
    }

    // A member that is worth a unit, a name, an order, and hostile sizes: the answer comes, and no two that differ are the same.
    [Fact]
    public void Any_two_values_are_the_same_exactly_if_they_are_equal() =>
        Gen.Select(Json(3), Json(3))
            .Sample(
                (a, b) =>
                {
                    Differences found = JsonDiff.Between(a, b);
                    Assert.Equal(a.Equals(b), found.IsSame);
                    Assert.True(JsonDiff.Between(a, a).IsSame);
                },
                iter: 2000
            );

    [Fact]
    public void Large_arrays_take_no_time_and_large_objects_neither()
    {
        string numbers = $"[{string.Join(',', Enumerable.Range(0, 50_000))}]";
        string others = $"[{string.Join(',', Enumerable.Range(1, 50_000).Reverse())}]";
        Assert.NotEmpty(JsonDiff.Between(Parse(numbers), Parse(others)).Items);
        string members = $"{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"a{i}\":1"))}}}";
        string more = $"{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"b{i}\":1"))}}}";
        Assert.Equal(100_000, JsonDiff.Between(Parse(members), Parse(more)).Items.Count);
    }

    private static Gen<JsonValue> Json(int depth)
    {
        Gen<JsonValue> scalar = Gen.OneOf(
            Gen.Const(JsonValue.Null),
            Gen.Bool.Select(value => value ? JsonValue.True : JsonValue.False),
            Gen.Int[0, 3].Select(value => JsonValue.Number(value)),
            Gen.Int[0, 3].Select(value => JsonValue.String(new string('x', value)))
        );
        if (depth == 0)
            return scalar;
        Gen<JsonValue> below = Json(depth - 1);
        return Gen.OneOf(
            scalar,
            below.List[0, 3].Select(items => JsonValue.Of(items)),
            Gen.Select(Gen.Int[0, 4], below)
                .List[0, 4]
                .Select(members =>
                    JsonValue.Object([
                        .. members
                            .DistinctBy(member => member.Item1)
                            .Select(member => ($"m{member.Item1}", (JsonValue?)member.Item2)),
                    ])
                )
        );
    }

    private static string Show(Difference difference) =>
        $"{difference.KindText} {difference.Path}{(difference.To is null ? "" : $">{difference.To}")}";

    private static PolicyEquality Policies() => PolicyEquality.Of([PolicyOf(Metrics)], []);

    private static Policy PolicyOf(string metrics)
    {
        JsonValue others = Policy.Default.Document["metrics"]!["*"]!;
        return Policy.FromJson(Policy.Default.Document.With("metrics", Parse(metrics).With("*", others)));
    }

    private static JsonValue Parse(string text) => JsonValue.Parse(Encoding.UTF8.GetBytes(text));
}
