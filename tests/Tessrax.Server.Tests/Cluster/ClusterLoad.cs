using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Clients that append without rest, each through a node of its own, and remember what they were told.</summary>
internal sealed class ClusterLoad
{
    private readonly ConcurrentDictionary<string, long> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> refused = new();
    private readonly Task[] clients;
    private long newest;
    private long since;
    private volatile bool ends;

    /// <param name="nodes">Through which they append.</param>
    /// <param name="count">How many there are.</param>
    public ClusterLoad(IReadOnlyList<NodeProcess> nodes, int count) =>
        clients = [.. Enumerable.Range(0, count).Select(i => Task.Run(() => Run(nodes[i % nodes.Count], i)))];

    /// <summary>What was acknowledged: each text, and where it is.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => acknowledged;

    /// <summary>What was refused, and how.</summary>
    public IReadOnlyCollection<string> Refused => refused;

    /// <summary>Waits for so many more to be acknowledged that were asked for after this call.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> More(int count)
    {
        long begun = Stopwatch.GetTimestamp();
        Volatile.Write(ref newest, begun);
        Interlocked.Exchange(ref since, 0);
        while (Interlocked.Read(ref since) < count)
        {
            Assert.True(
                Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(90),
                $"{Interlocked.Read(ref since)} of {count} were acknowledged; refused: {string.Join('\n', refused.Take(5))}"
            );
            await Task.Delay(10);
        }
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Ends it.</summary>
    public async Task End()
    {
        ends = true;
        await Task.WhenAll(clients);
    }

    private async Task Run(NodeProcess node, int client)
    {
        for (int i = 0; !ends; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"c{client}-{i}");
            long begun = Stopwatch.GetTimestamp();
            (int status, JsonValue answer) = (0, JsonValue.Null);
            try
            {
                (status, answer) = await node.Client.Append(text, text);
            }
            catch (HttpRequestException)
            {
                // The node was killed.
                return;
            }
            if (status is not (200 or 201))
            {
                refused.Enqueue($"{text}: {answer}");
                continue;
            }
            acknowledged[text] = long.Parse(answer["index"]!.AsNumberText(), CultureInfo.InvariantCulture);
            if (begun > Volatile.Read(ref newest))
                Interlocked.Increment(ref since);
        }
    }
}
