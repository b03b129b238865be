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

    /// <summary>Whether an answer gets lost, once it was given.</summary>
    public Func<HttpRequestMessage, bool> Loses { get; set; } = static _ => false;

    /// <summary>Changes what is asked.</summary>
    public Action<HttpRequestMessage> Changes { get; set; } = static _ => { };

    /// <summary>Where requests go, whatever host they name; null for where they say.</summary>
    public Uri? Really { get; init; }

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
        if (Loses(request))
        {
            answer.Dispose();
            throw new HttpRequestException("the answer was lost");
        }
        if (Lie is null || !answer.IsSuccessStatusCode)
            return answer;
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
}
