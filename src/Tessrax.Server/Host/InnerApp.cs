using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Node;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Api;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>One ledger of several that a process serves: it answers what is handed to it.</summary>
internal sealed class InnerApp : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly InnerServer server;
    private readonly WitnessDesk? witnesses;
    private readonly ServerOptions options;
    private int disposed;

    private InnerApp(
        WebApplication app,
        InnerServer server,
        ServedLedger ledger,
        WitnessDesk? witnesses,
        ServerOptions options
    )
    {
        (this.app, this.server, this.witnesses, this.options) = (app, server, witnesses, options);
        Ledger = ledger;
    }

    public ServedLedger Ledger { get; }

    /// <summary>The desk that asks witnesses to cosign; null if none are asked here.</summary>
    public WitnessDesk? Witnesses => witnesses;

    /// <summary>Starts it.</summary>
    /// <param name="options">To whom it answers, and how.</param>
    /// <param name="ledger">The ledger; disposed with it, and if this throws.</param>
    /// <param name="environment">Clock, randomness, disk and log.</param>
    /// <param name="meters">Where it is told what is measured.</param>
    /// <param name="owner">Answers what only the writer can; null if the ledger here has it, and asks the witnesses itself.</param>
    /// <param name="cosigned">Tells what they cosigned, where somebody else asks them; null if nobody does.</param>
    public static async Task<InnerApp> StartAsync(
        ServerOptions options,
        ServedLedger ledger,
        NodeEnvironment environment,
        LedgerMeters meters,
        IOwner? owner,
        CosignedNotes? cosigned
    )
    {
        WebApplication? app = null;
        WitnessDesk? witnesses = null;
        try
        {
            if (owner is null && options.Witnesses is { } policy)
                witnesses = WitnessDesk.Open(ledger, policy, environment, options.Witnessing);
            var server = new InnerServer();
            WebApplicationBuilder builder = BareKestrel.NewBuilder();
            builder.Services.AddSingleton<IServer>(server);
            if (owner is not null)
                builder.Services.AddSingleton(owner);
            if (cosigned is not null)
                builder.Services.AddSingleton(cosigned);
            app = LedgerApp.Build(
                builder,
                options,
                ledger,
                witnesses,
                environment,
                meters,
                isWriterAlone: owner is null
            );
            await app.StartAsync();
            return new InnerApp(app, server, ledger, witnesses, options);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            if (witnesses is not null)
                await witnesses.DisposeAsync();
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="InnerServer.TryHandle"/>
    public Task<bool> TryHandle(IFeatureCollection request) => server.TryHandle(request);

    /// <summary>From now on it says that it is not ready.</summary>
    public void Announce() => app.Services.GetRequiredService<Drain>().Announce();

    /// <summary>Ends what goes on for long.</summary>
    public void EndStreams() => app.Services.GetRequiredService<Drain>().EndStreams();

    /// <summary>Ends it: streams end, nothing new is taken, requests under way end, what was accepted becomes durable, and the ledger is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        Drain drain = app.Services.GetRequiredService<Drain>();
        drain.Announce();
        drain.EndStreams();
        using (var patience = new CancellationTokenSource(options.DrainPatience))
            await app.StopAsync(patience.Token);
        app.Services.GetRequiredService<LedgerGauges>().Dispose();
        if (witnesses is not null)
            await witnesses.DisposeAsync();
        await Ledger.DisposeAsync();
        await app.DisposeAsync();
    }
}
