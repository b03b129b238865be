using System.CommandLine;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Logging;
using Tessrax.Node.Postgres;
using Tessrax.Node.Serving;
using Tessrax.Node.Witnessing;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Cluster;
using Tessrax.Server.Witnessing;

namespace Tessrax.Server.Host;

/// <summary>The command line of <c>tessraxd</c>: serves one ledger until it is told to end.</summary>
internal static class ServerProgram
{
    /// <summary>The exit code after a batch failed: whoever supervises the process starts it again (EX_TEMPFAIL).</summary>
    public const int StartAgain = 75;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // What is under way, and then the batches that were accepted, get their time before System.CommandLine ends the process.
    private static readonly TimeSpan MostEnding = TimeSpan.FromSeconds(120);

    public static Task<int> Run(string[] args)
    {
        PostgresStores.Register();
        var arguments = new ServerArguments();
        var supervision = new Supervision();
        var root = new RootCommand("Serves a Tessrax ledger over HTTP");
        arguments.AddTo(root);
        foreach (Option option in supervision.Options)
            root.Add(option);
        root.Add(WitnessProgram.Create());
        root.SetAction(
            (parsed, signal) =>
                Complaint.Guard(() =>
                {
                    ServerOptions options = arguments.Read(parsed);
                    byte[]? passphrase = options.IsReadOnly
                        ? null
                        : supervision.Passphrase(parsed, $"the keys of {options.Ledger}");
                    ILogger log = arguments.Log(parsed);
                    Task ended = supervision.Ended(parsed, signal);
                    return arguments.ReadCluster(parsed, options) is { } node
                        ? ClusterProgram.Serve(node with { Passphrase = passphrase }, Surroundings(log), ended)
                        : Serve(options, passphrase, Surroundings(log), ended);
                })
        );
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = MostEnding });
    }

    private static NodeEnvironment Surroundings(ILogger logger)
    {
        // Reading is synchronous and from disk: a burst of readers must not wait for threads to be made.
        ThreadPool.SetMinThreads(64, 64);
        return NodeEnvironment.OfUser(
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            SystemRandom.Fill,
            logger
        );
    }

    private static async Task<int> Serve(
        ServerOptions options,
        byte[]? passphrase,
        NodeEnvironment environment,
        Task ended
    )
    {
        using var signals = new SecondSignal();
        ended = Task.WhenAny(ended, signals.First);
        ServedLedger ledger = await Open(options, passphrase, environment);
        await using RunningServer server = await ServerHost.StartAsync(options, ledger, environment);
        Tell(options, server);
        var watch = new AccessWatch(server.Services.GetRequiredService<AccessList>(), Console.Error);
        // Whoever asks first need not wait for all that is made once. What fails is told to whoever asks.
        _ = Task.Run(() => PageRoutes.BeginAsync(ledger, environment));
        while (!ended.IsCompleted && ledger.AppendFailure is null)
        {
            await Task.WhenAny(ended, Task.Delay(Look));
            watch.Look();
        }
        int exit = ended.IsCompleted ? 0 : StartAgain;
        await server.StopAsync();
        environment.Logger.ServerStopped(options.Ledger);
        return exit;
    }

    private static async Task<ServedLedger> Open(ServerOptions options, byte[]? passphrase, NodeEnvironment environment)
    {
        if (options.IsReadOnly)
            return await ServedLedger.OpenAsync(options.Ledger, null, environment, ToBeRead(options));
        LedgerDirectory.Open(options.Ledger, environment.Disk);
        if (await Refused(options, environment) is { } reason)
        {
            // Before the first signature: what it would sign, the witnesses know otherwise.
            Complaint.Print(reason);
            ServedLedger toBeRead = await ServedLedger.OpenAsync(options.Ledger, null, environment, ToBeRead(options));
            toBeRead.StopAppending(reason);
            environment.Logger.ServedToBeRead(options.Ledger, reason.Message, reason.Code);
            return toBeRead;
        }
        OwnKeys files = OwnKeys.Find(options.Ledger, environment);
        LedgerKeys keys = files.Unlock(passphrase!);
        try
        {
            return await ServedLedger.OpenAsync(options.Ledger, keys, environment);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private static ServingOptions ToBeRead(ServerOptions options) =>
        ServingOptions.Default with
        {
            PullEvery = options.PullEvery,
        };

    private static async Task<TessraxException?> Refused(ServerOptions options, NodeEnvironment environment) =>
        options.Witnesses is { } policy
            ? await WitnessDesk.AskFirstAsync(options.Ledger, policy, environment, options.Witnessing)
            : null;

    private static void Tell(ServerOptions options, RunningServer server)
    {
        Console.WriteLine($"serving {options.Ledger} at {server.Address}");
        if (!server.IsReachedByName)
            Complaint.Warn("it is called by loopback's names alone, and refuses any other: --host NAME");
        // Not into a file: who finds it could sign in.
        if (options.ReadsAreOpen || Console.IsOutputRedirected)
            return;
        (string code, _) = server.Services.GetRequiredService<SignIns>().NewCode("console", null);
        Console.WriteLine(
            $"sign in once, within five minutes: {new Uri(server.Link, $"{options.PathBase}/sign-in/{code}")}"
        );
    }
}
