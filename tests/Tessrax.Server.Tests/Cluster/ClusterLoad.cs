using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Tessrax.Canonical;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>Clients that append without rest, each through a node of its own, and remember what they were told.</summary>
internal sealed class ClusterLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, long> acknowledged = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Text, string Code)> refused = new();
    private readonly Task[] clients;
    private long newest;
    private long since;
    private volatile bool ends;

    /// <param name="nodes">Through which they append.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="name">What stands before the texts that they append, if there is another load.</param>
    public ClusterLoad(IReadOnlyList<NodeProcess> nodes, int count, string name = "c") =>
        clients = [
            .. Enumerable.Range(0, count).Select(i => Task.Run(() => Run(nodes[i % nodes.Count], $"{name}{i}"))),
        ];

    /// <summary>What was acknowledged: each text, and where it is.</summary>
    public IReadOnlyDictionary<string, long> Acknowledged => acknowledged;

    /// <summary>What was refused, and by which code.</summary>
    public IReadOnlyCollection<(string Text, string Code)> Refused => refused;

    /// <summary>How often which code was the answer.</summary>
    public string RefusedByCode() =>
        refused.IsEmpty
            ? "nothing"
            : string.Join(
                ", ",
                refused
                    .GroupBy(one => one.Code)
                    .Select(code => string.Create(CultureInfo.InvariantCulture, $"{code.Count()} by {code.Key}"))
            );

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
                Stopwatch.GetElapsedTime(begun) < Patience,
                $"{Interlocked.Read(ref since)} of {count} were acknowledged; refused: {RefusedByCode()}"
            );
            await Task.Delay(10);
        }
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Waits until somebody is refused.</summary>
    public async Task UntilRefused()
    {
        long begun = Stopwatch.GetTimestamp();
        for (int before = refused.Count; refused.Count == before; )
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, "nobody was refused");
            await Task.Delay(10);
        }
    }

    /// <summary>Ends it.</summary>
    public async Task End()
    {
        ends = true;
        await Task.WhenAll(clients);
    }

    private async Task Run(NodeProcess node, string client)
    {
        for (int i = 0; !ends; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{client}-{i}");
            long begun = Stopwatch.GetTimestamp();
            (int status, JsonValue answer) = (0, JsonValue.Null);
            try
            {
                (status, answer) = await node.Client.Append(text, text);
            }
            catch (HttpRequestException)
            {
                // The node has ended.
                return;
            }
            catch (TaskCanceledException)
            {
                refused.Enqueue((text, "no answer"));
                continue;
            }
            if (status is not (200 or 201))
            {
                refused.Enqueue((text, answer["code"]?.AsString() ?? answer.ToString()));
                await Task.Delay(AfterRefusal);
                continue;
            }
            acknowledged[text] = long.Parse(answer["index"]!.AsNumberText(), CultureInfo.InvariantCulture);
            if (begun > Volatile.Read(ref newest))
                Interlocked.Increment(ref since);
        }
    }
}
