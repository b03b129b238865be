using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests;

/// <summary>Requests that look through many entries for few: so many at once, and no longer than somebody waits for them.</summary>
public sealed class ScanTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.Start();
        foreach (string name in (string[])["x-one", "x-two", "x-one"])
            await server.Ledger.Pipeline.AppendAsync(new OwnDraft(name, Encoding.UTF8.GetBytes("{}")));
        server.Ledger.Follow(4);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Who_looks_for_rare_events_keeps_nobody_else_waiting()
    {
        Shedding shedding = server.Running.Services.GetRequiredService<Shedding>();
        ApiCall call = Call("/v1/receipts", "?event=x-none", CancellationToken.None);
        var places = new List<IDisposable?>();
        for (int i = 0; i < Shedding.MostScans; i++)
            places.Add(await shedding.EnterScan(call));
        Assert.DoesNotContain(null, places);
        foreach (
            string path in (string[])
                [
                    "/v1/receipts?after=0&event=x-none",
                    "/v1/receipts?event=x-none",
                    "/?event=x-none",
                    "/v1/search?q=x",
                    "/search?q=x",
                    "/v1/history",
                ]
        )
        {
            using HttpResponseMessage refused = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("TSX6006", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        foreach (string path in (string[])["/v1/receipts", "/", "/?event=", "/healthz", "/readyz", "/v1/checkpoint"])
            Assert.Equal(HttpStatusCode.OK, await StatusOf(path));
        places.ForEach(place => place?.Dispose());
        Assert.Equal(HttpStatusCode.OK, await StatusOf("/v1/receipts?after=0&event=x-none"));
    }

    [Theory]
    [InlineData("?event=x-one")]
    [InlineData("?after=0&event=x-one")]
    public async Task Nothing_is_looked_for_that_nobody_waits_for(string query)
    {
        using var gone = new CancellationTokenSource();
        ApiCall call = Call("/v1/receipts", query, gone.Token);
        await call.Route.Does(call);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Route.Does(call).AsTask());
    }

    [Fact]
    public async Task Events_are_found_from_both_ends()
    {
        Assert.Equal((long[])[3, 1], await Found("/v1/receipts?event=x-one"));
        Assert.Equal((long[])[1, 3], await Found("/v1/receipts?after=0&event=x-one"));
        Assert.Equal((long[])[1], await Found("/v1/receipts?after=0&event=x-one&before=3"));
        Assert.Equal((long[])[1, 2, 3], await Found("/v1/receipts?after=0"));
    }

    private async Task<long[]> Found(string path)
    {
        byte[] answer = await server.Http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        return
        [
            .. JsonValue.Parse(answer)["receipts"]!
                .Items.ToArray()
                .Select(one =>
                    long.Parse(one["index"]!.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture)
                ),
        ];
    }

    private async Task<HttpStatusCode> StatusOf(string path)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private ApiCall Call(string path, string query, CancellationToken gone)
    {
        var http = new DefaultHttpContext { RequestAborted = gone };
        (http.Request.Path, http.Request.QueryString) = (path, new QueryString(query));
        ApiRoute route = ApiRoutes.All.Single(one => one.Path == path && one.Method == "GET");
        return new ApiCall(
            http,
            server.Running.Services,
            route,
            Principal.Anonymous(mayRead: true),
            ReadOnlyMemory<byte>.Empty
        );
    }
}
