using Tessrax.Bench.Http;

namespace Tessrax.Bench.Cluster;

/// <summary>What a turn at some nodes did.</summary>
/// <param name="Rate">Answers a second, of all of them.</param>
/// <param name="Micros">Processor time of the nodes for an answer, in microseconds; the load's is not among it.</param>
internal readonly record struct ClusterLoad(double Rate, double Micros)
{
    /// <summary>How many processors the nodes had together.</summary>
    public double Cores => Rate * Micros / 1e6;

    /// <summary>Clients that talk at once, so many to each node, each of which waits for its answers, for so long.</summary>
    public static async Task<ClusterLoad> Run(List<ReadNode> nodes, int connections, byte[][] requests, TimeSpan turn)
    {
        var clients = new List<LoadClient>();
        foreach (ReadNode node in nodes)
            clients.AddRange(await LoadClient.Open(node.Address, connections));
        int[] next = [.. Enumerable.Range(0, clients.Count).Select(i => i * 61)];
        Load load = await Load.Run(
            clients.Count,
            turn,
            () => TimeSpan.FromTicks(nodes.Sum(node => node.Cpu.Ticks)),
            async i => await clients[i].Ask(requests[next[i]++ % requests.Length])
        );
        foreach (LoadClient client in clients)
            client.Dispose();
        return new ClusterLoad(load.Rate, load.Micros);
    }
}
