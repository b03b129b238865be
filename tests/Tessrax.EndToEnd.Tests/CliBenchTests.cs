using System.Text.Json;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The load generators print their figures and leave nothing behind; how fast anything is, no test says.</summary>
public sealed class CliBenchTests : IDisposable
{
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Prints_name_value_and_unit()
    {
        string[] lines = ctl.Must("bench", "prove", "--leaves", "1000", "--seconds", "1").Lines;
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^prove\.(inclusion|consistency) [0-9.]+ ns$", line));
        Assert.Equal(2, ctl.Must("bench", "verify", "--leaves", "7", "--alg", "blake3").Lines.Length);
        Assert.Equal(4, ctl.Must("bench", "hash", "--alg", "sha256").Lines.Length);
    }

    [Fact]
    public void Appends_to_a_ledger_that_is_gone_afterwards()
    {
        CtlResult result = ctl.Must("bench", "append", "--entries", "60", "--batch", "25", "--json");
        using JsonDocument document = JsonDocument.Parse(result.Text);
        JsonElement latency = document.RootElement.GetProperty("figures")[1];
        Assert.Equal("append.batch-of-25", latency.GetProperty("name").GetString());
        Assert.Equal(3, latency.GetProperty("samples").GetInt32());
        Assert.True(latency.GetProperty("median").GetDouble() <= latency.GetProperty("max").GetDouble());
        Assert.Empty(Directory.GetFileSystemEntries(ctl.Folder, ".tessrax-bench*"));
    }

    [Theory]
    [InlineData("bench", "append", "--entries", "0")]
    [InlineData("bench", "hash", "--alg", "md5")]
    [InlineData("bench", "prove", "--leaves", "many")]
    [InlineData("bench", "verify", "--seconds", "0")]
    public void Refuses_what_makes_no_sense(params string[] args)
    {
        CtlResult result = ctl.Run(args);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("TSX1012", result.Error, StringComparison.Ordinal);
    }
}
