using Tessrax.Canonical;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class ObjectReaderTests
{
    [Fact]
    public void Reads_members_of_every_form()
    {
        Digest digest = HashEngine.Sha256.Hash("x"u8);
        ObjectReader reader = Read(
            $$"""
            {"s":"text","n":42,"neg":-1,"yes":true,"d":"{{digest}}","t":"2026-01-31T12:00:00.000000Z",
             "b":"AQID","list":[1,2],"o":{"x":"y"},"kind":"median","nothing":null}
            """
        );
        Assert.Equal("text", reader.String("s"));
        Assert.Equal(42, reader.Integer("n"));
        Assert.Equal(-1, reader.Integer("neg", min: -5));
        Assert.True(reader.Boolean("yes"));
        Assert.True(reader.Boolean("absent", absent: true));
        Assert.Equal(digest, reader.Digest("d"));
        Assert.Equal("2026-01-31T12:00:00.000000Z", reader.Time("t").ToString());
        Assert.Equal([1, 2, 3], reader.Base64("b", 3));
        Assert.Equal(["$.list[0]", "$.list[1]"], reader.Array("list").Select(item => item.Path));
        Assert.Equal("median", reader.OneOf("kind", "median", "majority"));
        ObjectReader inner = reader.Object("o");
        Assert.Equal(("$.o", "y"), (inner.Path, inner.String("x")));
        inner.End();
        Assert.Null(reader.OptionalObject("nothing"));
        Assert.Null(reader.OptionalDigest("nothing"));
        Assert.Null(reader.OptionalDigest("absent"));
        Assert.Null(reader.OptionalString("absent"));
        Assert.Null(reader.OptionalObject("absent"));
        Assert.Empty(reader.OptionalArray("absent"));
        reader.End();
    }

    [Fact]
    public void Refuses_members_that_nobody_asked_for()
    {
        ObjectReader reader = Read("""{"known":"x","unknown":1}""", "$.policy");
        reader.String("known");
        TessraxException e = Json.Refused(ErrorCodes.UnknownMember, reader.End);
        Assert.Equal("$.policy", e.Path);
        Assert.Equal(23, e.Offset);
        Assert.Contains("'unknown'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_missing_member_by_its_name()
    {
        TessraxException e = Json.Refused(ErrorCodes.MissingMember, () => Read("{}").Object("o"));
        Assert.Equal("$ lacks the member 'o'", e.Message);
        Json.Refused(ErrorCodes.MissingMember, () => Read("{}").Integer("n"));
        Json.Refused(ErrorCodes.MissingMember, () => Read("{}").Array("a"));
        Json.Refused(ErrorCodes.MissingMember, () => Read("{}").Digest("d"));
    }

    [Fact]
    public void Refuses_what_is_not_an_object()
    {
        foreach (string text in new[] { "[]", "null", "1", "\"{}\"" })
            Json.Refused(ErrorCodes.BadValue, () => Read(text));
        TessraxException e = Json.Refused(
            ErrorCodes.BadValue,
            () => Read("""{"o":{"p":[]}}""").Object("o").Object("p")
        );
        Assert.Equal("$.o.p", e.Path);
        Assert.Equal(10, e.Offset);
    }

    public static TheoryData<string, Action<ObjectReader>> WrongForms =>
        new()
        {
            { "1", r => r.String("m") },
            { "null", r => r.String("m") },
            { "null", r => r.OptionalString("m") },
            { "\"\"", r => r.String("m") },
            { "\"four\"", r => r.String("m", max: 3) },
            { "\"mode\"", r => r.OneOf("m", "median", "majority") },
            { "\"1\"", r => r.Integer("m") },
            { "1.5", r => r.Integer("m") },
            { "-1", r => r.Integer("m") },
            { "11", r => r.Integer("m", max: 10) },
            { "1e300", r => r.Integer("m") },
            { "1", r => r.Boolean("m") },
            { "null", r => r.Boolean("m") },
            { "\"true\"", r => r.Boolean("m") },
            { "\"sha256:00\"", r => r.Digest("m") },
            { $"\"SHA256:{new string('0', 64)}\"", r => r.Digest("m") },
            { $"\"sha256:{new string('A', 64)}\"", r => r.Digest("m") },
            { "false", r => r.OptionalDigest("m") },
            { "\"AQI\"", r => r.Base64("m") },
            { "\"AQI=\\n\"", r => r.Base64("m") },
            { "\"AQJ=\"", r => r.Base64("m") },
            { "\"AQI=\"", r => r.Base64("m", 3) },
            { "\"-_==\"", r => r.Base64("m") },
            { "{}", r => r.Array("m") },
            { "null", r => r.OptionalArray("m") },
            { "[1,2,3]", r => r.Array("m", max: 2) },
            { "[]", r => r.Object("m") },
            { "1", r => r.OptionalObject("m") },
        };

    [Theory]
    [MemberData(nameof(WrongForms), DisableDiscoveryEnumeration = true)]
    public void Refuses_a_member_of_another_form_and_says_which(string text, Action<ObjectReader> take)
    {
        TessraxException e = Json.Refused(ErrorCodes.BadValue, () => take(Read($$"""{"m":{{text}}}""", "$.a[3]")));
        Assert.Equal("$.a[3].m", e.Path);
        Assert.StartsWith("$.a[3].m ", e.Message, StringComparison.Ordinal);
        Assert.Equal(5, e.Offset);
    }

    [Theory]
    [InlineData("\"2026-01-31T12:00:00Z\"")]
    [InlineData("\"2026-01-31T12:00:00.000000+02:00\"")]
    [InlineData("1767225600")]
    public void Refuses_a_time_of_another_form(string text)
    {
        TessraxException e = Json.Refused(ErrorCodes.BadTime, () => Read($$"""{"t":{{text}}}""").Time("t"));
        Assert.Equal("$.t", e.Path);
    }

    private static ObjectReader Read(string text, string path = "$") => new(Json.Parse(text), path);
}
