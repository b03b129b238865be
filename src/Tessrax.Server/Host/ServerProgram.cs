using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tessrax.Node;
using Tessrax.Node.Serving;

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
        var root = new RootCommand("Serves a Tessrax ledger over HTTP, to be read") { directory, urls };
        root.SetAction(
            (parsed, cancellation) =>
                Serve(
                    new ServerOptions
                    {
                        Ledger = parsed.GetRequiredValue(directory),
                        Urls = parsed.GetValue(urls) is { Length: > 0 } given ? given : [ServerOptions.DefaultUrl],
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
