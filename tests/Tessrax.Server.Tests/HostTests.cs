using System.Net;
using System.Net.Sockets;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;

namespace Tessrax.Server.Tests;

/// <summary>What every address has in common: who is answered at all, how refusals look, what may be kept.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_server_says_that_it_is_alive()
    {
        Assert.Equal("ok\n", await server.Http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_next_checkpoint()
    {
        for (int i = 0; i < 3; i++)
        {
            AppendReceipt receipt = await server.Ledger.Pipeline.AppendAsync(Own($"{i}"));
            using HttpResponseMessage answer = await Get("/v1/checkpoint");
            JsonValue json = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
            SignedNote note = SignedNote.Parse(Encoding.UTF8.GetBytes(json["note"]!.AsString()));
            Assert.True(
                Checkpoint.TryOpen(
                    note.ToBytes(),
                    VerifierKey.Create(Node.Tests.TestLedger.Origin, server.Home.Trust.Policy.Logs[0].Key),
                    out Checkpoint? opened,
                    out _
                )
            );
            // Nobody said which entry they look for: what is a quarter of a second old may be shown.
            Assert.InRange(opened.Head.Size, 1, receipt.Index + 1);
            using var moment = server.Ledger.Moment(receipt.Index + 1);
            Assert.Equal(receipt.Index + 1, moment.Value.Size);
        }
    }

    [Fact]
    public async Task A_refusal_has_no_members_that_do_not_apply()
    {
        using HttpResponseMessage answer = await Get("/nothing");
        JsonValue problem = JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync());
        Assert.Null(problem["path"]);
        Assert.Null(problem["token"]);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "TSX6002")]
    [InlineData("GET", "/v1", 404, "TSX6002")]
    [InlineData("POST", "/healthz", 405, "TSX6003")]
    [InlineData("OPTIONS", "/v1/checkpoint", 405, "TSX6003")]
    [InlineData("GET", "/v1/checkpoint?x=1", 400, "TSX6005")]
    [InlineData("GET", "/v1/check%2Fpoint", 400, "TSX6005")]
    [InlineData("GET", "/v1/%2e%2e/healthz", 400, "TSX6005")]
    [InlineData("GET", "//healthz", 400, "TSX6005")]
    [InlineData("GET", "/v1/x/../checkpoint", 400, "TSX6005")]
    [InlineData("GET", "/v1/checkpoint%01", 400, "TSX6005")]
    public async Task Refusals_have_a_code_and_a_hint(string method, string target, int status, string code)
    {
        // By hand: a client's library writes targets in its own way.
        string answer = await Raw($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        JsonValue problem = JsonValue.Parse(Encoding.UTF8.GetBytes(answer[answer.IndexOf('{')..]));
        Assert.Equal(code, problem["code"]!.AsString());
        Assert.NotEmpty(problem["hint"]!.AsString());
        Assert.Equal($"urn:tessrax:{code}", problem["type"]!.AsString());
        // What does not apply is left out.
        Assert.Null(problem["token"]);
        if (status == 405)
            Assert.Contains("\r\nAllow: GET, HEAD\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", null, "localhost")]
    [InlineData("http://[::]:0", "*", "localhost")]
    [InlineData("http://0.0.0.0:0", "ledger.example.com", "ledger.example.com")]
    [InlineData("http://127.0.0.1:0", "ledger.example.com", "127.0.0.1")]
    public async Task A_link_names_a_host_that_a_browser_can_open(string url, string? host, string named)
    {
        await using TestServer server = await TestServer.Start(change: options =>
            options with
            {
                Urls = [url],
                Hosts = host is null ? [] : [host],
            }
        );
        Assert.Equal(named, server.Running.Link.Host);
        Assert.Equal(server.Running.Address.Port, server.Running.Link.Port);
        Assert.Equal(host is not null || named == "127.0.0.1", server.Running.IsReachedByName);
    }

    [Fact]
    public async Task A_browser_that_asks_for_an_icon_gets_one_and_pages_say_what_helps_people()
    {
        await using TestServer server = await TestServer.Start();
        using HttpResponseMessage icon = await server.Http.GetAsync(new Uri("/favicon.ico", UriKind.Relative));
        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType?.MediaType);
        foreach (string path in (string[])["/nothing", "/receipts/999999"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("Accept", "text/html");
            using HttpResponseMessage answer = await server.Http.SendAsync(request);
            string page = await answer.Content.ReadAsStringAsync();
            Assert.Equal(404, (int)answer.StatusCode);
            Assert.Contains("begin at the ledger", page, StringComparison.Ordinal);
            Assert.DoesNotContain("tessraxctl log DIR", page, StringComparison.Ordinal);
            Assert.DoesNotContain("openapi.json", page, StringComparison.Ordinal);
            Assert.Contains("href=\"/docs\"", page, StringComparison.Ordinal);
        }
        using HttpResponseMessage odd = await server.Http.GetAsync(new Uri("/v1/receipts?colour=1", UriKind.Relative));
        Assert.Contains("'colour'", await odd.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage far = await server.Http.GetAsync(new Uri("/v1/events?from=9999", UriKind.Relative));
        Assert.Contains("from 9999 on", await far.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_not_beside_the_program_is_named()
    {
        var lacks = new DllNotFoundException("Unable to load shared library 'libsodium' or one of its dependencies.");
        TessraxException told = MissingLibrary.Behind(new PlatformNotSupportedException("no", lacks))!;
        Assert.Equal(ErrorCodes.NoSuchFile, told.Code);
        Assert.Contains("the library libsodium is not beside", told.Message, StringComparison.Ordinal);
        Assert.Null(MissingLibrary.Behind(new PlatformNotSupportedException("no")));
    }

    [Fact]
    public async Task Another_host_s_name_is_refused()
    {
        string answer = await Raw("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("evil.example", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_where_none_belongs_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Content = new StringContent("x") };
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task What_a_client_has_is_not_sent_again()
    {
        using HttpResponseMessage first = await Get("/v1/checkpoint");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/checkpoint");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage again = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        using var head = new HttpRequestMessage(HttpMethod.Head, "/v1/checkpoint");
        using HttpResponseMessage headers = await server.Http.SendAsync(head);
        Assert.Equal(first.Content.Headers.ContentLength, headers.Content.Headers.ContentLength);
        Assert.Equal("public, max-age=2", first.Headers.CacheControl!.ToString());
    }

    private static OwnDraft Own(string text) => new("x-test", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""));

    private Task<HttpResponseMessage> Get(string path) => server.Http.GetAsync(new Uri(path, UriKind.Relative));

    private async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Running.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
