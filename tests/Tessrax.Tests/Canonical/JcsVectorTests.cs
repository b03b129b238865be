using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests.Canonical;

public class JcsVectorTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Spec.Path("vectors", "jcs", "input")).Select(f => Path.GetFileNameWithoutExtension(f)!)];

    [Fact]
    public void All_vectors_are_there() => Assert.Equal(4, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Canonicalizes_as_RFC_8785_does(string name)
    {
        byte[] canonical = CanonicalWriter.Canonicalize(File.ReadAllBytes(Vector("input", name + ".json")));
        Assert.Equal(File.ReadAllText(Vector("output", name + ".json")), Encoding.UTF8.GetString(canonical));
        string hex = string.Concat(File.ReadAllText(Vector("outhex", name + ".txt")).Where(char.IsAsciiHexDigit));
        Assert.Equal(hex, Convert.ToHexStringLower(canonical));
        Assert.True(CanonicalWriter.IsCanonical(canonical));
    }

    [Fact]
    public void Writes_every_listed_double_as_ECMAScript_does()
    {
        int count = 0;
        foreach (string line in File.ReadLines(Vector("es6-numbers.txt")))
        {
            string[] parts = line.Split(',');
            long bits = long.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Assert.Equal(parts[1], EcmaNumber.Format(BitConverter.Int64BitsToDouble(bits)));
            count++;
        }
        Assert.Equal(3000, count);
    }

    // The example of RFC 8785, section 3.2.3: order by UTF-16 code units puts U+1F600 before U+FB33.
    [Fact]
    public void Sorts_names_by_UTF_16_code_units()
    {
        JsonValue value = Json.Parse("""{"\u20ac":0,"\r":0,"\ufb33":0,"1":0,"\ud83d\ude00":0,"\u0080":0,"\u00f6":0}""");
        Assert.Equal(["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"], value.Names.ToArray());
    }

    // RFC 8785, section 3.2.2.2.
    [Fact]
    public void Escapes_only_what_JSON_requires()
    {
        string text = string.Concat(Enumerable.Range(0, 0x80).Select(i => (char)i));
        string expected =
            "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
            + string.Concat(Enumerable.Range(0x10, 0x10).Select(i => $"\\u{i:x4}"))
            + " !\\\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\u007f\"";
        Assert.Equal(expected, JsonValue.String(text).ToString());
        Assert.Equal("\"\u2028\u20ac\U0001F600\"", Json.Parse("\"\\u2028\\u20AC\\uD83D\\uDE00\"").ToString());
    }

    private static string Vector(params string[] parts) => Spec.Path(["vectors", "jcs", .. parts]);
}
