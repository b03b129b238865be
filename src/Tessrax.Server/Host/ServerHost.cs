using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Static;
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
        try
        {
            if (options.Witnesses is { } policy)
                witnesses = WitnessDesk.Open(ledger, policy, environment, options.Witnessing);
            app = Build(options, ledger, witnesses, environment);
            await app.StartAsync();
            var running = new RunningServer(app, ledger, witnesses, options);
            environment.Logger.ServerStarted(options.Ledger, running.Address.ToString());
            return running;
        }
        catch (Exception e)
        {
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

    private static WebApplication Build(
        ServerOptions options,
        ServedLedger ledger,
        WitnessDesk? witnesses,
        NodeEnvironment environment
    )
    {
        WebApplicationBuilder builder = BareKestrel.NewBuilder();
        if (options.ConfigFile is { } file)
            EndpointFile.Configure(builder, file);
        else
            builder.WebHost.UseUrls([.. options.Urls]);
        Tracing.AddTo(builder, environment);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => ledger);
        builder.Services.AddSingleton(_ => environment);
        if (witnesses is not null)
            builder.Services.AddSingleton(_ => witnesses);
        builder.Services.AddSingleton(environment.Clock);
        builder.Services.AddSingleton<BundleShelf>();
        builder.Services.AddSingleton<TileShelf>();
        builder.Services.AddSingleton(new VerifierFiles(VerifierFiles.Find(options.Verifier)));
        builder.Services.AddSingleton(new DocsFiles(DocsFiles.Find(options.Docs)));
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<Shedding>();
        builder.Services.AddSingleton(new RateLimits(options.Rates));
        builder.Services.AddSingleton<Meters>();
        builder.Services.AddSingleton(services => new MetricsText(services.GetRequiredService<Meters>().Meter));
        AddAccess(builder.Services, options, ledger, environment);
        var room = new TransferRoom();
        builder.Services.AddSingleton(room);
        builder.Services.AddSingleton(new AnswerWriter(options.ReadsAreOpen, room));
        builder.Services.AddSingleton(_ => new EventReaders());
        WebApplication app = builder.Build();
        // It counts from the start, not from the first look.
        _ = app.Services.GetRequiredService<MetricsText>();
        app.Use(new RequestFrame(app.Services.GetRequiredService<Meters>(), options, environment).Run);
        if (options.PathBase.Length > 0)
            app.UsePathBase(options.PathBase);
        app.UseRouting();
        ApiMapper.Map(app, ApiRoutes.All);
        return app;
    }

    private static void AddAccess(
        IServiceCollection services,
        ServerOptions options,
        ServedLedger ledger,
        NodeEnvironment environment
    )
    {
        var url = new PublicAddress(options.PublicUrl);
        services.AddSingleton(url);
        var run = new ServerRun(environment.RandomBytes(ServerRun.Bytes));
        var list = new AccessList(options.AccessPath, ledger, environment);
        var sessions = new Sessions(list, environment);
        var signIns = new SignIns(list, environment);
        var tokens = new TokenJudge(list, ledger.Directory.Id, run, environment.Clock);
        services.AddSingleton(run);
        services.AddSingleton(list);
        services.AddSingleton(sessions);
        services.AddSingleton(signIns);
        services.AddSingleton(
            new AccessGate(
                options.ReadsAreOpen,
                options.ReadsAreOpen && options.IsLoopback,
                url,
                tokens,
                sessions,
                signIns
            )
        );
    }
}
