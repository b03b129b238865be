using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Three nodes, each a process; the one that writes fails while clients append through the others. Nothing acknowledged is lost, there is one history, and the service is back in time.</summary>
public sealed class ClusterFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    // As docs/growing.md says it.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly TestCluster cluster = TestCluster.Begin();
    private readonly List<NodeProcess> nodes = [];

    public async ValueTask InitializeAsync()
    {
        for (int i = 1; i <= 3; i++)
            nodes.Add(await NodeProcess.Start(cluster, i));
        foreach (NodeProcess node in nodes)
            Assert.Equal(201, (await node.Client.Append($"hello of {node.Address}", null)).Status);
    }

    public ValueTask DisposeAsync()
    {
        foreach (NodeProcess node in nodes)
            node.Dispose();
        cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_owner_that_is_killed_loses_nothing_and_another_one_takes_over()
    {
        NodeProcess owner = await Owner();
        NodeProcess[] others = [.. nodes.Where(node => node != owner)];
        var load = new ClusterLoad(others, 8);
        await load.More(50);
        owner.Kill();
        TimeSpan back = await load.More(1);
        await load.More(50);
        // It comes back as any node, and serves what the others wrote.
        nodes[nodes.IndexOf(owner)] = await NodeProcess.Start(cluster, nodes.IndexOf(owner) + 1);
        await load.More(50);
        await load.End();
        Tell("killed", back, load);
        await MustHold(load);
    }

    [Fact]
    public async Task An_owner_that_is_frozen_and_goes_on_later_is_refused_and_ends()
    {
        NodeProcess owner = await Owner();
        NodeProcess[] others = [.. nodes.Where(node => node != owner)];
        var load = new ClusterLoad(others, 8);
        await load.More(50);
        owner.Freeze();
        // What comes to it meanwhile waits in its sockets; without an idempotency key, so that nobody may do it twice.
        Task<(int Status, JsonValue Json)>[] late =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(i => owner.Client.Append(string.Create(CultureInfo.InvariantCulture, $"late-{i}"), null)),
        ];
        TimeSpan back = await load.More(1);
        await load.More(50);
        owner.Thaw();
        int exit = await owner.Exit();
        Assert.True(exit == 75, $"{exit}\n{owner.Told}");
        await load.More(50);
        await load.End();
        Tell("frozen", back, load);
        Dictionary<string, long> there = await MustHold(load);
        for (int i = 0; i < late.Length; i++)
            await MustAgree(string.Create(CultureInfo.InvariantCulture, $"late-{i}"), late[i], there);
    }

    [Fact]
    public async Task Nodes_that_are_all_killed_at_once_come_back_with_what_was_acknowledged()
    {
        var load = new ClusterLoad(nodes, 6);
        await load.More(30);
        foreach (NodeProcess node in nodes)
            node.Kill();
        await load.End();
        long begun = Stopwatch.GetTimestamp();
        for (int i = 0; i < nodes.Count; i++)
        {
            nodes[i].Dispose();
            nodes[i] = await NodeProcess.Start(cluster, i + 1);
        }
        foreach (NodeProcess node in nodes)
            Assert.Equal(201, (await node.Client.Append($"again at {node.Address}", null)).Status);
        TimeSpan back = Stopwatch.GetElapsedTime(begun);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"three nodes were started and all appended after {back.TotalSeconds:F1} s"
            )
        );
        await MustHold(load);
    }

    // What was acknowledged is there, whoever acknowledged it.
    private static async Task MustAgree(
        string text,
        Task<(int Status, JsonValue Json)> request,
        Dictionary<string, long> there
    )
    {
        try
        {
            (int status, JsonValue answer) = await request;
            if (status is 200 or 201)
                Assert.Equal(answer["index"]!.AsNumberText(), there[text].ToString(CultureInfo.InvariantCulture));
        }
        catch (HttpRequestException)
        {
            // Nobody was told anything.
        }
    }

    private async Task<NodeProcess> Owner()
    {
        for (int i = 0; i < 100; i++)
        {
            string? owner = await nodes[0].Owner();
            if (nodes.Find(node => node.Is(owner)) is { } found)
                return found;
            await Task.Delay(100);
        }
        throw new InvalidOperationException("no node writes the ledger");
    }

    private void Tell(string what, TimeSpan back, ClusterLoad load)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"owner {what}: the first append after it was acknowledged after {back.TotalSeconds:F1} s, of {load.Acknowledged.Count} in all; {load.Refused.Count} refused"
            )
        );
        Assert.True(back < Bound, $"the service was back after {back}, not within {Bound}");
        Assert.Empty(load.Refused);
    }

    private async Task<Dictionary<string, long>> MustHold(ClusterLoad load)
    {
        foreach (NodeProcess node in nodes)
            _ = await node.End();
        Dictionary<string, long> there = cluster.Texts();
        foreach ((string text, long index) in load.Acknowledged)
            Assert.True(
                there.TryGetValue(text, out long found) && found == index,
                $"{text} was acknowledged at {index}, and is not there"
            );
        return there;
    }
}
