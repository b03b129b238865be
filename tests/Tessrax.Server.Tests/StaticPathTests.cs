using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The paths of C2SP tlog-tiles, to the letter: what a client of any log finds here, and what it does not.</summary>
public sealed class StaticPathTests(StaticPathTests.Log log) : IClassFixture<StaticPathTests.Log>
{
    private readonly TestServer server = log.Server;

    [Fact]
    public async Task A_client_of_any_log_reads_and_holds_all_of_it()
    {
        using var source = new HttpTileSource(server.Running.Address);
        TileReport report = await new TileCheck(source, server.Home.Trust.Policy.Logs[0]).RunAsync();
        Assert.True(report.Holds, string.Join("\n", report.Findings));
        using var moment = server.Ledger.Moment();
        Assert.Equal(moment.Value.Size, report.Checkpoint!.Head.Size);
    }

    [Fact]
    public async Task Every_tile_that_the_tree_ever_had_is_there_and_no_other()
    {
        using LedgerView view = server.Home.View();
        var expected = new LedgerTiles(view);
        foreach (int level in (int[])[TileId.Entries, 0, 1, 2])
        {
            for (long index = 0; index < 4; index++)
            {
                int widest = TileId.At(level, index, view.Size)?.Width ?? 0;
                foreach (int width in (int[])[1, 2, 88, 89, 255, 256])
                {
                    var tile = new TileId(level, index, width);
                    using HttpResponseMessage answer = await Get($"/{tile.Path}");
                    if (width > widest)
                    {
                        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                        continue;
                    }
                    ReadOnlyMemory<byte> bytes = (await expected.ReadAsync(tile, default))!.Value;
                    Assert.Equal(bytes.ToArray(), await answer.Content.ReadAsByteArrayAsync());
                    Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
                    string kept = tile.IsFull ? "public, max-age=31536000, immutable" : "public, max-age=60";
                    Assert.Equal(kept, answer.Headers.GetValues("Cache-Control").Single());
                }
            }
        }
    }

    [Fact]
    public async Task A_checkpoint_never_runs_ahead_of_its_tiles()
    {
        for (int i = 0; i < 20; i++)
        {
            long appended = await log.Append(1);
            // Of the very size that was acknowledged, whatever moment is served just now.
            TileId edge = TileId.At(0, (appended - 1) / TileId.FullWidth, appended)!.Value;
            using HttpResponseMessage answer = await Get($"/{edge.Path}");
            Assert.Equal(edge.Width * 32, (await answer.Content.ReadAsByteArrayAsync()).Length);
        }
    }

