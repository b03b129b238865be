using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Importing;
using Xunit;

namespace Tessrax.Node.Tests.Importing;

public sealed class IonTextTests
{
    [Theory]
    [InlineData("null null.int null.struct", "[null,null,null]")]
    [InlineData("true false", "[true,false]")]
    [InlineData("0 -1 1_000 0x1F -0xff 0b101", "[0,-1,1000,31,-255,5]")]
    [InlineData("1.5 1. 1d2 -2.50d-1 1e3 6.02E23", "[1.5,1,100,-0.25,1000,6.02e+23]")]
    [InlineData(
        "9007199254740993 0.1000000000000000055511151231257827",
        """["9007199254740993","0.1000000000000000055511151231257827"]"""
    )]
    [InlineData("0xFFFFFFFFFFFFFFFF", """["18446744073709551615"]""")]
    [InlineData("nan +inf -inf", """["nan","+inf","-inf"]""")]
    [InlineData(
        "2007T 2007-02T 2007-02-23 2007-02-23T12:14:33.079-08:00",
        """["2007T","2007-02T","2007-02-23","2007-02-23T12:14:33.079-08:00"]"""
    )]
    [InlineData("a_symbol $10 'a b' 'null'", """["a_symbol","$10","a b","null"]""")]
    [InlineData("\"a\\tb\\x41\\u00e9\\U0001F600\\\"\"", """["a\tbAé😀\""]""")]
    [InlineData("'''one ''' /* and */ '''two'''", """["one two"]""")]
    [InlineData("{{ aGVs bG8= }} {{\"clob\\x80\"}} {{}}", """["aGVsbG8=","Y2xvYoA=",""]""")]
    [InlineData("{a:1,'b c':[2,],\"d\":{},}", """[{"a":1,"b c":[2],"d":{}}]""")]
    [InlineData("(+ 1 (f x) -2 - a)", """[["+",1,["f","x"],-2,"-","a"]]""")]
    [InlineData("cm::in::5", """[{"$ion_annotations":["cm","in"],"$ion_value":5}]""")]
    [InlineData("$ion_1_0 // a comment\n$ion_symbol_table::{symbols:[\"a\"]} 1 /* another */ 2", "[1,2]")]
    [InlineData("{\"json\": [1, 2.5, \"x\", null]}", """[{"json":[1,2.5,"x",null]}]""")]
    [InlineData("", "[]")]
    public void Reads_what_the_standard_has_a_text_for(string ion, string json) =>
        Assert.Equal(
            JsonValue.Parse(Encoding.UTF8.GetBytes(json)),
            JsonValue.Of(IonText.ReadAll(Encoding.UTF8.GetBytes(ion)))
        );

    [Theory]
    [InlineData("{a:1", "TSX1023")]
    [InlineData("[1 2]", "TSX1023")]
    [InlineData("{a 1}", "TSX1023")]
    [InlineData("\"open", "TSX1023")]
    [InlineData("\"two\nlines\"", "TSX1023")]
    [InlineData("'''open", "TSX1023")]
    [InlineData("{{not base64!}}", "TSX1023")]
    [InlineData("{{aGVsbG8=", "TSX1023")]
    [InlineData("{{\"\u0100\"}}", "TSX1023")]
    [InlineData("/* open", "TSX1023")]
    [InlineData("01", "TSX1023")]
    [InlineData("1__0", "TSX1023")]
    [InlineData("2007-02-23T12:14", "TSX1023")]
    [InlineData("\"\\q\"", "TSX1023")]
    [InlineData("\"\\U00110000\"", "TSX1023")]
    [InlineData("}", "TSX1023")]
    [InlineData("a::", "TSX1023")]
    [InlineData("{a:1,a:2}", "TSX1002")]
    [InlineData("\"\\ud800\"", "TSX1004")]
    public void Refuses_what_is_none(string ion, string code) =>
        Assert.Equal(
            code,
            Assert
                .Throws<TessraxException>(() => IonText.ReadAll(Encoding.UTF8.GetBytes(ion)).ToArray())
                .Code.ToString()
        );

    [Fact]
    public void Depth_costs_no_stack()
    {
        foreach (string opening in (string[])["[", "{a:", "(", "x::[", "{\"a\":["])
        {
            byte[] deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, 100_000)));
            TessraxException e = Assert.Throws<TessraxException>(() => IonText.ReadAll(deep).ToArray());
            Assert.Equal(ErrorCodes.TooDeep, e.Code);
        }
        // Annotations are no depth.
        string many = string.Concat(Enumerable.Repeat("a::", 10_000)) + "1";
        Assert.Single(IonText.ReadAll(Encoding.UTF8.GetBytes(many)));
    }

    [Fact]
    public void Binary_Ion_compressed_files_and_other_bytes_are_told_apart()
    {
        Assert.Contains("binary Ion", Why([0xE0, 0x01, 0x00, 0xEA, 0x11]), StringComparison.Ordinal);
        Assert.Contains("compressed", Why([0x1F, 0x8B, 8, 0]), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Why([0x22, 0xFF, 0x22]), StringComparison.Ordinal);
    }

    private static string Why(byte[] bytes)
    {
        TessraxException e = Assert.Throws<TessraxException>(() => IonText.ReadAll(bytes).ToArray());
        Assert.Equal(ErrorCodes.BadImport, e.Code);
        return e.Message;
    }
}
