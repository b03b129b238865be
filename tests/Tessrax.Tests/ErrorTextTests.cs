using Tessrax.Canonical;
using Xunit;

namespace Tessrax.Tests;

/// <summary>An error keeps the values that its message tells of.</summary>
public sealed class ErrorTextTests
{
    private sealed record Place(long Index, string? Path);

    [Fact]
    public void The_message_is_the_one_that_was_written_and_its_values_have_names()
    {
        var place = new Place(1234567, "a/b");
        long first = 3;
        double share = 0.5;
        TessraxException error = ErrorCodes.Damaged.Because(
            $"entry {place.Index} of {place.Path} lies at {first:D4}, {share}, not {place.Index + 1}"
        );
        Assert.Equal("entry 1234567 of a/b lies at 0003, 0.5, not 1234568", error.Message);
        Assert.Equal(
            [("index", "1234567"), ("path", "a/b"), ("first", "0003"), ("share", "0.5"), ("value", "1234568")],
            error.Values.Select(v => (v.Key, v.Value))
        );
    }

    [Fact]
    public void A_second_value_of_a_name_is_numbered()
    {
        Place a = new(1, null);
        Place b = new(2, null);
        TessraxException error = ErrorCodes.Damaged.Because($"{a.Index}, {b.Index}, {a.Index} in '{a.Path}'");
        Assert.Equal("1, 2, 1 in ''", error.Message);
        Assert.Equal(["index", "index_2", "index_3", "path"], error.Values.Select(v => v.Key));
    }

    [Theory]
    [InlineData("path", "path")]
    [InlineData("batch.FirstIndex", "first_index")]
    [InlineData("head.Value.Root.ToHex()", "root")]
    [InlineData("Counted.Of(left, \"entry\")", "left")]
    [InlineData("LedgerDirectory.KeysOf(ledger)", "ledger")]
    [InlineData("size!.Value", "size")]
    [InlineData("\"text\"", "value")]
    [InlineData("(a.ID)", "id")]
    public void A_value_has_the_name_that_it_has_where_it_is_thrown(string expression, string name) =>
        Assert.Equal(name, ErrorText.NameOf(expression));

    [Fact]
    public void What_has_no_values_has_none()
    {
        Assert.Empty(ErrorCodes.Damaged.Because("it is gone").Values);
        Assert.Empty(new TessraxException(ErrorCodes.Bug, "x").Values);
    }

    [Fact]
    public void An_error_of_the_parser_names_what_it_saw()
    {
        TessraxException error = Assert.Throws<TessraxException>(() =>
            JsonValue.Parse("{\"a\":1,\"a\":2}"u8.ToArray())
        );
        Assert.NotEmpty(error.Values);
        Assert.All(error.Values, v => Assert.Contains(v.Value, error.Message, StringComparison.Ordinal));
    }
}
