namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>The nodes' clocks differ by a minute.</summary>
public sealed class ClockSkewTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan While = TimeSpan.FromSeconds(30);

    [Fact(Explicit = true)]
    public async Task Nodes_whose_clocks_differ_do_not_take_each_other_for_dead_and_follow_each_other()
    {
        using var clock = WrongClock.Make();
        using ClusterRig rig = await ClusterRig.Start(
            TestCluster.Begin(),
            output,
            surroundings:
            [
                [],
                clock.OffBy(30),
                clock.OffBy(-30),
            ]
        );
        foreach ((NodeProcess node, int seconds) in rig.Nodes.Zip([0, 30, -30]))
            Assert.InRange(await Off(node), seconds - 5, seconds + 5);
        NodeProcess owner = await rig.Owner();
        var load = new ClusterLoad(rig.Others(owner), 8);
        await load.More(50);
        await Task.Delay(While);
        Assert.DoesNotContain(rig.Nodes, node => node.HasEnded);
        Assert.Equal(owner, await rig.Owner());
        owner.Kill();
        TimeSpan back = await load.More(1);
        await load.More(50);
        await rig.Restart(owner);
        await rig.AllAppend("again at");
        await load.End();
        rig.Tell("owner killed, clocks a minute apart", back, Bound, load);
        Assert.Empty(load.Refused);
        await rig.MustHold(load);
    }

    // By how many seconds, as it dates its answers.
    private static async Task<double> Off(NodeProcess node)
    {
        using HttpResponseMessage answer = await node.Client.Http.GetAsync(new Uri("/healthz", UriKind.Relative));
        return (answer.Headers.Date!.Value - DateTimeOffset.UtcNow).TotalSeconds;
    }
}
