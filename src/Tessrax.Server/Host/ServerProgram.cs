using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Serving;
using Tessrax.Server.Witnessing;

namespace Tessrax.Server.Host;

/// <summary>The command line of <c>tessraxd</c>.</summary>
internal static class ServerProgram
{
    public static Task<int> Run(string[] args)
    {
        var directory = new Argument<string>("DIR") { Description = "the ledger's directory" };
        var urls = new Option<string[]>("--urls")
        {
            Description = $"where to listen; {ServerOptions.DefaultUrl} by default",
            HelpName = "URL",
        };
        var witnesses = new Option<string?>("--witness-policy")
        {
            Description = "a policy (C2SP tlog-policy) whose witnesses are asked to cosign the ledger's checkpoints",
            HelpName = "FILE",
        };
        var root = new RootCommand("Serves a Tessrax ledger over HTTP, to be read")
        {
            directory,
            urls,
            witnesses,
            WitnessProgram.Create(),
        };
        root.SetAction(
            (parsed, cancellation) =>
                Serve(
                    new ServerOptions
                    {
                        Ledger = parsed.GetRequiredValue(directory),
                        Urls = parsed.GetValue(urls) is { Length: > 0 } given ? given : [ServerOptions.DefaultUrl],
                        Witnesses = parsed.GetValue(witnesses) is { } file
                            ? TlogPolicy.Parse(File.ReadAllText(file))
                            : null,
                    },
                    cancellation
                )
        );
        return root.Parse(args).InvokeAsync();
    }

    private static async Task<int> Serve(ServerOptions options, CancellationToken cancellation)
    {
        var environment = NodeEnvironment.OfUser(
            Environment.GetEnvironmentVariable,
            TimeProvider.System,
            SystemRandom.Fill,
            NullLogger.Instance
        );
        ServedLedger ledger = await ServedLedger.OpenAsync(options.Ledger, null, environment);
        await using RunningServer server = await ServerHost.StartAsync(options, ledger, environment);
        await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        environment.Logger.ServerStopped(options.Ledger);
        return 0;
    }
}
