using System.Diagnostics;
using System.Net;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Attack;

/// <summary>Clients that hold on to connections, send slowly, take slowly, or send too much: others are served meanwhile.</summary>
public sealed class SlowClientTests
{
    private const int Attackers = 200;
    internal const string Verify = "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Slow_heads_and_bodies_hold_nobody_up_and_are_cut_off()
    {
        // More of them than may be worked on at once, or verified at once.
        await using Clients clients = await Clients.Start(change: options => options with { MostAtOnce = 20 });
        TestServer server = clients.Server;
        List<RawConnection> slow = await Connect(server, Attackers);
        byte[] body = new byte[60_000];
        for (int i = 0; i < slow.Count; i++)
        {
            using HttpRequestMessage signed = clients.Submitter.Request("POST", "/v1/receipts", body);
            string length = $"Content-Length: {body.Length}\r\n\r\n[";
            await slow[i]
                .Send(
                    (i % 4) switch
                    {
                        0 => Verify + length,
                        1 =>
                            $"POST /v1/receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: {signed.Headers.Authorization}\r\n{length}",
                        _ => "GET /v1/ledger HTTP/1.1\r\nHost: localhost\r\nX-Slow: a",
                    }
                );
        }
        await MustServe(server);
        using (var soon = new CancellationTokenSource(Soon))
        {
            using RawConnection good = await RawConnection.Open(server.Running.Address);
            await good.Send($"{Verify}Content-Length: 2\r\n\r\n[]");
            Assert.Equal(200, (await good.Read(cancellation: soon.Token))!.Status);
        }
        using var patience = new CancellationTokenSource(Patience);
        Task<bool[]> cut = Task.WhenAll(slow.Select(one => one.IsClosed(patience.Token)));
        // A byte now and then does not put it off.
        while (!cut.IsCompleted)
        {
            await Drip(slow, "b");
            await Task.WhenAny(cut, Task.Delay(500, CancellationToken.None));
        }
        Assert.All(await cut, Assert.True);
        slow.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task Who_does_not_take_answers_takes_nobody_s_place()
    {
        await using TestServer server = await TestServer.Start(change: options =>
            options with
            {
                MostAtOnce = 10,
                Rates = Rates.Default with { Reader = 100_000 },
            }
        );
        string text = new('x', 1_000_000);
        for (int i = 0; i < 4; i++)
            await server.Ledger.Pipeline.AppendAsync(
                new OwnDraft("x-test", JsonValue.Object(("text", text), ("i", i)).ToCanonicalBytes())
            );
        // The list may be a quarter of a second old; this is not.
        _ = await server.Http.GetByteArrayAsync(new Uri("/v1/receipts/4", UriKind.Relative));
        List<RawConnection> slow = await Connect(server, 40, receives: 4096);
        int begun = 0;
        int refused = 0;
        foreach (RawConnection one in slow)
        {
            // Larger than what the operating system keeps for somebody who does not take it.
            await one.Send("GET /v1/receipts HTTP/1.1\r\nHost: localhost\r\n\r\n");
            using var patience = new CancellationTokenSource(Patience);
            RawAnswer? answer = await one.Read(onlyHead: true, cancellation: patience.Token);
            begun += answer!.Status == 200 ? 1 : 0;
            refused += answer is { Status: 503 } && answer["Retry-After"] is not null ? 1 : 0;
        }
        // There is an end to what waits for one client, and it is not at the cost of others.
        Assert.InRange(begun, 11, 39);
        Assert.Equal(slow.Count, begun + refused);
        await MustServe(server);
        slow.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_thousand_connections_are_answered()
    {
        await using TestServer server = await TestServer.Start();
        List<RawConnection> all = await Connect(server, 1000);
        long begun = Stopwatch.GetTimestamp();
        foreach (RawConnection one in all)
            await one.Send("GET /v1/checkpoint HTTP/1.1\r\nHost: localhost\r\n\r\n");
        using var patience = new CancellationTokenSource(Patience);
        foreach (RawConnection one in all)
        {
            RawAnswer? answer = await one.Read(cancellation: patience.Token);
            Assert.True(answer is { Status: 200 } or { Status: 503 } or { Status: 429 }, $"{answer?.Status}");
            if (answer!.Status != 200)
                Assert.NotNull(answer["Retry-After"]);
        }
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
        // They stay open, and whoever comes is served beside them.
        await MustServe(server);
        all.ForEach(one => one.Dispose());
    }

    internal static async Task<List<RawConnection>> Connect(TestServer server, int count, int receives = 0)
    {
        var all = new List<RawConnection>();
        for (int i = 0; i < count; i++)
            all.Add(await RawConnection.Open(server.Running.Address, receives));
        return all;
    }

    private static async Task Drip(List<RawConnection> connections, string text)
    {
        foreach (RawConnection one in connections)
        {
            try
            {
                await one.Send(text);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // It was cut off.
            }
        }
    }

    // A client without guile, on a connection of its own.
    internal static async Task MustServe(TestServer server)
    {
        foreach (string target in (string[])["/healthz", "/v1/ledger", "/v1/proofs/inclusion?index=0", "/checkpoint"])
        {
            using RawConnection good = await RawConnection.Open(server.Running.Address);
            using var patience = new CancellationTokenSource(Patience);
            long begun = Stopwatch.GetTimestamp();
            await good.Send($"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            RawAnswer? answer = await good.Read(cancellation: patience.Token);
            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            Assert.True(
                answer?.Status == (int)HttpStatusCode.OK,
                $"{target}: {answer?.Status} {Encoding.UTF8.GetString(answer?.Body ?? [])}"
            );
            Assert.True(took < Soon, $"{target} took {took}");
        }
    }
}
