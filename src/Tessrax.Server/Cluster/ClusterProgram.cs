using System.Net;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Server.Host;

namespace Tessrax.Server.Cluster;

/// <summary><c>tessraxd --cluster</c>: a node serves the ledgers of a database until it is told to end, or the other nodes declare it dead.</summary>
internal static class ClusterProgram
{
    // What a node holds that the others have declared dead is theirs already: it closes what it can, and waits for nothing that may hang.
    private static readonly TimeSpan LastMoments = TimeSpan.FromSeconds(5);

    /// <summary>Serves.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Serve(NodeOptions options, NodeEnvironment environment, Task ended)
    {
        using var signals = new SecondSignal();
        ended = Task.WhenAny(ended, signals.First);
        if (options.Certificates is null && !IPAddress.IsLoopback(options.Silo.Address))
            Complaint.Warn(
                $"whoever reaches {options.Silo} is taken for a node, and can read what nodes say: --silo-certificate, --silo-authority"
            );
        ClusterNode node = await ClusterNode.StartAsync(options, environment);
        Console.WriteLine(
            $"serving ledgers at {new Uri(node.Address, $"{options.Serving.PathBase}{ClusterFront.Ledgers}")}"
        );
        await Task.WhenAny(ended, node.Expelled);
        if (node.Expelled.IsCompleted)
        {
            environment.Logger.NodeExpelled(options.Silo.ToString());
            Complaint.Warn("the other nodes have declared this one dead; start it again");
            await Task.WhenAny(node.DisposeAsync().AsTask(), Task.Delay(LastMoments, environment.Clock));
            return ServerProgram.StartAgain;
        }
        await node.DisposeAsync();
        environment.Logger.NodeStopped(options.Silo.ToString());
        return 0;
    }
}
