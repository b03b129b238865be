namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>The database is restarted while clients append through three nodes.</summary>
public sealed class DatabaseRestartTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    // Longer than a writer asks again, and than a request waits.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(45);

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_in_order_or_by_a_crash_is_only_a_delay(bool crashes)
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        for (int i = 0; i < 3; i++)
        {
            End(rig, crashes);
            await Task.Delay(TimeSpan.FromSeconds(i));
            rig.Cluster.Server.Start();
            rig.Tell(crashes ? "database crashed" : "database restarted", await load.More(1), Bound, load);
            await load.More(50);
        }
        await load.End();
        Assert.Empty(load.Refused);
        await rig.MustHold(load);
    }

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_stays_away_long_is_written_to_again_once_it_is_back(bool crashes)
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(50);
        End(rig, crashes);
        await Task.Delay(Long);
        // What was acknowledged is read meanwhile, at every node.
        foreach (NodeProcess node in rig.Nodes)
            Assert.Equal(200, (await node.Client.Get($"{NodeClient.Prefix}/v1/receipts/1")).Status);
        rig.Cluster.Server.Start();
        TimeSpan back = await load.More(1);
        await load.More(50);
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell("database away for 45 s", back, Bound, load);
        // That nobody knows, or that nothing was done; and nothing else.
        Assert.All(load.Refused, one => Assert.Contains(one.Code, DatabaseAway.Codes));
        await rig.MustHold(load);
    }

    private static void End(ClusterRig rig, bool crashes)
    {
        if (crashes)
            rig.Cluster.Server.Crash();
        else
            rig.Cluster.Server.Stop();
    }
}
