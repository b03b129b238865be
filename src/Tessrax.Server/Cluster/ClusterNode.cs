using System.Data.Common;
using System.Security.Authentication;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Runtime.MembershipService;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Node.Postgres;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Cluster;

/// <summary>A running node of a cluster: a silo of Orleans, which finds the writer of each ledger, and a server for clients.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    // Names the cluster among others in the same database; and what it is called for its reminders.
    private const string Name = "tessrax";

    // What is under way at the ledgers that are handed over gets its time first.
    private static readonly TimeSpan MostLeaving = TimeSpan.FromSeconds(45);

    private readonly NodeLedgers ledgers;
    private readonly IHost silo;
    private readonly WebApplication front;
    private readonly ClusterFront answers;
    private readonly NodeOptions options;
    private readonly DbDataSource source;
    private readonly Expelled expelled;
    private int stopped;

    private ClusterNode(
        NodeLedgers ledgers,
        IHost silo,
        WebApplication front,
        ClusterFront answers,
        NodeOptions options,
        DbDataSource source,
        Expelled expelled
    )
    {
        (this.ledgers, this.silo, this.front, this.answers) = (ledgers, silo, front, answers);
        (this.options, this.source, this.expelled) = (options, source, expelled);
    }

    /// <summary>Where it listens; the first address of several.</summary>
    public Uri Address { get; private init; } = null!;

    private (Meters Meters, WebApplication? Listener) Metrics { get; init; }

    /// <summary>Completes when the other nodes have declared this one dead: the process is to end, and to be started again.</summary>
    public Task Expelled => expelled.Told;

    /// <summary>Starts it; on return it answers.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3051: the database; TSX6052: the node cannot join the others.</exception>
    public static async Task<ClusterNode> StartAsync(NodeOptions options, NodeEnvironment surroundings)
    {
        // What a node remembers of a ledger is the node's own, whoever else runs as the same user on this machine.
        NodeEnvironment environment = surroundings with
        {
            StateDirectory = Path.Combine(options.Data, ".state"),
        };
        environment.Disk.CreateDirectory(options.Data);
        DbDataSource source = PostgresStores.Connections(options.Database);
        var meters = new Meters(environment.Clock, options.Silo.ToString());
        var ledgers = new NodeLedgers(options, environment, source, meters);
        var expelled = new Expelled();
        IHost? silo = null;
        WebApplication? front = null;
        WebApplication? listener = null;
        try
        {
            await ledgers.NamesAsync();
            silo = await StartSilo(options, ledgers, source, expelled);
            NodeRoster roster = silo.Services.GetRequiredService<NodeRoster>();
            ledgers.Join(silo.Services.GetRequiredService<IGrainFactory>(), roster);
            meters.Watch(new NodeGauges(ledgers, roster), null);
            var answers = new ClusterFront(ledgers, roster, options.Serving, meters);
            front = Front(options, environment, answers);
            listener = await MetricsListener.StartAsync(options.Serving, meters);
            await front.StartAsync();
            Uri address = BareKestrel.AddressOf(front);
            ledgers.Url = options.Serving.PublicUrl ?? address;
            environment.Logger.NodeStarted(address.ToString(), options.Silo.ToString());
            return new ClusterNode(ledgers, silo, front, answers, options, source, expelled)
            {
                Address = address,
                Metrics = (meters, listener),
            };
        }
        catch
        {
            if (listener is not null)
                await listener.DisposeAsync();
            if (front is not null)
                await front.DisposeAsync();
            if (silo is not null)
                await Leave(silo);
            await ledgers.DisposeAsync();
            await source.DisposeAsync();
            meters.Dispose();
            throw;
        }
    }

    /// <summary>Ends it: it says so, takes no ledger over any more, answers what is under way, gives the ledgers that it writes back, and leaves the others.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
            return;
        answers.Announce();
        ledgers.Announce();
        if (options.Serving.DrainNotice > TimeSpan.Zero)
            await Task.Delay(options.Serving.DrainNotice);
        await ledgers.HandOverAsync(options.Serving.DrainPatience);
        ledgers.EndStreams();
        using (var patience = new CancellationTokenSource(options.Serving.DrainPatience))
            await front.StopAsync(patience.Token);
        if (Metrics.Listener is { } listener)
            await listener.StopAsync();
        await Leave(silo);
        await ledgers.DisposeAsync();
        await source.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await front.DisposeAsync();
        if (Metrics.Listener is { } listener)
            await listener.DisposeAsync();
        Metrics.Meters.Dispose();
    }

    private static WebApplication Front(NodeOptions options, NodeEnvironment environment, ClusterFront answers)
    {
        WebApplication app = BareKestrel.NewBuilder(options.Serving, environment, options.Silo.ToString()).Build();
        app.Run(answers.Answer);
        return app;
    }

    private static async Task<IHost> StartSilo(
        NodeOptions options,
        NodeLedgers ledgers,
        DbDataSource source,
        Expelled expelled
    )
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tessraxd" }
        );
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddLogging();
        builder.Services.AddSingleton<ILoggerProvider>(new SiloLog(ledgers.Environment.Logger));
        builder.UseOrleans(silo => Configure(silo, options, source));
        builder.Services.AddSingleton(_ => ledgers);
        builder.Services.AddSingleton(ledgers.Environment.Clock);
        builder.Services.AddSingleton<IFatalErrorHandler>(expelled);
        builder.Services.AddSingleton<NodeServices>();
        builder.Services.AddSingleton<NodeRoster>();
        builder.Services.AddHostedService(services => services.GetRequiredService<NodeRoster>());
        IHost host = builder.Build();
        try
        {
            await ClusterTables.MakeAsync(source);
            await host.StartAsync();
            return host;
        }
        catch (Exception e)
            when (e
                    is DbException
                        or OrleansException
                        or OrleansClusterConnectivityCheckFailedException
                        or TimeoutException
            )
        {
            await Leave(host);
            throw new TessraxException(
                ErrorCodes.CannotJoin,
                $"the node at {options.Silo} cannot join the others: {e.Message}",
                null,
                e
            );
        }
    }

    private static void Configure(ISiloBuilder silo, NodeOptions options, DbDataSource source)
    {
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
        {
            cluster.ClusterId = Name;
            cluster.ServiceId = Name;
        });
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.DataSource = source;
        });
        silo.UseAdoNetReminderService(reminders =>
        {
            reminders.Invariant = "Npgsql";
            reminders.DataSource = source;
        });
        // No gateway: nobody but a node talks to a node.
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = options.Silo.Address;
            endpoint.SiloPort = options.Silo.Port;
            endpoint.GatewayPort = 0;
            endpoint.SiloListeningEndpoint = options.Silo;
        });
        if (options.Certificates is { } certificates)
            silo.UseTls(tls => Guard(tls, certificates));
        silo.Configure<SiloOptions>(named => named.SiloName = options.Silo.ToString());
        silo.Configure<ClusterMembershipOptions>(Suspect);
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = TimeSpan.FromHours(2));
        silo.AddGrainService<NodeService>();
        silo.Services.AddPlacementDirector<KeyHolderPlacement, KeyHolderDirector>();
    }

    // Both sides show a certificate, and look at the other's.
    private static void Guard(TlsOptions tls, SiloCertificates certificates)
    {
        // What it begins with; who asks is shown what counts then.
        tls.LocalCertificate = certificates.Own;
        tls.LocalServerCertificateSelector = (_, _) => certificates.Own;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Own;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (shown, sent, _) => certificates.Vouches(shown, sent);
        tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        // Which node it is says its address, and not a name.
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = "tessrax";
    }

    // To take a living node for dead costs a moment, and never an entry: the database refuses the writer that it had. So silence is suspect soon.
    private static void Suspect(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        // After all nodes were killed, the first that comes back does not wait long for those that the table has.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
        // Whoever is not let in is told soon.
        membership.MaxJoinAttemptTime = TimeSpan.FromSeconds(30);
        // How long another has been trying is told from its own clock, which may be off by more than that.
        membership.EvictWhenMaxJoinAttemptTimeExceeded = false;
        membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
    }

    private static async Task Leave(IHost silo)
    {
        // Where the database is away, nobody can be told.
        using var patience = new CancellationTokenSource(MostLeaving);
        try
        {
            await silo.StopAsync(patience.Token);
        }
        catch (Exception e)
            when (e
                    is OrleansException
                        or DbException
                        or TimeoutException
                        or OperationCanceledException
                        or InvalidOperationException
            )
        {
            // The others find out by themselves; and who was not let in is not let out.
        }
        if (silo is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            silo.Dispose();
    }
}