    [Fact]
    public async Task The_checkpoint_is_the_note_as_text()
    {
        using HttpResponseMessage answer = await Get("/checkpoint");
        byte[] note = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(
            Checkpoint.TryOpen(note, server.Home.Trust.Policy.Logs[0], out Checkpoint? checkpoint, out string reason),
            reason
        );
        Assert.Equal(TestLedger.Origin, checkpoint.Origin);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=2", answer.Headers.GetValues("Cache-Control").Single());
        Assert.False(answer.Headers.Contains("Vary"));
        string raw = await Raw("HEAD", "/checkpoint", "");
        Assert.Contains($"Content-Length: {note.Length}\r\n", raw, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", raw, StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/checkpoint");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using HttpResponseMessage known = await server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("identity, gzip", true)]
    [InlineData("br, GZIP;q=0.5", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("br", false)]
    [InlineData("gzipped", false)]
    [InlineData("", false)]
    public async Task Entries_are_packed_for_those_who_ask_and_hashes_never(string accepts, bool packs)
    {
        // The second time out of the shelf.
        for (int round = 0; round < 2; round++)
        {
            (byte[] entries, HttpContentHeaders headers, bool varies) = await Read("/tile/entries/000", accepts);
            Assert.Equal(packs, headers.ContentEncoding.Contains("gzip"));
            Assert.True(varies);
            Assert.True(EntryBundle.TryRead(packs ? Unpack(entries) : entries, TileId.FullWidth, out _));
            (byte[] hashes, headers, varies) = await Read("/tile/0/000", accepts);
            Assert.Empty(headers.ContentEncoding);
            Assert.False(varies);
            Assert.Equal(TileId.FullWidth * 32, hashes.Length);
        }
    }

    [Theory]
    [InlineData("/checkpoint/", 404)]
    [InlineData("/Checkpoint", 404)]
    [InlineData("/checkpoin%74", 404)]
    [InlineData("/checkpoint?x", 400)]
    [InlineData("/tile", 404)]
    [InlineData("/tile/", 404)]
    [InlineData("/TILE/0/000", 404)]
    [InlineData("/tile/0", 404)]
    [InlineData("/tile/0/0", 404)]
    [InlineData("/tile/0/00", 404)]
    [InlineData("/tile/0/0000", 404)]
    [InlineData("/tile/00/000", 404)]
    [InlineData("/tile/+0/000", 404)]
    [InlineData("/tile/-1/000", 404)]
    [InlineData("/tile/64/000", 404)]
    [InlineData("/tile/0/x000/000", 404)]
    [InlineData("/tile/0/000/000", 404)]
    [InlineData("/tile/0/x001/x234/067", 404)]
    [InlineData("/tile/0/000/", 404)]
    [InlineData("/tile/0/000.p", 404)]
    [InlineData("/tile/0/000.p/", 404)]
    [InlineData("/tile/0/000.p/0", 404)]
    [InlineData("/tile/0/000.p/01", 404)]
    [InlineData("/tile/0/000.p/256", 404)]
    [InlineData("/tile/0/000.p/1/", 404)]
    [InlineData("/tile/0/000.P/1", 404)]
    [InlineData("/tile/0/%30%30%30", 404)]
    [InlineData("/tile/0/000?x=1", 400)]
    [InlineData("/tile/8/0/000", 404)]
    [InlineData("/tile/Entries/000", 404)]
    [InlineData("/tile/data/000", 404)]
    [InlineData("/tile//0/000", 400)]
    [InlineData("/tile/0/../0/000", 400)]
    [InlineData("/tile/0%2F000", 400)]
    public async Task Other_spellings_are_refused(string target, int status)
    {
        string answer = await Raw("GET", target, "");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store", answer, StringComparison.Ordinal);
        string code = status == 404 ? "TSX6002" : "TSX6005";
        Assert.Contains(code, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_of_another_hash_is_no_static_log()
    {
        await using TestServer blake3 = await TestServer.Start(new TestLedger(hash: "blake3"));
        foreach (string path in (string[])["/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"])
        {
            using HttpResponseMessage answer = await blake3.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("TSX6031", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Paths_stand_behind_the_prefix_that_a_proxy_strips_or_not()
    {
        await using TestServer behind = await TestServer.Start(change: options => options with { PathBase = "/log" });
        foreach (string prefix in (string[])["", "/log"])
        {
            using HttpResponseMessage answer = await behind.Http.GetAsync(
                new Uri($"{prefix}/tile/0/000.p/1", UriKind.Relative)
            );
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<HttpResponseMessage> Get(string path) => server.Http.GetAsync(new Uri(path, UriKind.Relative));

    private async Task<(byte[] Body, HttpContentHeaders Headers, bool Varies)> Read(string path, string accepts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accepts.Length > 0)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        HttpResponseMessage answer = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (
            await answer.Content.ReadAsByteArrayAsync(),
            answer.Content.Headers,
            answer.Headers.Vary.Contains("Accept-Encoding")
        );
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    // By hand: a client's library writes targets in its own way.
    private async Task<string> Raw(string method, string target, string headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Running.Address.Port);
        await using NetworkStream stream = client.GetStream();
        string request = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
        );
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>A server whose log has full tiles and partial ones.</summary>
    public sealed class Log : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestServer.Start();
            await Append(600);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        public async Task<long> Append(int count)
        {
            OwnDraft[] drafts =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new OwnDraft("x-test", Encoding.UTF8.GetBytes($$"""{"text":"{{i}}"}"""))),
            ];
            IReadOnlyList<AppendReceipt> receipts = await Server.Ledger.Pipeline.AppendAsync(drafts);
            using var moment = Server.Ledger.Moment(receipts[^1].Index + 1);
            return moment.Value.Size;
        }
    }
}
