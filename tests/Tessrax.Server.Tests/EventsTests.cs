using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>The ledger's tail as server-sent events: each entry once, in order, also when the connection breaks, and the server ends.</summary>
public sealed class EventsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Clients clients = null!;

    public async ValueTask InitializeAsync() => clients = await Clients.Start();

    public ValueTask DisposeAsync() => clients.DisposeAsync();

    [Fact]
    public async Task What_is_there_comes_first_and_then_what_is_appended()
    {
        await Append("before");
        await using Tail tail = await Tail.Open(clients, "/v1/events?from=0");
        Assert.Equal("text/event-stream", tail.ContentType);
        Assert.Equal(0, (await tail.Next()).Id);
        Assert.Equal(1, (await tail.Next()).Id);
        await Append("after");
        (long id, string name, JsonValue receipt) = await tail.Next();
        Assert.Equal((2, "receipt", "after"), (id, name, receipt["payload"]!["data"]!["text"]!.AsString()));
        Told same = await clients.Reader.Get("/v1/receipts/2");
        Assert.Equal(same["leaf_hash"], receipt["leaf_hash"]);
        Assert.Equal(same["entry"], receipt["entry"]);
    }

    [Fact]
    public async Task Without_a_place_to_begin_only_what_is_new_comes()
    {
        await Append("before");
        // Not older than what this one was told of.
        Assert.Equal(200, (await clients.Reader.Get("/v1/receipts/1")).Status);
        await using Tail tail = await Tail.Open(clients, "/v1/events");
        await Append("after");
        Assert.Equal(2, (await tail.Next()).Id);
    }

    [Fact]
    public async Task A_client_that_comes_back_loses_and_repeats_nothing()
    {
        const int Entries = 600;
        Task appending = Task.Run(async () =>
        {
            for (int i = 0; i < Entries / 4; i++)
                await Task.WhenAll(Enumerable.Range(0, 4).Select(j => Append($"{i} {j}")));
        });
        var seen = new List<long>();
        string? last = null;
        var random = new Random(7);
        int connections = 0;
        while (seen.Count <= Entries)
        {
            // It goes away in the middle of things, as networks do.
            await using Tail tail = await Tail.Open(clients, "/v1/events?from=0", last);
            connections++;
            for (int left = random.Next(1, 120); left > 0 && seen.Count <= Entries; left--)
            {
                seen.Add((await tail.Next()).Id);
                last = seen[^1].ToString(CultureInfo.InvariantCulture);
            }
        }
        await appending;
        Assert.Equal(Enumerable.Range(0, Entries + 1).Select(i => (long)i), seen);
        Assert.True(connections > 4);
        MustBeLeft();
    }

    [Fact]
    public async Task A_server_that_ends_says_so()
    {
        await using Tail tail = await Tail.Open(clients, "/v1/events?from=0");
        await tail.Next();
        Task ends = clients.Server.Running.StopAsync();
        Assert.Equal("bye", (await tail.Next()).Name);
        Assert.True(await tail.IsOver());
        await ends.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_connection_on_which_nothing_comes_is_kept_alive()
    {
        var stream = new EventStream(clients.Server.Ledger, TimeProvider.System)
        {
            Heartbeat = TimeSpan.FromMilliseconds(20),
        };
        var pipe = new Pipe();
        using var gone = new CancellationTokenSource();
        Task sending = stream.Send(1, pipe.Writer, gone.Token, CancellationToken.None);
        using var reader = new StreamReader(pipe.Reader.AsStream());
        for (int comments = 0; comments < 3; )
            comments += await reader.ReadLineAsync(gone.Token) == ": nothing new" ? 1 : 0;
        await Append("after a while");
        string? line;
        while ((line = await reader.ReadLineAsync(gone.Token)) != "id: 1")
            Assert.True(line is "" or ": nothing new", line);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Theory]
    [InlineData("?from=5", null, 404, "TSX3011")]
    [InlineData("", "1", 404, "TSX3011")]
    [InlineData("?from=0", "99", 404, "TSX3011")]
    [InlineData("", "-1", 400, "TSX6005")]
    [InlineData("", "zero", 400, "TSX6005")]
    [InlineData("?from=-1", null, 400, "TSX6005")]
    [InlineData("?since=0", null, 400, "TSX6005")]
    public async Task Where_it_cannot_begin_it_says_why(string query, string? last, int status, string code)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/events{query}");
        if (last is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
        using HttpResponseMessage answer = await clients.Server.Http.SendAsync(request);
        JsonValue problem = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((status, code), ((int)answer.StatusCode, problem["code"]!.AsString()));
    }

    [Fact]
    public async Task There_is_an_end_to_how_many_one_address_has()
    {
        var tails = new List<Tail>();
        for (int i = 0; i < 8; i++)
            tails.Add(await Tail.Open(clients, "/v1/events"));
        using HttpResponseMessage refused = await clients.Server.Http.GetAsync(new Uri("/v1/events", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        // All of them are told, and nobody holds anybody up.
        await Append("for all");
        foreach (Tail tail in tails)
        {
            Assert.Equal(1, (await tail.Next()).Id);
            await tail.DisposeAsync();
        }
        MustBeLeft();
        await using Tail again = await Tail.Open(clients, "/v1/events?from=0");
        Assert.Equal(0, (await again.Next()).Id);
    }

    private void MustBeLeft() =>
        Assert.True(
            SpinWait.SpinUntil(
                () => clients.Server.Running.Services.GetRequiredService<EventReaders>().Count == 0,
                Patience
            ),
            "a client that went away holds its place"
        );

    private async Task Append(string text) =>
        await clients.Server.Ledger.Pipeline.AppendAsync(
            new OwnDraft("x-test", JsonValue.Object(("text", text)).ToCanonicalBytes())
        );

    /// <summary>A client as the standard has it: fields line by line, an event at each empty line.</summary>
    private sealed class Tail : IAsyncDisposable
    {
        // Whoever goes away is gone at once, and does not wait for the rest.
        private static readonly HttpClient Http = new(
            new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 }
        );

        private readonly HttpResponseMessage answer;
        private readonly StreamReader reader;

        private Tail(HttpResponseMessage answer, Stream stream) =>
            (this.answer, reader) = (answer, new StreamReader(stream));

        public string? ContentType => answer.Content.Headers.ContentType?.ToString();

        public static async Task<Tail> Open(Clients clients, string target, string? last = null)
        {
            while (true)
            {
                using HttpRequestMessage request = new(HttpMethod.Get, new Uri(clients.Server.Running.Address, target));
                if (last is not null)
                    request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
                HttpResponseMessage answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return new Tail(answer, await answer.Content.ReadAsStreamAsync());
                // The server has not seen yet that those before have gone.
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                answer.Dispose();
                await Task.Delay(10);
            }
        }

        public async Task<(long Id, string Name, JsonValue Data)> Next()
        {
            long id = -1;
            string name = "";
            string data = "";
            using var patience = new CancellationTokenSource(Patience);
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Length == 0 && data.Length > 0)
                    return (id, name, JsonValue.Parse(Encoding.UTF8.GetBytes(data)));
                int colon = line.IndexOf(": ", StringComparison.Ordinal);
                switch (colon < 0 ? "" : line[..colon])
                {
                    case "id":
                        id = long.Parse(line[4..], CultureInfo.InvariantCulture);
                        break;
                    case "event":
                        name = line[7..];
                        break;
                    case "data":
                        data += line[6..];
                        break;
                }
            }
            throw new EndOfStreamException();
        }

        public async Task<bool> IsOver() => await reader.ReadLineAsync() is null;

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
