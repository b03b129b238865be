using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The real <c>tessraxd</c>, told by its command line, its surroundings and signals.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestLedger home = new();

    public ProcessTests() => ServerProcess.Furnish(home);

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Endpoints_and_certificates_of_a_file_serve_over_TLS()
    {
        using X509Certificate2 certificate = Certificate();
        Uri address = ServerProcess.FreeAddress("https");
        JsonValue endpoint = JsonValue.Object(
            ("Url", address.ToString()),
            // Beside the file, wherever the server was started.
            ("Certificate", JsonValue.Object(("Path", "tls.pem"), ("KeyPath", "tls.key")))
        );
        string config = Write(
            "kestrel.json",
            JsonValue.Object(
                ("Kestrel", JsonValue.Object(("Endpoints", JsonValue.Object(("Https", endpoint))))),
                ("Logging", JsonValue.EmptyObject)
            )
        );
        using Process process = ServerProcess.Launch(home, ["--config", config]);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown?.GetCertHashString() == certificate.GetCertHashString(),
            },
        };
        using var http = new HttpClient(handler)
        {
            BaseAddress = address,
            DefaultRequestVersion = HttpVersion.Version20,
        };
        try
        {
            using HttpResponseMessage health = await ServerProcess.Answered(process, http, "/healthz");
            Assert.Equal(HttpVersion.Version20, health.Version);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            // Where it listens is known to the file alone, so that nobody may read unless it is said.
            using HttpResponseMessage closed = await http.GetAsync(new Uri("/v1/ledger", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
            // Whose certificate no authority signed is said to be that.
            var ctl = new Ctl(home);
            CtlRun stranger = ctl.Run("checkpoint", address.ToString(), "--trust", ctl.Trust());
            Assert.Contains("UntrustedRoot", stranger.Error, StringComparison.Ordinal);
            Assert.Contains("$SSL_CERT_FILE", stranger.Error, StringComparison.Ordinal);
            Assert.Equal(0, await Ended(process, Signal.Term));
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData("{", "TSX1012")]
    [InlineData("""{"Kestrel":{}}""", "TSX1012")]
    [InlineData(
        """{"Kestrel":{"Endpoints":{"Https":{"Url":"https://127.0.0.1:0","Certificate":{"Path":"none.pem"}}}}}""",
        "TSX1012"
    )]
    [InlineData("""{"Kestrel":{"Endpoints":{"Https":{"Url":"nowhere"}}}}""", "TSX1012")]
    public async Task A_file_that_names_no_endpoint_is_refused(string text, string code)
    {
        File.WriteAllText(home.Beside("kestrel.json"), text);
        using Process process = ServerProcess.Launch(home, ["--config", home.Beside("kestrel.json")]);
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains(code, error, StringComparison.Ordinal);
        Assert.Equal(2, process.ExitCode);
    }

    [Fact]
    public async Task Metrics_and_traces_are_sent_to_a_collector_that_the_surroundings_name()
    {
        Uri collector = ServerProcess.FreeAddress();
        using var listener = new HttpListener { Prefixes = { collector.ToString() } };
        listener.Start();
        var sent = new ConcurrentDictionary<string, string>();
        Task collecting = Collect(listener, sent);
        Uri address = ServerProcess.FreeAddress();
        using Process process = ServerProcess.Launch(
            home,
            ["--urls", address.ToString()],
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200")
        );
        using var http = new HttpClient { BaseAddress = address };
        try
        {
            (await ServerProcess.Answered(process, http, "/sign-in/AAAAAAAAAAAAAAAAAAAAAA")).Dispose();
            (await ServerProcess.Answered(process, http, "/v1/ledger")).Dispose();
            Assert.True(
                SpinWait.SpinUntil(
                    () =>
                        sent.GetValueOrDefault("/v1/metrics", "")
                            .Contains("tessrax.http.requests", StringComparison.Ordinal)
                        && sent.GetValueOrDefault("/v1/traces", "")
                            .Contains("GET /v1/ledger", StringComparison.Ordinal),
                    Patience
                ),
                string.Join(", ", sent)
            );
            // What is logged goes to standard error alone.
            Assert.Equal(["/v1/metrics", "/v1/traces"], sent.Keys.Order());
            // What would sign somebody in is in a path.
            Assert.DoesNotContain("AAAA", sent["/v1/traces"], StringComparison.Ordinal);
            Assert.All(sent.Values, text => Assert.Contains("tessraxd", text, StringComparison.Ordinal));
            Assert.Equal(0, await Ended(process, Signal.Term));
        }
        finally
        {
            process.Kill();
            listener.Stop();
            await collecting;
        }
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once_where_the_first_waits_for_a_request()
    {
        Uri address = ServerProcess.FreeAddress();
        using Process process = ServerProcess.Launch(home, ["--urls", address.ToString()]);
        using var http = new HttpClient { BaseAddress = address };
        try
        {
            (await ServerProcess.Answered(process, http, "/healthz")).Dispose();
            using var slow = new TcpClient();
            await slow.ConnectAsync(address.Host, address.Port);
            // Announced, and not sent: the server reads on for as long as it has patience.
            await slow.GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST /v1/verify HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
                    )
                );
            await Send(process, Signal.Term);
            await Unready(http);
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(128 + 9, await Ended(process, Signal.Term));
            // The first signal gives requests twenty seconds.
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task After_a_batch_that_could_not_be_written_it_asks_to_be_started_again()
    {
        long before;
        using (LedgerView view = home.View())
            before = view.Size;
        Uri address = ServerProcess.FreeAddress();
        // No file may grow beyond so many bytes, which a full disk would say as well.
        using Process process = ServerProcess.LaunchLimited(home, 200 * 1024, ["--urls", address.ToString()]);
        using ServerProcess server = await ServerProcess.Join(process, address, home);
        int acknowledged = 0;
        string refused = "";
        for (int i = 0; refused.Length == 0 && i < 100; i++)
        {
            JsonValue body = JsonValue.Object(
                ("event", "x-test"),
                ("data", JsonValue.Object(("text", new string('a', 20_000) + i)))
            );
            (int status, string text) = await server.Try("/v1/receipts", body, $"key-{i}");
            if (status == 201)
                acknowledged++;
            else
                refused = text;
        }
        Assert.Contains("TSX30", refused, StringComparison.Ordinal);
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        Assert.Equal(75, process.ExitCode);
        // What was acknowledged is there, and it goes on from there.
        using (LedgerView view = home.View())
            Assert.InRange(view.Size - before, acknowledged, acknowledged + 1);
        using ServerProcess again = await ServerProcess.Start(home);
        await again.Post("/v1/receipts", JsonValue.Object(("event", "x-test"), ("data", 1)), "after", 201);
    }

    private enum Signal
    {
        Term,
    }

    private X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(home.Beside("tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(home.Beside("tls.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private string Write(string name, JsonValue document)
    {
        File.WriteAllBytes(home.Beside(name), document.ToCanonicalBytes());
        return home.Beside(name);
    }

    // The first signal has been heard when it says so.
    private static async Task Unready(HttpClient http)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Patience)
        {
            try
            {
                using HttpResponseMessage ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
                if (ready.StatusCode == HttpStatusCode.ServiceUnavailable)
                    return;
            }
            catch (HttpRequestException)
            {
                // It listens no more.
                return;
            }
        }
        Assert.Fail("it never said that it ends");
    }

    private static async Task Send(Process process, Signal signal)
    {
        using var kill = Process.Start("kill", [$"-{signal.ToString().ToUpperInvariant()}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task<int> Ended(Process process, Signal signal)
    {
        await Send(process, signal);
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    private static async Task Collect(HttpListener listener, ConcurrentDictionary<string, string> sent)
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                string text = Encoding.Latin1.GetString(body.ToArray());
                sent.AddOrUpdate(context.Request.Url!.AbsolutePath, text, (_, before) => before + text);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
