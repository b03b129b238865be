using Tessrax.Node;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Static;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>All that answers for one ledger: its addresses, who may use them, and the limits.</summary>
internal static class LedgerApp
{
    /// <summary>Builds it.</summary>
    /// <param name="builder">Says by which server requests come.</param>
    /// <param name="options">To whom it answers, and how.</param>
    /// <param name="ledger">The ledger; whoever builds disposes it.</param>
    /// <param name="witnesses">The desk that asks them, if any are.</param>
    /// <param name="environment">Clock, randomness, disk and log.</param>
    /// <param name="meters">Where it is told what is measured.</param>
    /// <param name="isWriterAlone">Whether another one of this process answers those who read.</param>
    public static WebApplication Build(
        WebApplicationBuilder builder,
        ServerOptions options,
        ServedLedger ledger,
        WitnessDesk? witnesses,
        NodeEnvironment environment,
        LedgerMeters meters,
        bool isWriterAlone = false
    )
    {
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => ledger);
        builder.Services.AddSingleton(_ => environment);
        if (witnesses is not null)
        {
            builder.Services.AddSingleton(_ => witnesses);
            builder.Services.AddSingleton(
                new CosignedNotes(static () => true, () => new((witnesses.Cosigned, witnesses.CosignedSize)))
            );
        }
        builder.Services.AddSingleton(environment.Clock);
        builder.Services.AddSingleton<BundleShelf>();
        builder.Services.AddSingleton<TileShelf>();
        builder.Services.AddSingleton(new VerifierFiles(VerifierFiles.Find(options.Verifier)));
        builder.Services.AddSingleton(new DocsFiles(DocsFiles.Find(options.Docs)));
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<FilesIn>();
        builder.Services.AddSingleton<FilesOut>();
        builder.Services.AddSingleton<Shedding>();
        builder.Services.AddSingleton(new RateLimits(options.Rates));
        builder.Services.AddSingleton(new LedgerQuota(options.Quotas.Of(ledger.Directory.Origin), environment.Clock));
        builder.Services.AddSingleton(meters);
        builder.Services.AddSingleton(services => new LedgerGauges(
            ledger,
            services.GetRequiredService<EventReaders>(),
            services.GetRequiredService<LedgerQuota>(),
            meters,
            isWriterAlone,
            witnesses
        ));
        AddAccess(builder.Services, options, ledger, environment);
        var room = new TransferRoom();
        builder.Services.AddSingleton(room);
        builder.Services.AddSingleton(new AnswerWriter(options.ReadsAreOpen, room));
        builder.Services.AddSingleton(_ => new EventReaders());
        WebApplication app = builder.Build();
        // It is told from the start, whoever looks.
        _ = app.Services.GetRequiredService<LedgerGauges>();
        app.Use(new RequestFrame(meters, options, environment).Run);
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
