using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Stores;

namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>The database's server is lost, and a streaming replica of it is promoted.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan While = TimeSpan.FromSeconds(5);

    [Fact(Explicit = true)]
    public async Task A_replica_that_every_commit_waited_for_has_all_that_was_acknowledged()
    {
        PrivatePostgres primary = PrivatePostgres.Begin();
        using PrivatePostgres replica = primary.Replica("standby");
        primary.Ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        primary.Ask("SELECT pg_reload_conf()");
        var cluster = TestCluster.Begin(primary);
        using ClusterWitness witness = ClusterWitness.Start(cluster);
        using ClusterRig rig = await ClusterRig.Start(cluster, output);
        var load = new ClusterLoad(rig.Nodes, 9);
        await load.More(100);
        primary.Crash();
        replica.TakeOver(primary);
        TimeSpan back = await load.More(1);
        await load.More(50);
        await load.End();
        await rig.AllAppend("again at");
        rig.Tell("replica promoted", back, Bound, load);
        Assert.Empty(load.Refused);
        await ClusterWitness.Agrees(rig.Nodes[0]);
        await rig.MustHold(load);
    }

    [Fact(Explicit = true)]
    public async Task What_a_replica_that_lagged_has_lost_is_told_nothing_is_signed_after_it_and_a_working_copy_gives_it_back()
    {
        PrivatePostgres primary = PrivatePostgres.Begin();
        using PrivatePostgres replica = primary.Replica("standby");
        var cluster = TestCluster.Begin(primary);
        using ClusterWitness witness = ClusterWitness.Start(cluster);
        using ClusterRig rig = await ClusterRig.Start(cluster, output);
        var load = new ClusterLoad(rig.Nodes, 6);
        await load.More(50);
        replica.Stop();
        await load.More(50);
        await load.End();
        await ClusterWitness.Agrees(rig.Nodes[0]);
        primary.Crash();
        replica.TakeOver(primary);
        await AllRefuse(rig.Nodes, "TSX3004");
        output.WriteLine($"nodes that have more than the database refuse: {await Problems(rig.Nodes[0])}");
        // All that was acknowledged is read all the same, where it was seen.
        string last = load.Acknowledged.Values.Max().ToString(CultureInfo.InvariantCulture);
        Assert.Equal(200, (await rig.Nodes[0].Client.Get($"{NodeClient.Prefix}/v1/receipts/{last}")).Status);

        // A node that has an older copy knows nothing of it: the others tell it; without them, the witness.
        foreach (int i in Enumerable.Range(1, 3))
            Directory.Move(KeysOf(cluster, i), KeysOf(cluster, i) + ".away");
        File.Delete(Path.Combine(CopyOf(cluster, 4), ClusterWitness.File));
        rig.Nodes.Add(await NodeProcess.Start(cluster, 4));
        await AllRefuse(rig.Nodes, "TSX3004");
        foreach (NodeProcess node in rig.Nodes)
            await ClusterRig.EndsWell(node);
        File.Copy(
            Path.Combine(CopyOf(cluster, 1), ClusterWitness.File),
            Path.Combine(CopyOf(cluster, 4), ClusterWitness.File)
        );
        await rig.Restart(rig.Nodes[3]);
        string code = await AllRefuse(rig.Nodes[3..], null);
        output.WriteLine($"a node alone with an older copy is refused by its witness: {code}");
        await ClusterRig.EndsWell(rig.Nodes[3]);
        rig.Nodes.RemoveAt(3);

        // The runbook's end: a working copy that has all gives it back.
        long begun = Stopwatch.GetTimestamp();
        new LedgerMove(cluster.Home.Environment).ToDatabase(CopyOf(cluster, 1), cluster.Url);
        foreach (int i in Enumerable.Range(1, 3))
            Directory.Move(KeysOf(cluster, i) + ".away", KeysOf(cluster, i));
        foreach (NodeProcess node in rig.Nodes.ToArray())
            await rig.Restart(node);
        await rig.AllAppend("again at");
        rig.Tell("what was lost given back", Stopwatch.GetElapsedTime(begun), 2 * Bound, load);
        await ClusterWitness.Agrees(rig.Nodes[0]);
        await rig.MustHold(load);
    }

    private static string CopyOf(TestCluster cluster, int node) => Path.Combine(cluster.Place(node), TestCluster.Name);

    private static string KeysOf(TestCluster cluster, int node) => Path.Combine(CopyOf(cluster, node), "keys");

    // For a while, whichever node is asked: nothing is acknowledged.
    private static async Task<string> AllRefuse(List<NodeProcess> nodes, string? code)
    {
        string told = "";
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(begun) < While || i < nodes.Count; i++)
        {
            (int status, JsonValue answer) = await nodes[i % nodes.Count].Client.Append($"refused {begun} {i}", null);
            Assert.True(status >= 400, answer.ToString());
            told = answer["code"]!.AsString();
            Assert.True(code is null || told == code, answer.ToString());
        }
        return told;
    }

    private static async Task<string> Problems(NodeProcess node)
    {
        (_, JsonValue list) = await node.Client.Get("/ledgers");
        return list["ledgers"]!.Items[0]["copies"]!.ToString();
    }
}
