using System.Diagnostics;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>What the real <c>tessraxd</c> says when it starts, or does not.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TestLedger home = new();

    public StartTests() => ServerProcess.Furnish(home);

    public void Dispose() => home.Dispose();

    [Theory]
    // TEST-NET-1: no machine has it.
    [InlineData(2, "TSX1012", "hint: name another address", "--urls", "http://192.0.2.1:8461")]
    [InlineData(3, "TSX3012", "nosuch.json", "--access", "nosuch.json")]
    [InlineData(2, "TSX2008", "bad-policy", "--witness-policy", "bad-policy")]
    public async Task What_cannot_be_done_is_told_in_two_lines(int exit, string code, string says, params string[] told)
    {
        await File.WriteAllTextAsync(home.Beside("bad-policy"), "no policy\n");
        string[] arguments = [.. told.Select(word => word == "bad-policy" ? home.Beside(word) : word)];
        using Process process = ServerProcess.Launch(home, arguments);
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(exit, process.ExitCode);
        Assert.StartsWith($"error {code}: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(2, error.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Who_listens_beyond_loopback_without_a_name_is_warned_and_an_access_file_that_goes_bad_is_told()
    {
        int port = ServerProcess.FreeAddress().Port;
        using Process process = ServerProcess.Launch(home, ["--urls", $"http://0.0.0.0:{port}"]);
        try
        {
            Assert.StartsWith("warning: ", await process.StandardError.ReadLineAsync(), StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(home.DirectoryPath, "access.json"), "{");
            string? line = await process
                .StandardError.ReadLineAsync()
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.StartsWith("error TSX6000: ", line, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }
}
