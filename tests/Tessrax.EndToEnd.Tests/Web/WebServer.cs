using System.Collections.Concurrent;
using System.Net;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>Serves files on loopback, with the headers that a strict server sets.</summary>
internal sealed class WebServer : IDisposable
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".wasm"] = "application/wasm",
    };

    // As strict as a server of pages can be.
    private const string Policy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

    private readonly HttpListener listener;
    private readonly Func<string, ValueTask<byte[]?>> read;
    private readonly ConcurrentQueue<string> asked = new();
    private readonly Task serving;

    /// <param name="read">The bytes under a path, which begins with a slash; null if there are none.</param>
    public WebServer(Func<string, ValueTask<byte[]?>> read)
    {
        this.read = read;
        (listener, Address) = Listen();
        serving = Task.Run(Serve);
    }

    /// <summary>A server of one folder's files.</summary>
    public static WebServer Of(string folder) =>
        new(path =>
        {
            string file = Path.GetFullPath(Path.Join(folder, path));
            bool isThere = file.StartsWith(folder, StringComparison.Ordinal) && File.Exists(file);
            return new ValueTask<byte[]?>(isThere ? File.ReadAllBytes(file) : null);
        });

    /// <summary>Where it listens, with a slash at the end.</summary>
    public Uri Address { get; }

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>From then on nobody listens. Answers that a browser does not take to their end are given up.</summary>
    public void Dispose()
    {
        if (!listener.IsListening)
            return;
        listener.Abort();
        Assert.True(serving.Wait(TimeSpan.FromSeconds(10)), "the server did not end");
    }

    // A listener of this kind cannot choose a port by itself; somebody may take the one that was free.
    private static (HttpListener Listener, Uri Address) Listen()
    {
        for (int attempts = 0; ; attempts++)
        {
            string address = Loopback.FreeAddress();
            var listener = new HttpListener { Prefixes = { address } };
            try
            {
                listener.Start();
                return (listener, new Uri(address));
            }
            catch (HttpListenerException) when (attempts < 10)
            {
                listener.Close();
            }
        }
    }

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e)
                when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            // Side by side: a browser leaves one answer half read until it has another.
            _ = Task.Run(() => Answer(context));
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        asked.Enqueue(path);
        HttpListenerResponse response = context.Response;
        try
        {
            byte[]? bytes = await read(path).ConfigureAwait(false);
            response.StatusCode = bytes is null ? 404 : 200;
            response.ContentType = Types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
            response.Headers["Content-Security-Policy"] = Policy;
            response.Headers["X-Content-Type-Options"] = "nosniff";
            response.ContentLength64 = bytes?.Length ?? 0;
            await response.OutputStream.WriteAsync(bytes ?? []).ConfigureAwait(false);
            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // Whoever asked has gone, or the test has ended.
            response.Abort();
        }
    }
}
