using System.Net;
using System.Security.Cryptography;
using Tessrax.Client;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>Stands between a client and a server, counts what is asked for, and changes what is answered.</summary>
internal sealed class Between(HttpMessageHandler network) : DelegatingHandler(network)
{
    private readonly Lock access = new();

    /// <summary>What was asked for, in order: method and path with its query.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Changes the bytes of a good answer, by the path that was asked for; null to leave it.</summary>
    public Func<string, byte[], byte[]?>? Lie { get; set; }

    /// <summary>Refuses instead of an answer, by the path that was asked for; null to let it pass.</summary>
    public Func<string, HttpStatusCode?> Refuses { get; set; } = static _ => null;

    /// <summary>Whether an answer gets lost, once it was given.</summary>
    public Func<HttpRequestMessage, bool> Loses { get; set; } = static _ => false;

    /// <summary>Changes what is asked.</summary>
    public Action<HttpRequestMessage> Changes { get; set; } = static _ => { };

    /// <summary>Where requests go, whatever host they name; null for where they say.</summary>
    public Uri? Really { get; init; }

    /// <summary>After how many bytes a stream of events breaks; null for never.</summary>
    public int? CutAt { get; set; }

    /// <summary>Whether <see cref="Lie"/> gives streams of events, too; they are not read then.</summary>
    public bool IsStreamLiedAbout { get; set; }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (access)
            Asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        return base.Send(request, cancellationToken);
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        string path = request.RequestUri!.PathAndQuery;
        lock (access)
            Asked.Add($"{request.Method} {path}");
        Changes(request);
        if (Really is { } there)
            request.RequestUri = new Uri(there, path);
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        if (Refuses(path) is { } status)
            return new HttpResponseMessage(status) { RequestMessage = request, Content = new ByteArrayContent([]) };
        if (Loses(request))
        {
            answer.Dispose();
            throw new HttpRequestException("the answer was lost");
        }
        bool isStream = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        if (isStream && CutAt is { } most)
            answer.Content = new StreamContent(
                new CutStream(await answer.Content.ReadAsStreamAsync(cancellationToken), most)
            );
        if (Lie is null || !answer.IsSuccessStatusCode || (isStream && !IsStreamLiedAbout))
            return answer;
        if (isStream)
        {
            answer.Content = new ByteArrayContent(Lie(path, [])!);
            return answer;
        }
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (Lie(path, bytes) is { } changed)
            bytes = changed;
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = answer.Content.Headers.ContentType;
        answer.Content = content;
        return answer;
    }

    /// <summary>A client of a server, and what stands between them.</summary>
    /// <param name="server">The server.</param>
    /// <param name="change">Changes how it is asked.</param>
    /// <param name="trust">Where trust begins; the ledger's own trust root if null.</param>
    /// <param name="seed">Of the access key; null for none.</param>
    public static (LedgerClient Client, Between Between) Connect(
        TestServer server,
        Func<ClientOptions, ClientOptions>? change = null,
        TrustRoot? trust = null,
        byte? seed = null
    )
    {
        Between? made = null;
        var options = new ClientOptions
        {
            Clock = TimeProvider.System,
            Random = bytes => RandomNumberGenerator.Fill(bytes),
            AccessKey = seed is { } one ? TestLedger.Seeded(one) : null,
            Between = network => made = new Between(network),
        };
        var client = new LedgerClient(
            server.Running.Address,
            trust ?? server.Home.Trust,
            change?.Invoke(options) ?? options
        );
        return (client, made!);
    }

    /// <summary>Breaks after so many bytes.</summary>
    private sealed class CutStream(Stream whole, int most) : Stream
    {
        private int left = most;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (left == 0)
                throw new IOException("the connection broke");
            int read = await whole.ReadAsync(buffer[..Math.Min(left, buffer.Length)], cancellationToken);
            left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
