using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Server.Tests.Cluster.Faults;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Nodes, each a process, over one database, and what must hold after whatever they went through.</summary>
internal sealed class ClusterRig : IDisposable
{
    private readonly ITestOutputHelper output;
    private readonly PrivateNet? net;
    private readonly Func<int, string[]>? more;
    private readonly (string Name, string Value)[][] surroundings;

    private ClusterRig(
        TestCluster cluster,
        ITestOutputHelper output,
        PrivateNet? net,
        Func<int, string[]>? more,
        (string Name, string Value)[][] surroundings
    )
    {
        (Cluster, this.output, this.net) = (cluster, output, net);
        (this.more, this.surroundings) = (more, surroundings);
    }

    public TestCluster Cluster { get; }

    public List<NodeProcess> Nodes { get; } = [];

    /// <summary>Where each node runs; nothing if all run here.</summary>
    public List<NetHost> Hosts { get; } = [];

    /// <summary>Starts them; on return each has appended.</summary>
    /// <param name="cluster">The database and the directories; ends with the rig.</param>
    /// <param name="output">Where measured times go.</param>
    /// <param name="count">How many nodes.</param>
    /// <param name="net">Where they run, each on a host of its own; ends with the rig.</param>
    /// <param name="more">What else each is told, by its number.</param>
    /// <param name="surroundings">Variables that each finds.</param>
    public static async Task<ClusterRig> Start(
        TestCluster cluster,
        ITestOutputHelper output,
        int count = 3,
        PrivateNet? net = null,
        Func<int, string[]>? more = null,
        params (string Name, string Value)[][] surroundings
    )
    {
        var rig = new ClusterRig(cluster, output, net, more, surroundings);
        try
        {
            for (int i = 1; i <= count; i++)
            {
                if (net is not null)
                    rig.Hosts.Add(net.NewHost());
                rig.Nodes.Add(await rig.StartNode(i));
            }
            await rig.AllAppend("hello of");
            return rig;
        }
        catch
        {
            rig.Dispose();
            throw;
        }
    }

    /// <summary>Every node takes an append.</summary>
    public async Task AllAppend(string text)
    {
        foreach (NodeProcess node in Nodes)
        {
            string own = string.Create(
                CultureInfo.InvariantCulture,
                $"{text.Replace(' ', '-')}-{node.Address.Port}-{node.Started}"
            );
            (int status, JsonValue answer) = await node.Client.Append(own, own);
            Assert.True(status is 200 or 201, answer.ToString());
        }
    }

    /// <summary>Starts a node again that has ended.</summary>
    public async Task<NodeProcess> Restart(NodeProcess node)
    {
        int at = Nodes.IndexOf(node);
        node.Dispose();
        return Nodes[at] = await StartNode(at + 1);
    }

    public NetHost HostOf(NodeProcess node) => Hosts[Nodes.IndexOf(node)];

    public NodeProcess[] Others(NodeProcess node) => [.. Nodes.Where(other => other != node)];

    /// <summary>The node that writes the ledger.</summary>
    public async Task<NodeProcess> Owner()
    {
        for (int i = 0; i < 100; i++)
        {
            string? owner = await Nodes[0].Owner();
            if (Nodes.Find(node => node.Is(owner)) is { } found)
                return found;
            await Task.Delay(100);
        }
        throw new InvalidOperationException("no node writes the ledger");
    }

    /// <summary>Prints how long the service was away, and holds it to a bound.</summary>
    public void Tell(string what, TimeSpan back, TimeSpan bound, ClusterLoad load)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: acknowledged again after {back.TotalSeconds:F1} s (bound: {bound.TotalSeconds:F0} s); {load.Acknowledged.Count} acknowledged in all; refused: {load.RefusedByCode()}"
            )
        );
        Assert.True(back < bound, $"{what}: the service was back after {back}, not within {bound}");
    }

    /// <summary>Asks a node to end, and waits for that. One that the others had declared dead, or that was killed, has.</summary>
    public static async Task EndsWell(NodeProcess node)
    {
        int exit = await node.End();
        Assert.True(exit is 0 or 75 or 137, $"a node ended with {exit}:\n{node.Told}");
    }

    /// <summary>Ends all nodes, and reads the history without them: all that was acknowledged is in it, where it was said to be, and once; and it verifies.</summary>
    /// <returns>Each text, and where it is.</returns>
    public async Task<Dictionary<string, long>> MustHold(params ClusterLoad[] loads)
    {
        long begun = Stopwatch.GetTimestamp();
        foreach (NodeProcess node in Nodes)
            await EndsWell(node);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"all nodes had ended after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s"
            )
        );
        Dictionary<string, long> there = Cluster.Texts();
        foreach ((string text, long index) in loads.SelectMany(load => load.Acknowledged))
            Assert.True(
                there.TryGetValue(text, out long found) && found == index,
                $"{text} was acknowledged at {index}, and is not there"
            );
        return there;
    }

    public void Dispose()
    {
        foreach (NodeProcess node in Nodes)
            node.Dispose();
        Cluster.Dispose();
        net?.Dispose();
    }

    private Task<NodeProcess> StartNode(int number) =>
        NodeProcess.Start(
            Cluster,
            number,
            Hosts.Count >= number ? Hosts[number - 1] : null,
            more?.Invoke(number),
            surroundings.ElementAtOrDefault(number - 1) ?? []
        );
}
