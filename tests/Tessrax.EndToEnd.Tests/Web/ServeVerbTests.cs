using System.Diagnostics;
using System.Net;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary><c>tessraxctl serve</c> starts the server, and ends with it: however the command that people see ends, none is left behind.</summary>
public sealed class ServeVerbTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LedgerHome home = new();

    public ServeVerbTests()
    {
        // Found beside the program where both were published; else by its name.
        home.Ctl.Variables["PATH"] = $"{Tessraxd.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        home.Ctl.Variables["TESSRAX_PASSPHRASE"] = "secret";
    }

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task The_server_ends_with_the_command_that_started_it(string signal)
    {
        string[] line = ["serve", home.Path, "--urls", "http://127.0.0.1:0", "--anonymous-read", "no"];
        using Process command = home.Ctl.Start(line);
        try
        {
            string? said = await command.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            string[] parts = said?.Split(" at ") ?? [];
            Assert.True(
                parts.Length == 2,
                $"{said}\n{(said is null ? await command.StandardError.ReadToEndAsync() : "")}"
            );
            using var http = new HttpClient { BaseAddress = new Uri(parts[1]) };
            using HttpResponseMessage alive = await http.GetAsync(new Uri("/healthz", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            // What it was told went on to the server.
            using HttpResponseMessage closed = await http.GetAsync(new Uri("/v1/ledger", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
            using var kill = Process.Start("kill", [$"-{signal}", $"{command.Id}"]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(Patience);
            await command.WaitForExitAsync(patience.Token);
            if (signal != "KILL")
                Assert.Equal(0, command.ExitCode);
            Assert.True(SpinWait.SpinUntil(IsFree, Patience), "the server outlived the command");
        }
        finally
        {
            if (!command.HasExited)
                command.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void Without_a_server_to_start_it_says_where_one_is_found()
    {
        // A published one lies beside the program.
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("TESSRAXCTL")))
            Assert.Skip("the binary that is tested has its server beside it");
        home.Ctl.Variables["PATH"] = home.Ctl.PathOf("empty");
        Assert.Contains("TSX6033", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_passphrase_or_with_a_wrong_one_nothing_is_served()
    {
        home.Ctl.Variables["TESSRAX_PASSPHRASE"] = "wrong";
        Assert.Contains("TSX20", Refused(), StringComparison.Ordinal);
        home.Ctl.Variables.Remove("TESSRAX_PASSPHRASE");
        Assert.Contains("TSX2004", Refused(), StringComparison.Ordinal);
    }

    private string Refused()
    {
        CtlResult run = home.Ctl.Run("serve", home.Path, "--urls", "http://127.0.0.1:0");
        Assert.NotEqual(0, run.ExitCode);
        return run.Error;
    }

    private bool IsFree()
    {
        try
        {
            home.Open().Dispose();
            return true;
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Locked)
        {
            return false;
        }
    }
}
