using Tessrax.Node.Appending;
using Tessrax.Node.Serving;
using Tessrax.Node.Tests;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>A server in this process, on a port of its own, with a ledger that it writes.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private bool isGuest;

    private TestServer(TestLedger home, RunningServer running)
    {
        (Home, Running) = (home, running);
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = running.Address,
        };
    }

    public TestLedger Home { get; }

    public RunningServer Running { get; }

    public ServedLedger Ledger => Running.Ledger;

    public HttpClient Http { get; }

    /// <summary>Claims that contradict each other: one contradiction is decided at once, the other waits for people.</summary>
    public static void Disagree(LedgerWriter writer) =>
        new Ingestor(writer).Ingest([
            TestLedger.File(
                TestLedger.Claim("a1", "CVE-1", 7.5, "nvd"),
                TestLedger.Claim("a2", "CVE-1", 7.1, "pypa"),
                TestLedger.Claim("b1", "CVE-2", 9.8, "nvd"),
                TestLedger.Claim("b2", "CVE-2", 4.9, "pypa")
            ),
        ]);

    /// <summary>Starts one.</summary>
    /// <param name="home">The ledger; disposed with the server.</param>
    /// <param name="change">Changes what it is told.</param>
    /// <param name="writes">Whether it may append.</param>
    /// <param name="serving">How the ledger is served.</param>
    public static async Task<TestServer> Start(
        TestLedger? home = null,
        Func<ServerOptions, ServerOptions>? change = null,
        bool writes = true,
        ServingOptions? serving = null
    )
    {
        home ??= new TestLedger();
        var options = new ServerOptions
        {
            Ledger = home.DirectoryPath,
            Urls = ["http://127.0.0.1:0"],
            DrainNotice = TimeSpan.Zero,
            Rates = Rates.Default with { SignIn = 1000 },
        };
        ServedLedger ledger = await ServedLedger.OpenAsync(
            home.DirectoryPath,
            writes ? TestLedger.Keys() : null,
            home.Environment,
            serving
        );
        RunningServer running = await ServerHost.StartAsync(
            change?.Invoke(options) ?? options,
            ledger,
            home.Environment
        );
        return new TestServer(home, running);
    }

    /// <summary>Ends a server's run and begins another one for the same ledger, which is disposed with the first.</summary>
    public static async Task<TestServer> Restart(TestServer server, Func<ServerOptions, ServerOptions> change)
    {
        await server.Running.StopAsync();
        TestServer again = await Start(server.Home, change);
        again.isGuest = true;
        return again;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Running.DisposeAsync();
        if (!isGuest)
            Home.Dispose();
    }
}
