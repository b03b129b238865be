using System.Text;
using Tessrax.Canonical;
using Tessrax.Client;
using Tessrax.Node.Appending;

namespace Tessrax.Server.Tests;

/// <summary>The client follows a ledger's tail: each entry once, in order and verified, also where the connection breaks; what does not hold ends it.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start(ClientTests.Filled());

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_entry_comes_once_in_order_and_verified_also_over_broken_connections(bool breaks)
    {
        (LedgerClient client, Between between) = Between.Connect(
            server,
            options => options with { Clock = new Hasty() }
        );
        using LedgerClient one = client;
        // Cut off within an event.
        between.CutAt = breaks ? 8000 : null;
        long size = server.Ledger.Pipeline.Tree.Size;
        using var end = new CancellationTokenSource(Patience);
        var seen = new List<VerifiedReceipt>();
        Task? late = null;
        Task following = client.FollowAsync(
            3,
            receipt =>
            {
                seen.Add(receipt);
                if (receipt.Receipt.Entry.Index == size - 1)
                    late = server.Ledger.Pipeline.AppendAsync(new OwnDraft("x-note", "\"late\""u8.ToArray())).AsTask();
                if (receipt.Receipt.Entry.Index == size)
                    end.Cancel();
            },
            cancel: end.Token
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        await late!;
        Assert.Equal(
            Enumerable.Range(3, (int)size - 2).Select(i => (long)i),
            seen.Select(receipt => receipt.Receipt.Entry.Index)
        );
        Assert.Contains("late", seen[^1].Receipt.Payload!.ToString(), StringComparison.Ordinal);
        int asked = between.Asked.Count(path => path.StartsWith("GET /v1/events", StringComparison.Ordinal));
        Assert.True(breaks ? asked > 2 : asked == 1, $"asked {asked} times");
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("repeated")]
    [InlineData("no json")]
    [InlineData("endless")]
    public async Task What_does_not_hold_ends_it(string how)
    {
        (LedgerClient client, Between between) = Between.Connect(server);
        using LedgerClient one = client;
        byte[] receipt = await server.Http.GetByteArrayAsync(new Uri("/v1/receipts/20", UriKind.Relative));
        string data = how switch
        {
            "payload" => JsonValue.Parse(receipt).With("payload", JsonValue.Object(("data", 1))).ToString(),
            "repeated" => Encoding.UTF8.GetString(receipt),
            "no json" => "{",
            _ => new string('a', 5 << 20),
        };
        string first = how == "repeated" ? $"id: 20\nevent: receipt\ndata: {data}\n\n" : "";
        between.Lie = (path, _) =>
            path.StartsWith("/v1/events", StringComparison.Ordinal)
                ? Encoding.UTF8.GetBytes($"{first}id: 20\nevent: receipt\ndata: {data}\n\n")
                : null;
        between.IsStreamLiedAbout = true;
        using var end = new CancellationTokenSource(Patience);
        int seen = 0;
        Assert.Equal("TSX6040", await ClientTests.CodeOf(() => client.FollowAsync(20, _ => seen++, cancel: end.Token)));
        Assert.Equal(how == "repeated" ? 1 : 0, seen);
    }

    [Fact]
    public async Task What_a_server_refuses_for_good_ends_it_and_one_that_is_away_is_asked_again()
    {
        using var end = new CancellationTokenSource(Patience);
        using LedgerClient client = Between.Connect(server, options => options with { Clock = new Hasty() }).Client;
        Assert.Equal(
            "TSX3011",
            await ClientTests.CodeOf(() => client.FollowAsync(9999, static _ => { }, cancel: end.Token))
        );
        // What its caller throws is no fault of the server's.
        await Assert.ThrowsAsync<IOException>(() =>
            client.FollowAsync(0, static _ => throw new IOException("nobody reads this"), cancel: end.Token)
        );
        await server.Running.StopAsync();
        int away = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.FollowAsync(
                0,
                static _ => { },
                reason =>
                {
                    Assert.Equal(ErrorCodes.CannotFetch, reason.Code);
                    if (++away == 3)
                        end.Cancel();
                },
                end.Token
            )
        );
        Assert.Equal(3, away);
    }

    // Waits a hundredth of what is asked for.
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
