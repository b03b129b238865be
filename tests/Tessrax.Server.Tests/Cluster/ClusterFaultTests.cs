using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Nodes, each a process, while clients append through them: a node or the database fails. Nothing acknowledged is lost, there is one history, and the service is back in time.</summary>
/// <remarks>What takes longer is in <see cref="Faults"/>, for <c>eng/cluster-faults.sh</c>.</remarks>
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    // As docs/growing.md says it.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_owner_that_is_killed_loses_nothing_and_another_one_takes_over()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        NodeProcess owner = await rig.Owner();
        var load = new ClusterLoad(rig.Others(owner), 8);
        await load.More(50);
        owner.Kill();
        TimeSpan back = await load.More(1);
        await load.More(50);
        // It comes back as any node, and serves what the others wrote.
        await rig.Restart(owner);
        await load.More(50);
        await load.End();
        rig.Tell("owner killed", back, Bound, load);
        Assert.Empty(load.Refused);
        await rig.MustHold(load);
    }

    [Fact]
    public async Task What_a_node_prepared_that_was_killed_is_committed_at_the_others_once()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        NodeProcess owner = await rig.Owner();
        NodeProcess[] others = rig.Others(owner);
        string paid = await owner.Client.Prepare("paid", "i-1");
        string sent = await owner.Client.Prepare("sent", "i-2");
        string given = await owner.Client.Prepare("given");
        // One commit is under way when its node is killed.
        Task<(int Status, JsonValue Json)> first = others[0].Client.Decide(sent, "commit");
        owner.Kill();
        await first;
        Dictionary<string, string> indexes = [];
        foreach (NodeProcess node in others.Concat(others))
        {
            foreach (string token in new[] { paid, sent })
            {
                (int status, JsonValue committed) = await node.Client.Decide(token, "commit");
                Assert.True(status == 200, committed.ToString());
                indexes.TryAdd(token, committed["index"]!.AsNumberText());
                Assert.Equal(indexes[token], committed["index"]!.AsNumberText());
            }
            Assert.Equal("aborted", (await node.Client.Decide(given, "abort")).Json["state"]!.AsString());
        }
        // And when it comes back.
        owner = await rig.Restart(owner);
        Assert.Equal(paid, await owner.Client.Prepare("paid", "i-1"));
        Assert.Equal(indexes[paid], (await owner.Client.Decide(paid, "commit")).Json["index"]!.AsNumberText());
        Assert.Equal("TSX4028", (await owner.Client.Decide(given, "commit")).Json["code"]!.AsString());
        Dictionary<string, long> there = await rig.MustHold();
        Assert.Equal(indexes[paid], $"{there["paid"]}");
        Assert.Equal(indexes[sent], $"{there["sent"]}");
        Assert.DoesNotContain("given", there.Keys);
    }

    [Fact]
    public async Task Nodes_that_are_all_killed_at_once_come_back_with_what_was_acknowledged()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output);
        var load = new ClusterLoad(rig.Nodes, 6);
        await load.More(30);
        foreach (NodeProcess node in rig.Nodes)
            node.Kill();
        await load.End();
        long begun = Stopwatch.GetTimestamp();
        foreach (NodeProcess node in rig.Nodes.ToArray())
            await rig.Restart(node);
        await rig.AllAppend("again at");
        TimeSpan back = Stopwatch.GetElapsedTime(begun);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"three nodes were started and all appended after {back.TotalSeconds:F1} s"
            )
        );
        await rig.MustHold(load);
    }

    [Fact]
    public async Task A_database_that_crashes_under_load_is_waited_for_and_a_planted_writer_with_an_old_fencing_number_is_refused()
    {
        using ClusterRig rig = await ClusterRig.Start(TestCluster.Begin(), output, count: 1);
        // Somebody opens the ledger past the cluster, and is followed by the node without knowing it.
        LedgerWriter planted = rig.Cluster.Home.Open();
        var load = new ClusterLoad(rig.Nodes, 4);
        await load.More(50);
        TessraxException refused = Assert.Throws<TessraxException>(() => planted.Append([TestLedger.Own("planted")]));
        Assert.Equal(ErrorCodes.StaleWriter, refused.Code);
        planted.Dispose();
        rig.Cluster.Server.Crash();
        rig.Cluster.Server.Start();
        TimeSpan back = await load.More(1);
        await load.More(20);
        await load.End();
        rig.Tell("database crashed", back, Bound, load);
        Assert.Empty(load.Refused);
        await rig.MustHold(load);
    }
}
