using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Three nodes, each a process, are replaced one after the other by SIGTERM and a start, as for an upgrade, while clients append and read through a load balancer that goes by <c>/readyz</c>.</summary>
/// <remarks>The clients try nothing twice: each refusal, and each connection that breaks, would be seen.</remarks>
public sealed class RollingUpgradeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Clients = 4;

    private readonly TestCluster cluster = TestCluster.Begin();
    private readonly NodeProcess[] nodes = new NodeProcess[3];
    private readonly ConcurrentDictionary<string, long> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> refused = new();
    private volatile NodeProcess[] ready = [];
    private volatile bool ends;
    private long newest = -1;
    private long reads;
    private long slowestAppend;
    private long slowestRead;

    public async ValueTask InitializeAsync()
    {
        NodeProcess[] started = await Task.WhenAll(
            Enumerable.Range(1, nodes.Length).Select(i => NodeProcess.Start(cluster, i))
        );
        started.CopyTo(nodes, 0);
        foreach (NodeProcess node in nodes)
            Assert.Equal(201, (await node.Client.Append($"hello of {node.Address}", null)).Status);
        ready = [.. nodes];
    }

    public ValueTask DisposeAsync()
    {
        ends = true;
        foreach (NodeProcess node in nodes)
            node?.Dispose();
        cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nodes_that_are_replaced_one_after_the_other_lose_nothing_and_refuse_nobody()
    {
        Task balancer = Task.Run(Balance);
        Task[] clients =
        [
            .. Enumerable.Range(0, Clients).Select(i => Task.Run(() => AppendOn(i))),
            .. Enumerable.Range(0, Clients).Select(i => Task.Run(() => ReadOn(i))),
        ];
        long begun = Stopwatch.GetTimestamp();
        await More(20);
        for (int i = 0; i < nodes.Length; i++)
        {
            long at = Stopwatch.GetTimestamp();
            int exit = await nodes[i].End();
            Assert.True(exit == 0, $"{exit}\n{nodes[i].Told}");
            TimeSpan drained = Stopwatch.GetElapsedTime(at);
            nodes[i].Dispose();
            nodes[i] = await NodeProcess.Start(cluster, i + 1);
            TimeSpan back = Stopwatch.GetElapsedTime(at);
            // Not before the new one has its share.
            while (!ready.Contains(nodes[i]))
                await Task.Delay(10);
            await More(20);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"node {i + 1}: drained and gone after {drained.TotalSeconds:F1} s, another one answered after {back.TotalSeconds:F1} s"
                )
            );
        }
        ends = true;
        await Task.WhenAll(clients);
        await balancer;
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{acknowledged.Count} appends and {reads} reads in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, {refused.Count} refused; the slowest append took {Seconds(slowestAppend):F2} s, the slowest read {Seconds(slowestRead):F2} s"
            )
        );
        Assert.True(refused.IsEmpty, string.Join('\n', refused.Take(10)));
        foreach (NodeProcess node in nodes)
            Assert.Equal(0, await node.End());
        Dictionary<string, long> there = cluster.Texts();
        foreach ((string text, long index) in acknowledged)
            Assert.True(
                there.TryGetValue(text, out long found) && found == index,
                $"{text} was acknowledged at {index}, and is not there"
            );
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    // Looks at each node some times a second, whatever the others do, and hands requests to those that say that they are ready.
    private Task Balance() => Task.WhenAll(Enumerable.Range(0, nodes.Length).Select(Watch));

    private async Task Watch(int number)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        while (!ends)
        {
            NodeProcess node = nodes[number];
            bool isFit = await IsReady(http, node) && node == nodes[number];
            lock (refused)
                ready = [.. nodes.Where((one, i) => i == number ? isFit : ready.Contains(one))];
            await Task.Delay(50);
        }
    }

    private static async Task<bool> IsReady(HttpClient http, NodeProcess node)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(node.Address, "/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task AppendOn(int client)
    {
        for (int i = 0; !ends; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"r{client}-{i}");
            if (await Ask(text, client + i, node => node.Client.Append(text, null)) is not { } told)
                continue;
            long index = long.Parse(told.Answer["index"]!.AsNumberText(), CultureInfo.InvariantCulture);
            acknowledged[text] = index;
            Raise(ref newest, index);
            Raise(ref slowestAppend, told.Took);
        }
    }

    // Always the newest entry that anybody was told of: wherever it is asked for, it is there.
    private async Task ReadOn(int client)
    {
        for (int i = 0; !ends; i++)
        {
            long index = Interlocked.Read(ref newest);
            if (index < 0)
            {
                await Task.Delay(5);
                continue;
            }
            string path = string.Create(CultureInfo.InvariantCulture, $"{NodeClient.Prefix}/v1/receipts/{index}");
            if (await Ask(path, client + i, node => node.Client.Get(path)) is not { } told)
                continue;
            Interlocked.Increment(ref reads);
            Raise(ref slowestRead, told.Took);
            await Task.Delay(2);
        }
    }

    private async Task<(JsonValue Answer, long Took)?> Ask(
        string what,
        int turn,
        Func<NodeProcess, Task<(int Status, JsonValue Json)>> ask
    )
    {
        NodeProcess[] up = ready;
        if (up.Length == 0)
        {
            refused.Enqueue($"{what}: no node is ready");
            await Task.Delay(50);
            return null;
        }
        NodeProcess node = up[turn % up.Length];
        long begun = Stopwatch.GetTimestamp();
        try
        {
            (int status, JsonValue answer) = await ask(node);
            if (status is 200 or 201)
                return (answer, Stopwatch.GetTimestamp() - begun);
            refused.Enqueue($"{what} at {node.Address}: {status} {answer}");
        }
        catch (HttpRequestException e)
        {
            refused.Enqueue($"{what} at {node.Address}: {e.Message}");
        }
        await Task.Delay(50);
        return null;
    }

    private async Task More(int count)
    {
        long begun = Stopwatch.GetTimestamp();
        int before = acknowledged.Count;
        while (acknowledged.Count < before + count)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(60),
                $"{acknowledged.Count - before} of {count} were acknowledged; refused: {string.Join('\n', refused.Take(5))}"
            );
            await Task.Delay(10);
        }
    }

    private static void Raise(ref long most, long value)
    {
        long seen = Interlocked.Read(ref most);
        while (seen < value && Interlocked.CompareExchange(ref most, value, seen) is var now && now != seen)
            seen = now;
    }
}
