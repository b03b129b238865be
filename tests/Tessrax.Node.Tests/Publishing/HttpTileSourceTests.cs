using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Tests.Files;
using Xunit;

namespace Tessrax.Node.Tests.Publishing;

/// <summary>A static log over HTTP, from servers that behave and servers that do not.</summary>
public sealed class HttpTileSourceTests
{
    private static readonly TileId Tile = new(0, 1_234_067, 256);

    [Fact]
    public async Task A_log_on_a_web_server_is_checked_like_one_in_a_directory()
    {
        var disk = new FaultyDisk();
        var log = new PublishedLog();
        log.Append(log.Open(disk), 700);
        using var server = new Server(path =>
        {
            string file = $"{PublishedLog.Folder}/tiles{path["/log".Length..]}";
            return disk.Exists(file) ? Ok(disk[file]) : Status(404);
        });
        using var source = new HttpTileSource(new Uri(server.Url, "log"));
        TileReport report = await new TileCheck(source, PublishedLog.Key).RunAsync(
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Empty(report.Findings);
        Assert.Equal(700, report.Checkpoint!.Head.Size);
        disk.Remove($"{PublishedLog.Folder}/tiles/tile/0/001");
        report = await new TileCheck(source, PublishedLog.Key).RunAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(["tile/0/001"], report.Findings.Select(f => f.Path));
    }

    [Fact]
    public async Task Paths_are_asked_for_below_the_prefix_with_gzip_or_identity()
    {
        var asked = new List<string>();
        using var server = new Server(_ => Status(404), asked.Add);
        foreach (string prefix in new[] { "a/b", "a/b/" })
        {
            using var source = new HttpTileSource(new Uri(server.Url, prefix));
            Assert.Null(await source.ReadAsync(Tile, TestContext.Current.CancellationToken));
            Assert.Null(await source.ReadCheckpointAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal(4, asked.Count);
        Assert.All(
            [asked[0], asked[2]],
            r => Assert.StartsWith("GET /a/b/tile/0/x001/x234/067 HTTP/1.1", r, StringComparison.Ordinal)
        );
        Assert.All(
            [asked[1], asked[3]],
            r => Assert.StartsWith("GET /a/b/checkpoint HTTP/1.1", r, StringComparison.Ordinal)
        );
        Assert.All(
            asked,
            r => Assert.Contains("Accept-Encoding: gzip, identity\r\n", r, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Compressed_answers_are_read_and_cut_where_they_blow_up()
    {
        byte[] tile = [.. Enumerable.Range(0, 8192).Select(i => (byte)(i % 253))];
        using var server = new Server(_ => Gzip(tile));
        using var source = new HttpTileSource(server.Url);
        Assert.Equal(tile, (await source.ReadAsync(Tile, TestContext.Current.CancellationToken))!.Value.ToArray());
        using var bomb = new Server(_ => Gzip(new byte[50_000_000]));
        using var hostile = new HttpTileSource(bomb.Url);
        Assert.Equal(8193, (await hostile.ReadAsync(Tile, TestContext.Current.CancellationToken))!.Value.Length);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_one_byte_beyond_what_is_allowed()
    {
        using var server = new Server(_ => Endless());
        using var source = new HttpTileSource(server.Url);
        Assert.Equal(8193, (await source.ReadAsync(Tile, TestContext.Current.CancellationToken))!.Value.Length);
        var bundle = new TileId(TileId.Entries, 0, 3);
        Assert.Equal(
            EntryBundle.MaxBytes + 1,
            (await source.ReadAsync(bundle, TestContext.Current.CancellationToken))!.Value.Length
        );
        Assert.Equal(
            HttpTileSource.MaxCheckpoint + 1,
            (await source.ReadCheckpointAsync(TestContext.Current.CancellationToken))!.Value.Length
        );
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(410, true)]
    [InlineData(204, false)]
    [InlineData(206, false)]
    [InlineData(304, false)]
    [InlineData(403, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    public async Task Only_404_and_410_say_that_a_file_is_not_there(int status, bool absent)
    {
        using var server = new Server(_ => Status(status));
        using var source = new HttpTileSource(server.Url);
        if (absent)
            Assert.Null(await source.ReadAsync(Tile, TestContext.Current.CancellationToken));
        else
            await CannotFetch(source, $"answered {status}");
    }

    [Fact]
    public async Task Redirects_are_followed_on_the_same_server_only()
    {
        using var other = new Server(_ => Ok([1]));
        using var server = new Server(path =>
            path switch
            {
                "/moved/checkpoint" => Redirect("/new/checkpoint"),
                "/new/checkpoint" => Ok([7]),
                "/away/checkpoint" => Redirect($"{other.Url}checkpoint"),
                "/file/checkpoint" => Redirect("file:///etc/passwd"),
                "/tls/checkpoint" => Redirect("https://127.0.0.1/checkpoint"),
                "/loop/checkpoint" => Redirect("/loop/checkpoint"),
                _ => Raw("HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n"),
            }
        );
        using (var moved = new HttpTileSource(new Uri(server.Url, "moved")))
            Assert.Equal(
                [7],
                (await moved.ReadCheckpointAsync(TestContext.Current.CancellationToken))!.Value.ToArray()
            );
        foreach (string prefix in new[] { "away", "file", "tls" })
        {
            using var source = new HttpTileSource(new Uri(server.Url, prefix));
            await CannotFetch(source, "another server");
        }
        using (var loop = new HttpTileSource(new Uri(server.Url, "loop")))
            await CannotFetch(loop, "again and again");
        using (var nowhere = new HttpTileSource(new Uri(server.Url, "nowhere")))
            await CannotFetch(nowhere, "answered 302");
    }

    [Theory]
    [InlineData("//")]
    [InlineData("http://")]
    [InlineData("http://[")]
    [InlineData("http:")]
    [InlineData("//:99999/")]
    [InlineData("http://127.0.0.1:99999/")]
    [InlineData("mailto:a@example.com")]
    [InlineData("\\\\")]
    [InlineData("///")]
    [InlineData("%")]
    public async Task A_redirect_to_what_is_no_address_is_an_error_of_the_fetch(string location)
    {
        using var server = new Server(_ => Redirect(location));
        using var source = new HttpTileSource(server.Url);
        await CannotFetch(source, "");
    }

    [Fact]
    public async Task A_server_that_is_silent_slow_broken_or_gone_is_an_error_in_time()
    {
        using var silent = new Server(_ => null);
        using var cut = new Server(_ => Raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
        using var garbled = new Server(_ => Raw("not http at all\r\n\r\n"));
        using var badGzip = new Server(_ =>
            Raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
        );
        Uri gone;
        using (var closed = new Server(_ => null))
            gone = closed.Url;
        long start = Stopwatch.GetTimestamp();
        foreach (Uri url in new[] { silent.Url, cut.Url, garbled.Url, badGzip.Url, gone })
        {
            using var source = new HttpTileSource(url, TimeSpan.FromMilliseconds(300));
            await CannotFetch(source, "");
        }
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();
        using var patient = new HttpTileSource(silent.Url);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await patient.ReadCheckpointAsync(canceled.Token)
        );
    }

    [Theory]
    [InlineData("ftp://example.com/log")]
    [InlineData("file:///tmp")]
    [InlineData("http://example.com/log?x=1")]
    [InlineData("http://example.com/log#x")]
    public void Only_plain_web_addresses_are_taken(string url) =>
        Assert.Equal(
            ErrorCodes.BadUsage,
            Assert.Throws<TessraxException>(() => new HttpTileSource(new Uri(url)).Dispose()).Code
        );

    [Fact]
    public void A_place_without_a_log_is_told_apart()
    {
        using var ledger = new TestLedger();
        Assert.IsType<TileDirectory>(TileSource.Open(ledger.DirectoryPath, ledger.Environment));
        using var http = (HttpTileSource)TileSource.Open("http://localhost:1/x", ledger.Environment);
        Assert.Equal(
            ErrorCodes.NotALog,
            Assert.Throws<TessraxException>(() => TileSource.Open("/no/such/place", ledger.Environment)).Code
        );
        Directory.Delete(Path.Combine(ledger.DirectoryPath, "tiles"), recursive: true);
        Assert.Equal(
            ErrorCodes.NotALog,
            Assert.Throws<TessraxException>(() => TileSource.Open(ledger.DirectoryPath, ledger.Environment)).Code
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_in_the_place_of_a_file_is_an_error_and_holds_up_nobody(bool linked)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such pipes");
        string folder = Directory.CreateTempSubdirectory("tessrax-pipe-").FullName;
        try
        {
            string file = Path.Combine(folder, "checkpoint");
            string pipe = linked ? Path.Combine(folder, "pipe") : file;
            using (Process made = Process.Start("mkfifo", [pipe]))
                await made.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (linked)
                File.CreateSymbolicLink(file, pipe);
            var source = new TileDirectory(folder, SystemDisk.Instance);
            Task read = Task.Run(
                async () => await source.ReadCheckpointAsync(default),
                TestContext.Current.CancellationToken
            );
            Assert.Same(
                read,
                await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken))
            );
            await Assert.ThrowsAsync<TessraxException>(() => read);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CannotFetch(HttpTileSource source, string why)
    {
        var error = await Assert.ThrowsAsync<TessraxException>(async () => await source.ReadCheckpointAsync(default));
        Assert.Equal(ErrorCodes.CannotFetch, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<byte[]> Ok(byte[] body) =>
        [Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"), body];

    private static IEnumerable<byte[]> Status(int status) =>
        Raw($"HTTP/1.1 {status} x\r\n{(status is 204 or 304 ? "" : "Content-Length: 0\r\n")}\r\n");

    private static IEnumerable<byte[]> Redirect(string to) =>
        Raw($"HTTP/1.1 307 x\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");

    private static IEnumerable<byte[]> Raw(string text) => [Encoding.ASCII.GetBytes(text)];

    private static IEnumerable<byte[]> Endless()
    {
        yield return Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\n");
        byte[] chunk = new byte[1 << 16];
        while (true)
            yield return chunk;
    }

    private static IEnumerable<byte[]> Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        byte[] bytes = packed.ToArray();
        return
        [
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {bytes.Length}\r\n\r\n"
            ),
            bytes,
        ];
    }

    /// <summary>Answers each request on a connection of its own with whatever bytes it is told; null is silence.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Func<string, IEnumerable<byte[]>?> answer;
        private readonly Action<string>? asked;
        private readonly CancellationTokenSource end = new();

        public Server(Func<string, IEnumerable<byte[]>?> answer, Action<string>? asked = null)
        {
            this.answer = answer;
            this.asked = asked;
            listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
            _ = AcceptAsync();
        }

        public Uri Url { get; }

        public void Dispose()
        {
            end.Cancel();
            listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    _ = ServeAsync(await listener.AcceptTcpClientAsync(end.Token));
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private async Task ServeAsync(TcpClient connection)
        {
            using (connection)
            {
                try
                {
                    NetworkStream stream = connection.GetStream();
                    string request = await ReadRequestAsync(stream);
                    lock (answer)
                        asked?.Invoke(request);
                    if (answer(request.Split(' ')[1]) is not { } pieces)
                    {
                        await Task.Delay(Timeout.Infinite, end.Token);
                        return;
                    }
                    foreach (byte[] piece in pieces)
                        await stream.WriteAsync(piece, end.Token);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
                {
                    // The client had enough.
                }
            }
        }

        private async Task<string> ReadRequestAsync(NetworkStream stream)
        {
            var request = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                int read = await stream.ReadAsync(buffer, end.Token);
                if (read == 0)
                    throw new IOException("no request");
                request.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
            return request.ToString();
        }
    }
}
