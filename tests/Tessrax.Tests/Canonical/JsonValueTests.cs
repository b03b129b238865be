using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class JsonValueTests
{
    [Fact]
    public void Builds_what_it_would_parse()
    {
        JsonValue built = JsonValue.Object(
            ("z", JsonValue.Of(1, "two", true, JsonValue.Null)),
            ("left out", null),
            ("a", JsonValue.Object(("n", JsonValue.Number(0.5))))
        );
        Assert.Equal(Json.Parse("""{"a":{"n":0.5},"z":[1,"two",true,null]}"""), built);
        Assert.Equal("""{"a":{"n":0.5},"z":[1,"two",true,null]}""", built.ToString());
        Assert.Null(built["left out"]);
        Assert.Equal(JsonValue.Number(0.5), built["a"]!["n"]);
    }

    [Fact]
    public void Refuses_to_hold_what_has_no_canonical_form()
    {
        Json.Refused(ErrorCodes.LoneSurrogate, () => JsonValue.String("\ud800"));
        Json.Refused(ErrorCodes.LoneSurrogate, () => JsonValue.Object(("\ud800", 1)));
        Json.Refused(ErrorCodes.LoneSurrogate, () => JsonValue.EmptyObject.With("\ud800", 1));
        Json.Refused(ErrorCodes.DuplicateKey, () => JsonValue.Object(("a", 1), ("b", 1), ("a", 2)));
        Json.Refused(ErrorCodes.BadNumber, () => JsonValue.Number(double.NaN));
        Json.Refused(ErrorCodes.BadNumber, () => JsonValue.Number(9007199254740992));
        JsonValue deep = Json.Parse(Json.Nested(64));
        Json.Refused(ErrorCodes.TooDeep, () => JsonValue.Of(deep));
        Json.Refused(ErrorCodes.TooDeep, () => JsonValue.Object(("a", deep)));
        Json.Refused(ErrorCodes.TooDeep, () => JsonValue.EmptyObject.With("a", deep));
    }

    [Fact]
    public void With_and_without_make_copies()
    {
        JsonValue original = Json.Parse("""{"b":1,"d":2}""");
        Assert.Equal("""{"b":1,"c":3,"d":2}""", original.With("c", 3).ToString());
        Assert.Equal("""{"b":"x","d":2}""", original.With("b", "x").ToString());
        Assert.Equal("""{"d":2}""", original.Without("b").ToString());
        Assert.Equal(original, original.Without("absent"));
        Assert.Equal("""{"b":1,"d":2}""", original.ToString());
    }

    [Fact]
    public void Members_are_changed_in_objects_only()
    {
        Assert.Throws<InvalidOperationException>(() => JsonValue.Of(1, 2).With("a", 1));
        Assert.Throws<InvalidOperationException>(() => JsonValue.String("x").Without("a"));
        Assert.Null(JsonValue.Of(1, 2)["a"]);
        Assert.Throws<InvalidOperationException>(() => JsonValue.True.AsString());
        Assert.Throws<InvalidOperationException>(() => JsonValue.String("1").AsNumberText());
    }

    [Theory]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("[]", "{}")]
    [InlineData("true", "false")]
    [InlineData("[[],1]", "[1,[]]")]
    [InlineData("{\"a\":{}}", "{\"a\":[]}")]
    [InlineData("{\"a\":1}", "{\"b\":1}")]
    [InlineData("[1]", "[1,1]")]
    [InlineData("\"\"", "null")]
    public void Different_values_are_not_equal(string left, string right) =>
        Assert.NotEqual(Json.Parse(left), Json.Parse(right));

    [Fact]
    public void Remembers_where_it_was_read()
    {
        JsonValue value = Json.Parse("""  {"b": [10, 20], "a": "x"}""");
        Assert.Equal(2, value.Offset);
        Assert.Equal(13, value["b"]!.Items[1].Offset);
        Assert.Equal(-1, JsonValue.Of(1).Offset);
    }
}
