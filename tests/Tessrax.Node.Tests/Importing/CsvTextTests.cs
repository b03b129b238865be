using System.Text;
using Tessrax.Node.Importing;
using Xunit;

namespace Tessrax.Node.Tests.Importing;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n1,2", "1:a|b 2:1|2")]
    [InlineData("\uFEFFa,b\n1,\n", "1:a|b 2:1|")]
    [InlineData("a\n\n\"x, \"\"y\"\"\nz\"\nlast\n", "1:a 2: 3:x, \"y\"\nz 5:last")]
    [InlineData("a,b\n\n1,2\n\n", "1:a|b 3:1|2")]
    [InlineData("a,\"b c\"\n,\"\"\n", "1:a|b c 2:|")]
    public void Reads_records_with_their_lines(string csv, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read(csv).Select(r => $"{r.Line}:{string.Join('|', r.Fields)}")));

    [Fact]
    public void Reads_other_delimiters() =>
        Assert.Equal(["1", "2,5"], CsvText.ReadAll(Bytes("a;b\n1;2,5\n"), ';').Last().Fields);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n1\n", "line 2: 1 fields")]
    [InlineData("a,b\n1,2,3\n", "line 2: 3 fields")]
    [InlineData("a,a\n", "two columns are named 'a'")]
    [InlineData("a,,c\n", "no name")]
    [InlineData("a\n\"open\n", "line 2: a quote is not closed")]
    [InlineData("a\n\"x\"y\n", "behind a closing quote")]
    [InlineData("a\nx\"y\n", "does not begin with one")]
    [InlineData("a\nx\ry\n", "CR alone")]
    public void Refuses_what_is_no_table(string csv, string why) =>
        Assert.Contains(why, Why(() => Read(csv)), StringComparison.Ordinal);

    [Fact]
    public void Refuses_what_is_no_text_and_what_would_fill_memory()
    {
        Assert.Contains(
            "UTF-8",
            Why(() => Read(new MemoryStream([(byte)'a', (byte)'\n', 0xFF]))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "more than",
            Why(() => Read("a\n\"" + new string('x', CsvText.MaxRecord))),
            StringComparison.Ordinal
        );
        Assert.Contains("fields", Why(() => Read(new string(',', CsvText.MaxColumns))), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_without_anything_count_for_no_record()
    {
        string csv = "a\n" + new string('\n', CsvText.MaxRecord) + "1\n";
        Assert.Equal(CsvText.MaxRecord + 2, Read(csv).Single(record => record.Fields[0] == "1").Line);
    }

    private static (long Line, string[] Fields)[] Read(string csv) => Read(Bytes(csv));

    private static (long Line, string[] Fields)[] Read(Stream csv) => [.. CsvText.ReadAll(csv, ',')];

    private static MemoryStream Bytes(string csv) => new(Encoding.UTF8.GetBytes(csv));

    private static string Why(Action read)
    {
        TessraxException e = Assert.Throws<TessraxException>(read);
        Assert.Equal(ErrorCodes.BadImport, e.Code);
        return e.Message;
    }
}
