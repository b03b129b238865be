using System.Text;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class BadInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("claim")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("[1] 2")]
    [InlineData("{}{}")]
    [InlineData("{} trailing")]
    [InlineData("1 // comment")]
    [InlineData("/* comment */ 1")]
    [InlineData("NaN")]
    [InlineData("[Infinity]")]
    [InlineData("[-Infinity]")]
    [InlineData("01")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("-")]
    [InlineData("\"line\nbreak\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"open")]
    [InlineData("True")]
    [InlineData("1\0")]
    public void Refuses_what_is_not_one_JSON_text(string text) => Json.Refused(ErrorCodes.NotJson, text);

    [Fact]
    public void Refuses_a_byte_order_mark_and_says_so()
    {
        TessraxException e = Json.Refused(ErrorCodes.NotJson, "\uFEFF{}");
        Assert.Contains("byte order mark", e.Hint, StringComparison.Ordinal);
        Json.Refused(ErrorCodes.NotJson, [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]);
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"":1,"b":{},"":2}""")]
    [InlineData("""[{"x":[{"n":0,"m":0,"n":1}]}]""")]
    [InlineData("{\"\u20ac\":1,\"\\u20AC\":2}")]
    public void Refuses_duplicate_keys_after_unescaping(string text) => Json.Refused(ErrorCodes.DuplicateKey, text);

    [Fact]
    public void Keys_that_only_look_alike_are_different_keys() =>
        // The same letter as one code point and as two: compared code point by code point, never normalized.
        Assert.Equal(3, Json.Parse("""{"\u00e9":1,"e\u0301":2,"E\u0301":3}""").Names.Length);

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("-9007199254740993")]
    [InlineData("[12345678901234567890]")]
    [InlineData("0.1000000000000000055511151231257827")]
    [InlineData("333333333.33333329")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e999999999999")]
    [InlineData("1e99999999999999999999999999")]
    [InlineData("1e-400")]
    [InlineData("1e-999999999999")]
    public void Refuses_numbers_that_would_lose_digits(string text) => Json.Refused(ErrorCodes.BadNumber, text);

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("6.10", "6.1")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e-5", "0")]
    [InlineData("0e999999999", "0")]
    [InlineData("0e-99999999999999999999", "0")]
    [InlineData("1E3", "1000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("9007199254740994", "9007199254740994")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("12300e-2", "123")]
    public void Keeps_numbers_whose_value_survives(string text, string canonical) =>
        Assert.Equal(canonical, Json.Parse(text).ToString());

    [Theory]
    [InlineData("333333333.33333329", "333333333.3333333")]
    [InlineData("1e-400", "0")]
    public void Rounds_fractions_only_where_RFC_8785_is_asked_for(string text, string canonical) =>
        Assert.Equal(canonical, Json.Parse(text, NumberRule.Rounding).ToString());

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("1e400")]
    public void Rounding_still_refuses_integers_that_lose_digits_and_infinities(string text) =>
        Json.Refused(ErrorCodes.BadNumber, () => Json.Parse(text, NumberRule.Rounding));

    [Theory]
    [InlineData(@"""\ud800""")]
    [InlineData(@"""\udc00""")]
    [InlineData(@"""\ud800x""")]
    [InlineData(@"""\ud800\ud800""")]
    [InlineData(@"""\udc00\ud800""")]
    [InlineData(@"""x\uDEAD""")]
    [InlineData(@"{""\ud800"":1}")]
    [InlineData(@"{""a"":[""\udfff""]}")]
    public void Refuses_escaped_lone_surrogates(string text) => Json.Refused(ErrorCodes.LoneSurrogate, text);

    [Theory]
    [InlineData("EDA080")] // U+D800 written as if it were a character
    [InlineData("80")] // a continuation byte alone
    [InlineData("C3")] // cut off
    [InlineData("C0AF")] // overlong
    [InlineData("F4908080")] // beyond U+10FFFF
    [InlineData("FF")]
    public void Refuses_invalid_UTF_8_in_values_and_keys(string hex)
    {
        byte[] bad = Convert.FromHexString(hex);
        Json.Refused(ErrorCodes.LoneSurrogate, [.. "\"a"u8, .. bad, .. "\""u8]);
        Json.Refused(ErrorCodes.LoneSurrogate, [.. "{\"a"u8, .. bad, .. "\":1}"u8]);
        Json.Refused(ErrorCodes.LoneSurrogate, [.. "[\"\\n"u8, .. bad, .. "\"]"u8]);
    }

    [Fact]
    public void Nests_64_levels_and_not_one_more()
    {
        Assert.Equal(Json.Nested(64), Json.Parse(Json.Nested(64)).ToString());
        Json.Refused(ErrorCodes.TooDeep, Json.Nested(65));
        string objects = string.Concat(Enumerable.Repeat("{\"a\":", 64));
        Assert.NotNull(Json.Parse(objects + "1" + new string('}', 64)));
        Json.Refused(ErrorCodes.TooDeep, objects + "[]" + new string('}', 64));
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public void Refuses_absurd_depth_without_overflowing_the_stack(int depth)
    {
        Json.Refused(ErrorCodes.TooDeep, Json.Nested(depth));
        Json.Refused(ErrorCodes.TooDeep, new string('[', depth));
    }

    [Fact]
    public void Reads_a_very_long_string_and_refuses_a_very_long_number()
    {
        Assert.Equal(10_000_000, Json.Parse("\"" + new string('x', 10_000_000) + "\"").AsString().Length);
        TessraxException e = Json.Refused(ErrorCodes.BadNumber, new string('7', 1_000_000));
        Assert.True(e.Message.Length < 200);
    }

    [Fact]
    public void Errors_say_where()
    {
        Assert.Equal(6, Json.Refused(ErrorCodes.BadNumber, "{\"a\": 9007199254740993}").Offset);
        Assert.Contains("line 2", Json.Refused(ErrorCodes.NotJson, "{\n  oops}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Canonical_means_equal_to_its_own_canonical_form()
    {
        Assert.True(CanonicalWriter.IsCanonical("""{"a":[1,"x"],"b":0.1}"""u8));
        Assert.False(CanonicalWriter.IsCanonical("""{"b":1,"a":2}"""u8));
        Assert.False(CanonicalWriter.IsCanonical("""{"a": 1}"""u8));
        Assert.False(CanonicalWriter.IsCanonical("1.0"u8));
        Assert.False(CanonicalWriter.IsCanonical("-0"u8));
        Assert.False(CanonicalWriter.IsCanonical("\"\\u0041\""u8));
        Assert.False(CanonicalWriter.IsCanonical("not json"u8));
        Assert.False(CanonicalWriter.IsCanonical("1\n"u8));
    }
}
