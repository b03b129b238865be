using System.Net;

namespace Tessrax.Server.Tests;

/// <summary>A server of its own before another one: it passes all on, but for what it changes.</summary>
internal sealed class LyingProxy : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly HttpClient http = new();
    private readonly Uri behind;
    private readonly Task serving;

    public LyingProxy(Uri behind)
    {
        this.behind = behind;
        Address = ServerProcess.FreeAddress();
        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        serving = Serve();
    }

    public Uri Address { get; }

    /// <summary>Changes the body of a good answer, by path and query; null to leave it.</summary>
    public Func<string, byte[], byte[]?> Lie { get; set; } = static (_, _) => null;

    /// <summary>Leads elsewhere instead of an answer, by path and query; null to answer.</summary>
    public Func<string, Uri?> Moves { get; set; } = static _ => null;

    /// <summary>How often somebody signed a request that went on to the server.</summary>
    public int Signed { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
        listener.Close();
        http.Dispose();
    }

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await Answer(call);
        }
    }

    private async Task Answer(HttpListenerContext call)
    {
        string path = call.Request.RawUrl!;
        using HttpListenerResponse answer = call.Response;
        if (Moves(path) is { } elsewhere)
        {
            answer.StatusCode = (int)HttpStatusCode.TemporaryRedirect;
            answer.RedirectLocation = elsewhere.AbsoluteUri;
            return;
        }
        using var request = new HttpRequestMessage(new HttpMethod(call.Request.HttpMethod), new Uri(behind, path));
        // Whoever stands before a server can say whom it was asked for.
        request.Headers.Host = call.Request.UserHostName;
        using var body = new MemoryStream();
        await call.Request.InputStream.CopyToAsync(body);
        request.Content = new ByteArrayContent(body.ToArray());
        if (call.Request.ContentType is { } type)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        foreach (string name in (string[])["Authorization", "Idempotency-Key"])
        {
            if (call.Request.Headers[name] is { } value)
                request.Headers.TryAddWithoutValidation(name, value);
        }
        if (call.Request.Headers["Authorization"] is not null)
            Signed++;
        using HttpResponseMessage given = await http.SendAsync(request);
        byte[] bytes = await given.Content.ReadAsByteArrayAsync();
        if (given.IsSuccessStatusCode && Lie(path, bytes) is { } changed)
            bytes = changed;
        answer.StatusCode = (int)given.StatusCode;
        foreach (string challenge in given.Headers.WwwAuthenticate.Select(one => one.ToString()))
            answer.AddHeader("WWW-Authenticate", challenge);
        answer.ContentLength64 = bytes.Length;
        await answer.OutputStream.WriteAsync(bytes);
    }
}
