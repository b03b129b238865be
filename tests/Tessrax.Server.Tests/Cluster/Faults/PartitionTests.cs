using Tessrax.Node.Tests.Stores;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>Three nodes, each on a host of its own, between which, or between which and the database, packets get lost.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_owner_that_alone_does_not_reach_the_database_is_followed_by_one_that_does(bool isTold)
    {
        using ClusterRig rig = await Start();
        NodeProcess owner = await rig.Owner();
        NetHost host = rig.HostOf(owner);
        var load = new ClusterLoad(rig.Others(owner), 8);
        await load.More(50);
        CutFromDatabase(rig, host, isTold);
        TimeSpan back = await load.More(1);
        await load.More(50);
        Mend(host, isTold);
        // It takes appends again, by whoever writes now.
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell($"owner cut off from the database, {(isTold ? "and told" : "without a word")}", back, Bound, load);
        Assert.Empty(load.Refused);
        await rig.MustHold(load);
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_that_all_do_not_reach_the_database_go_on_once_they_do(bool isTold)
    {
        using ClusterRig rig = await Start();
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        foreach (NetHost host in rig.Hosts)
            CutFromDatabase(rig, host, isTold);
        await Task.Delay(TimeSpan.FromSeconds(20));
        // Whoever reads does not wait for it.
        foreach (NodeProcess node in rig.Nodes)
            Assert.Equal(
                200,
                (await node.Client.Get($"{NodeClient.Prefix}/v1/receipts/1").WaitAsync(TimeSpan.FromSeconds(5))).Status
            );
        foreach (NetHost host in rig.Hosts)
            Mend(host, isTold);
        TimeSpan back = await load.More(1);
        await load.More(50);
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell($"all cut off from the database, {(isTold ? "and told" : "without a word")}", back, Bound, load);
        Assert.All(load.Refused, one => Assert.Contains(one.Code, DatabaseAway.Codes));
        await rig.MustHold(load);
    }

    [Fact(Explicit = true)]
    public async Task An_owner_that_the_other_nodes_do_not_hear_is_followed_by_another_one_and_ends()
    {
        using ClusterRig rig = await Start();
        NodeProcess owner = await rig.Owner();
        NodeProcess[] others = rig.Others(owner);
        var load = new ClusterLoad(others, 8);
        // It still reaches the database, and its clients reach it.
        var alone = new ClusterLoad([owner], 2, "alone");
        await load.More(50);
        await alone.More(10);
        foreach (NodeProcess other in others)
            rig.HostOf(owner).Lose(rig.HostOf(other));
        TimeSpan back = await load.More(1);
        int exit = await owner.Exit();
        Assert.True(exit == 75, $"{exit}\n{owner.Told}");
        await load.More(50);
        foreach (NodeProcess other in others)
            rig.HostOf(owner).Find(rig.HostOf(other));
        await rig.Restart(owner);
        await rig.AllAppend("again at");
        await alone.End();
        await load.End();
        rig.Tell("owner cut off from the other nodes", back, Bound, load);
        Assert.Empty(load.Refused);
        await rig.MustHold(load, alone);
    }

    [Fact(Explicit = true)]
    public async Task Nodes_that_do_not_hear_each_other_keep_one_history_and_are_one_cluster_again_once_they_do()
    {
        using ClusterRig rig = await Start();
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        foreach ((NetHost one, NetHost other) in Pairs(rig))
            one.Lose(other);
        await Task.Delay(TimeSpan.FromSeconds(30));
        foreach ((NetHost one, NetHost other) in Pairs(rig))
            one.Find(other);
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        // Whoever was declared dead has ended, and is started again, as by a supervisor.
        foreach (NodeProcess node in rig.Nodes.Where(node => node.HasEnded).ToArray())
            await rig.Restart(node);
        await rig.AllAppend("again at");
        TimeSpan back = System.Diagnostics.Stopwatch.GetElapsedTime(begun);
        await load.End();
        rig.Tell("no node heard another", back, 2 * Bound, load);
        await rig.MustHold(load);
    }

    private Task<ClusterRig> Start()
    {
        PrivateNet net = PrivateNet.Begin();
        PrivatePostgres server = PrivatePostgres.Begin(
            Directory.CreateTempSubdirectory("tessrax-pg-").FullName,
            PrivateNet.Database.ToString()
        );
        return ClusterRig.Start(TestCluster.Begin(server), output, net: net);
    }

    private static IEnumerable<(NetHost One, NetHost Other)> Pairs(ClusterRig rig) =>
        from i in Enumerable.Range(0, rig.Hosts.Count)
        from j in Enumerable.Range(0, i)
        select (rig.Hosts[j], rig.Hosts[i]);

    private static void CutFromDatabase(ClusterRig rig, NetHost host, bool isTold)
    {
        if (!isTold)
        {
            host.Lose(PrivateNet.Database);
            return;
        }
        host.Forbid(PrivateNet.Database);
        rig.Cluster.Server.Ask(
            $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE client_addr = '{host.Address}'"
        );
    }

    private static void Mend(NetHost host, bool isTold)
    {
        if (isTold)
            host.Allow(PrivateNet.Database);
        else
            host.Find(PrivateNet.Database);
    }
}
