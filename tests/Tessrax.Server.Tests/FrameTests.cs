using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Tests;

/// <summary>What every request and answer goes through.</summary>
public sealed class FrameTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    // HTTP/1.1 lets no such bytes through; HTTP/2 does.
    [Theory]
    [InlineData("/v1/search?q=\U0001F600", 400)]
    [InlineData("/v1/search?q=\u00e9", 400)]
    [InlineData("/v1/search?q=a b", 400)]
    [InlineData("/v1/search?q=\u0001", 400)]
    [InlineData("/\u00e9", 400)]
    [InlineData("/v1/search?q=a\\b", 200)]
    public async Task What_is_not_escaped_is_refused_wherever_it_stands(string target, int status)
    {
        IServiceProvider services = server.Running.Services;
        var http = new DefaultHttpContext { RequestServices = services };
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Host = new HostString("localhost");
        http.SetEndpoint(new Endpoint(null, null, "any"));
        bool isHandedOn = false;
        await new RequestFrame(
            services.GetRequiredService<LedgerMeters>(),
            services.GetRequiredService<ServerOptions>(),
            server.Home.Environment
        ).Run(
            http,
            _ =>
            {
                isHandedOn = true;
                return Task.CompletedTask;
            }
        );
        Assert.Equal((status, status == 200), (http.Response.StatusCode, isHandedOn));
    }

    [Theory]
    [InlineData("/v1/checkpoint", "same-origin")]
    [InlineData("/v1/receipts", "same-origin")]
    [InlineData("/v1/nothing", "same-origin")]
    [InlineData("/openapi.json", "same-origin")]
    [InlineData("/", "same-origin")]
    [InlineData("/checkpoint", "cross-origin")]
    [InlineData("/tile/0/000.p/1", "cross-origin")]
    public async Task Nothing_is_taken_for_another_type_and_other_sites_use_the_static_log_alone(
        string path,
        string policy
    )
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(policy, answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("br;q=0", null)]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("brotli-like, x-gzip-like", null)]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("", null)]
    public async Task Files_are_packed_as_whoever_asks_can_unpack_them(string accepted, string? packed)
    {
        string page = await server.Http.GetStringAsync(new Uri("/", UriKind.Relative));
        string asset = page.Split("<link rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        using var request = new HttpRequestMessage(HttpMethod.Get, asset);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        Assert.Equal(packed is null ? [] : [packed], answer.Content.Headers.ContentEncoding);
    }

    [Fact]
    public void Whoever_has_a_network_of_addresses_is_one_client()
    {
        var readers = new EventReaders(mostOfNetwork: 2);
        readers.Enter(ClientName.Of(IPAddress.Parse("2001:db8::1")));
        IDisposable second = readers.Enter(ClientName.Of(IPAddress.Parse("2001:db8::2")));
        ClientName third = ClientName.Of(IPAddress.Parse("2001:db8::ffff:3"));
        Assert.Equal(ErrorCodes.Overloaded, Assert.Throws<TessraxException>(() => readers.Enter(third)).Code);
        readers.Enter(ClientName.Of(IPAddress.Parse("2001:db8:0:1::1")));
        readers.Enter(ClientName.Of(IPAddress.Parse("192.0.2.1")));
        second.Dispose();
        readers.Enter(third);
        Assert.Equal(4, readers.Count);
    }
}
