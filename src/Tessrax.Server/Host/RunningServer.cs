using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;

namespace Tessrax.Server.Host;

/// <summary>A server that answers.</summary>
internal sealed class RunningServer(
    WebApplication app,
    ServedLedger ledger,
    WitnessDesk? witnesses,
    ServerOptions options
) : IAsyncDisposable
{
    private int stopped;

    /// <summary>Where it listens; the first address of several.</summary>
    public Uri Address { get; } = BareKestrel.AddressOf(app);

    public ServedLedger Ledger => ledger;

    public IServiceProvider Services => app.Services;

    /// <summary>Ends it: it says so, streams end, nothing new is taken, requests under way end, what was accepted becomes durable, and the ledger is closed.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
            return;
        Drain drain = app.Services.GetRequiredService<Drain>();
        drain.Announce();
        if (options.DrainNotice > TimeSpan.Zero)
            await Task.Delay(options.DrainNotice);
        drain.EndStreams();
        using var patience = new CancellationTokenSource(options.DrainPatience);
        await app.StopAsync(patience.Token);
        if (witnesses is not null)
            await witnesses.DisposeAsync();
        await ledger.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await app.DisposeAsync();
    }
}
