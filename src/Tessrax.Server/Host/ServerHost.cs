using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Starts a server for one ledger.</summary>
internal static class ServerHost
{
    /// <summary>Starts it; on return it answers.</summary>
    /// <param name="options">Where it listens, and to whom.</param>
    /// <param name="ledger">The ledger; disposed with the server, and if this throws.</param>
    /// <param name="environment">Clock, randomness, disk and log.</param>
    public static async Task<RunningServer> StartAsync(
        ServerOptions options,
        ServedLedger ledger,
        NodeEnvironment environment
    )
    {
        WebApplication? app = null;
        WitnessDesk? witnesses = null;
        WebApplication? listener = null;
        try
        {
            if (options.Witnesses is { } policy)
                witnesses = WitnessDesk.Open(ledger, policy, environment, options.Witnessing);
            WebApplicationBuilder builder = BareKestrel.NewBuilder(options, environment);
            var meters = new Meters(environment.Clock);
            // It ends with the server.
            builder.Services.AddSingleton(_ => meters);
            app = LedgerApp.Build(builder, options, ledger, witnesses, environment, meters.Of(ledger.Directory.Origin));
            listener = await MetricsListener.StartAsync(options, app.Services.GetRequiredService<Meters>());
            await app.StartAsync();
            var running = new RunningServer(app, ledger, witnesses, options, listener);
            environment.Logger.ServerStarted(options.Ledger, running.Address.ToString());
            return running;
        }
        catch (Exception e)
        {
            if (listener is not null)
                await listener.DisposeAsync();
            if (app is not null)
                await app.DisposeAsync();
            if (witnesses is not null)
                await witnesses.DisposeAsync();
            await ledger.DisposeAsync();
            // Kestrel reads the file, and each of its parts complains in its own way.
            if (options.ConfigFile is { } file && e is not TessraxException)
                throw EndpointFile.Wrong(file, e);
            throw;
        }
    }
}
