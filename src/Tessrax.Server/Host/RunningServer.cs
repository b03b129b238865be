using System.Net;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>A server that answers.</summary>
internal sealed class RunningServer(
    WebApplication app,
    ServedLedger ledger,
    WitnessDesk? witnesses,
    ServerOptions options,
    WebApplication? metrics = null
) : IAsyncDisposable
{
    private int stopped;

    /// <summary>Where it listens; the first address of several.</summary>
    public Uri Address { get; } = BareKestrel.AddressOf(app);

    /// <summary>Where a browser of this machine finds it, or of another if it was told how clients call it.</summary>
    public Uri Link =>
        options.PublicUrl
        ?? (
            IPAddress.TryParse(Address.DnsSafeHost, out IPAddress? ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
                ? new UriBuilder(Address)
                {
                    Host = options.Hosts.FirstOrDefault(host => host != ServerOptions.AnyHost) ?? "localhost",
                }.Uri
                : Address
        );

    /// <summary>Whether others can call it: false where it listens beyond loopback, and knows no name but loopback's.</summary>
    public bool IsReachedByName =>
        options.Hosts.Count > 0 || options.PublicUrl is not null || ServerOptions.IsLoopbackName(Address.Host);

    public ServedLedger Ledger => ledger;

    public IServiceProvider Services => app.Services;

    /// <summary>Where what is measured is told, apart from the ledger; null if nowhere.</summary>
    public Uri? MetricsAddress => metrics is null ? null : BareKestrel.AddressOf(metrics);

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
        app.Services.GetRequiredService<LedgerGauges>().Dispose();
        if (witnesses is not null)
            await witnesses.DisposeAsync();
        await ledger.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (metrics is not null)
            await metrics.DisposeAsync();
        await app.DisposeAsync();
    }
}
