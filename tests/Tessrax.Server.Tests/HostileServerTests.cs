using System.Net;
using System.Net.Sockets;
using System.Text;
using Tessrax.Client;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>The client before a server that means it harm: it gives up with a reason, soon, holds little, and shows its key's signature to nobody else.</summary>
[Collection(nameof(Attack.BodyMemoryTests))]
public sealed class HostileServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TestLedger home = new();
    private readonly TcpListener other = new(IPAddress.Loopback, 0);
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();

    public HostileServerTests()
    {
        other.Start();
        listener.Start();
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
        other.Dispose();
        end.Dispose();
        home.Dispose();
    }

    public static TheoryData<string, string, string> Answers =>
        new()
        {
            { "moved", "HTTP/1.1 307 Temporary Redirect\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n", "TSX3016" },
            { "gone elsewhere", "HTTP/1.1 301 Moved\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n", "TSX3016" },
            { "silent", "", "TSX3016" },
            { "half", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"root\"", "TSX3016" },
            { "endless", "HTTP/1.1 200 OK\r\n\r\n{endless}", "TSX3016" },
            { "endless refusal", "HTTP/1.1 404 Not Found\r\n\r\n{endless}", "TSX3016" },
            { "endless head", "HTTP/1.1 200 OK\r\nX: {endless}", "TSX3016" },
            { "drip", "HTTP/1.1 200 OK\r\n\r\n{drip}", "TSX3016" },
            { "list", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "TSX6040" },
            { "number", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7", "TSX6040" },
            { "deep", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{deep}", "TSX3016" },
            { "no problem", "HTTP/1.1 503 Busy\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n", "TSX3016" },
            { "wrong problem", "HTTP/1.1 400 Bad\r\nContent-Length: 10\r\n\r\n{\"code\":7}", "TSX3016" },
            { "not HTTP", "220 mail.example ESMTP\r\n", "TSX3016" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task It_gives_up_with_a_reason(string name, string answer, string code)
    {
        Assert.NotEmpty(name);
        Task serving = Serve(answer);
        using LedgerClient client = Client();
        long before = GC.GetTotalAllocatedBytes();
        TessraxException refused = await Assert
            .ThrowsAsync<TessraxException>(() => client.CheckpointAsync().AsTask())
            .WaitAsync(Patience);
        Assert.Equal(code, refused.Code.ToString());
        Assert.True(GC.GetTotalAllocatedBytes() - before < 400L << 20);
        await end.CancelAsync();
        await serving;
        Assert.False(other.Pending());
    }

    [Theory]
    [InlineData(
        "HTTP/1.1 429 Slow\r\nRetry-After: 40\r\nContent-Length: 34\r\n\r\n{\"code\":\"TSX6053\",\"detail\":\"full\"}",
        "the server says: full (try again in 40 s)",
        null
    )]
    [InlineData("220 mail.example ESMTP\r\n", null, "its URL begins with https://")]
    public async Task It_says_what_may_help(string answer, string? message, string? hint)
    {
        Task serving = Serve(answer);
        using LedgerClient client = Client();
        TessraxException refused = await Assert
            .ThrowsAsync<TessraxException>(() => client.CheckpointAsync().AsTask())
            .WaitAsync(Patience);
        Assert.Contains(message ?? "", refused.Message, StringComparison.Ordinal);
        Assert.Contains(hint ?? "", refused.Hint, StringComparison.Ordinal);
        await end.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task What_writes_is_shown_to_no_other_host()
    {
        Task serving = Serve(
            "HTTP/1.1 308 Permanent Redirect\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n",
            "/v1/ledger"
        );
        using LedgerClient client = Client();
        TessraxException refused = await Assert
            .ThrowsAsync<TessraxException>(() => client.AppendAsync(new OwnAppend("x-note", 1)).AsTask())
            .WaitAsync(Patience);
        Assert.Contains("308", refused.Message, StringComparison.Ordinal);
        await end.CancelAsync();
        await serving;
        Assert.False(other.Pending());
    }

    private LedgerClient Client() =>
        new(
            new Uri($"http://{listener.LocalEndpoint}/"),
            home.Trust,
            new ClientOptions
            {
                Clock = TimeProvider.System,
                Random = static _ => { },
                AccessKey = TestLedger.Seeded(81),
                Timeout = TimeSpan.FromSeconds(1),
            }
        );

    // Answers all requests alike, but for those to one path: there it is a server that says its run.
    private async Task Serve(string answer, string? honest = null)
    {
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync(end.Token);
                await using var stream = new NetworkStream(socket);
                try
                {
                    while (await Head(stream) is { } asked)
                        await Write(
                            stream,
                            honest is not null && asked.Contains(honest, StringComparison.Ordinal) ? Run : answer
                        );
                }
                catch (IOException)
                {
                    // The client has given up.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private const string Run = "HTTP/1.1 200 OK\r\nContent-Length: 37\r\n\r\n{\"server\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}";

    // Null once the client has closed the connection.
    private async Task<string?> Head(NetworkStream stream)
    {
        var head = new StringBuilder();
        var part = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(part, end.Token);
            if (read == 0)
                return null;
            head.Append(Encoding.ASCII.GetString(part, 0, read));
        }
        return head.ToString();
    }

    private async Task Write(NetworkStream stream, string answer)
    {
        string text = answer
            .Replace("{other}", $"http://{other.LocalEndpoint}/stolen", StringComparison.Ordinal)
            .Replace("{deep}", new string('[', 5000), StringComparison.Ordinal);
        string mark = text.Contains("{endless}", StringComparison.Ordinal) ? "{endless}" : "{drip}";
        bool goesOn = text.Contains(mark, StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text.Replace(mark, "", StringComparison.Ordinal)), end.Token);
        if (!goesOn)
            return;
        byte[] more = new byte[mark == "{drip}" ? 1 : 1 << 20];
        Array.Fill(more, (byte)' ');
        while (!end.IsCancellationRequested)
        {
            await stream.WriteAsync(more, end.Token);
            if (mark == "{drip}")
                await Task.Delay(50, end.Token);
        }
    }
}
