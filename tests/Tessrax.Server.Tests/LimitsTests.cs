using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Server.Host;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Tests;

/// <summary>What is asked too often, too large or too slowly is turned away, and counted.</summary>
public sealed class LimitsTests
{
    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_again()
    {
        await using TestServer server = await TestServer.Start(change: options =>
            options with
            {
                Rates = Rates.Default with { Reader = 10 },
            }
        );
        var answers = new List<HttpResponseMessage>();
        for (int i = 0; i < 40; i++)
            answers.Add(await server.Http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.OK, answers[0].StatusCode);
        HttpResponseMessage refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("TSX6001", await CodeOf(refused));
        // Whether the process lives is told to all the same.
        Assert.Equal("ok\n", await server.Http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        answers.ForEach(answer => answer.Dispose());
    }

    [Fact]
    public async Task A_large_body_is_refused_before_it_is_read()
    {
        await using TestServer server = await TestServer.Start();
        string head = "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        string declared = await Raw(server, $"{head}Content-Length: 104857600\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", declared, StringComparison.Ordinal);
        Assert.Contains("TSX1006", declared, StringComparison.Ordinal);
        // The form's address takes 256 bytes; chunks do not tell beforehand how many come.
        string form =
            "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
        string chunk = $"400\r\n{new string('x', 1024)}\r\n";
        Assert.StartsWith("HTTP/1.1 413 ", await Raw(server, form + chunk + chunk), StringComparison.Ordinal);
        string typeless = await Raw(
            server,
            "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
        );
        Assert.StartsWith("HTTP/1.1 415 ", typeless, StringComparison.Ordinal);
        string packed = await Raw(server, $"{head}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{}}");
        Assert.StartsWith("HTTP/1.1 415 ", packed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_can_be_worked_on_at_once_is_turned_away()
    {
        await using TestServer server = await TestServer.Start(change: options => options with { MostAtOnce = 0 });
        using HttpResponseMessage refused = await server.Http.GetAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("TSX6006", await CodeOf(refused));
        Assert.NotNull(refused.Headers.RetryAfter);
        string metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains(
            "tessrax_shed_total{ledger=\"example.com/test\",reason=\"requests\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Places_come_free_again()
    {
        await using TestServer server = await TestServer.Start(change: options => options with { MostAtOnce = 1 });
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/v1/receipts/9", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_measured_is_told_under_the_names_that_the_guide_and_the_dashboard_have()
    {
        await using TestServer server = await TestServer.Start();
        await server.Ledger.Pipeline.AppendAsync(
            new Node.Appending.OwnDraft("x-test", Encoding.UTF8.GetBytes("""{"text":"x"}"""))
        );
        _ = await server.Http.GetStringAsync(new Uri("/v1/checkpoint", UriKind.Relative));
        string metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains(
            "tessrax_http_requests_total{ledger=\"example.com/test\",route=\"/v1/checkpoint\",status=\"200\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "tessrax_http_duration_seconds_count{ledger=\"example.com/test\",route=\"/v1/checkpoint\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Matches("tessrax_ledger_size\\{ledger=\"example.com/test\"\\} [12]\n", metrics);
        string[] names =
        [
            .. Regex.Matches(metrics, "^# TYPE ([a-z_]+) ", RegexOptions.Multiline).Select(m => m.Groups[1].Value),
        ];
        Assert.True(names.Length >= 8, string.Join(' ', names));
        string guide = await File.ReadAllTextAsync(Path.Combine(Tessrax.Tests.Spec.Root, "docs", "metrics.md"));
        Assert.All(names, name => Assert.Contains($"`{name}`", guide, StringComparison.Ordinal));
        string dashboard = await File.ReadAllTextAsync(Path.Combine(Tessrax.Tests.Spec.Root, "docs", "grafana.json"));
        _ = JsonValue.Parse(Encoding.UTF8.GetBytes(dashboard));
        string[] used =
        [
            .. Regex
                .Matches(dashboard, "tessrax_[a-z_]+")
                .Select(m => m.Value.Replace("_bucket", "", StringComparison.Ordinal))
                .Distinct(),
        ];
        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains(name, names));
    }

    [Fact]
    public async Task Measuring_is_for_operators_where_others_can_come()
    {
        await using TestServer open = await TestServer.Start();
        using HttpResponseMessage local = await open.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(MetricsText.ContentType.Split(';')[0], local.Content.Headers.ContentType!.MediaType);
        await using TestServer closed = await TestServer.Start(change: options =>
            options with
            {
                AnonymousRead = false,
            }
        );
        using HttpResponseMessage refused = await closed.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Measuring_may_have_an_address_of_its_own_where_nothing_else_is()
    {
        await using TestServer closed = await TestServer.Start(change: options =>
            options with
            {
                AnonymousRead = false,
                MetricsUrl = "http://127.0.0.1:0",
            }
        );
        using var http = new HttpClient { BaseAddress = closed.Running.MetricsAddress };
        string told = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("tessrax_ledger_size{ledger=\"example.com/test\"} 1\n", told, StringComparison.Ordinal);
        using HttpResponseMessage none = await http.GetAsync(new Uri("/v1/ledger", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var strange = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = "evil.example" } };
        using HttpResponseMessage refused = await http.SendAsync(strange);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using HttpResponseMessage posted = await http.PostAsync(new Uri("/metrics", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    private static async Task<string> CodeOf(HttpResponseMessage answer) =>
        JsonValue.Parse(await answer.Content.ReadAsByteArrayAsync())["code"]!.AsString();

    private static async Task<string> Raw(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Running.Address.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        // The server may leave the connection open: the end of the problem is the end.
        while (!answer.ToString().Contains('}'))
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0)
                break;
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        return answer.ToString();
    }
}
