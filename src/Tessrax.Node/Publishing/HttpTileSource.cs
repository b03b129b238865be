using System.Net;
using System.Net.Http.Headers;
using Tessrax.Merkle;

namespace Tessrax.Node.Publishing;

/// <summary>A static log (C2SP tlog-tiles) on a web server, which may be hostile: reads are bounded in bytes and time, and never leave the host.</summary>
/// <remarks>404 and 410 mean that a file is not there. Redirects are followed only within the same scheme, host and port, five at most.</remarks>
public sealed class HttpTileSource : ITileSource, IDisposable
{
    /// <summary>The most bytes of a checkpoint.</summary>
    public const int MaxCheckpoint = 64 * 1024;

    private const int MaxRedirects = 5;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;
    private readonly Uri prefix;
    private readonly TimeSpan timeout;

    /// <param name="prefix">The log's URL, http or https, with or without a slash at its end.</param>
    /// <param name="timeout">For one file, from the request to its last byte; 30 seconds if null.</param>
    /// <exception cref="TessraxException">TSX1012: not such a URL.</exception>
    public HttpTileSource(Uri prefix, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        bool isHttp =
            prefix.IsAbsoluteUri && (prefix.Scheme == Uri.UriSchemeHttp || prefix.Scheme == Uri.UriSchemeHttps);
        if (!isHttp || prefix.Query.Length > 0 || prefix.Fragment.Length > 0)
            throw ErrorCodes.BadUsage.Because($"'{prefix}' is not the URL of a log", "give http(s)://HOST/PATH");
        this.prefix = prefix.AbsoluteUri.EndsWith('/') ? prefix : new Uri(prefix.AbsoluteUri + "/");
        this.timeout = timeout ?? DefaultTimeout;
        client = StrangerHttp.NewClient(DecompressionMethods.GZip);
        // tlog-tiles: "Clients SHOULD include gzip and identity in their Accept-Encoding headers."
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        client.DefaultRequestHeaders.UserAgent.ParseAdd("tessrax");
    }

    /// <inheritdoc/>
    /// <exception cref="TessraxException">TSX3016: no answer, or another than the file or 404.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(TileId tile, CancellationToken cancel) =>
        FetchAsync(tile.Path, tile.IsBundle ? EntryBundle.MaxBytes : tile.Full.HashBytes, cancel);

    /// <inheritdoc/>
    /// <exception cref="TessraxException">TSX3016: no answer, or another than the file or 404.</exception>
    public ValueTask<ReadOnlyMemory<byte>?> ReadCheckpointAsync(CancellationToken cancel) =>
        FetchAsync(TileDirectory.CheckpointFile, MaxCheckpoint, cancel);

    public void Dispose() => client.Dispose();

    private async ValueTask<ReadOnlyMemory<byte>?> FetchAsync(string path, int most, CancellationToken cancel)
    {
        var url = new Uri(prefix, path);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(timeout);
        try
        {
            return await GetAsync(url, most, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw ErrorCodes.CannotFetch.Because($"{url} did not answer within {timeout.TotalSeconds:0.#} seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new TessraxException(ErrorCodes.CannotFetch, $"fetching {url} failed: {e.Message}", null, e);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> GetAsync(Uri url, int most, CancellationToken cancel)
    {
        for (int hops = 0; hops <= MaxRedirects; hops++)
        {
            using HttpResponseMessage response = await client
                .GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancel)
                .ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
                return null;
            if (response.StatusCode == HttpStatusCode.OK)
                return await ReadBodyAsync(response.Content, most, cancel).ConfigureAwait(false);
            url = Redirection(url, response);
        }
        throw ErrorCodes.CannotFetch.Because($"{url} redirects again and again");
    }

    // Elsewhere may be the machine's own network, or the same server without encryption.
    private static Uri Redirection(Uri from, HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        if (status is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            throw ErrorCodes.CannotFetch.Because($"{from} answered {status}");
        if (!Uri.TryCreate(from, location, out Uri? to))
            throw ErrorCodes.CannotFetch.Because(
                $"{from} redirects to '{location.OriginalString}', which is no address"
            );
        bool same =
            Uri.Compare(
                from,
                to,
                UriComponents.SchemeAndServer,
                UriFormat.Unescaped,
                StringComparison.OrdinalIgnoreCase
            ) == 0;
        return same
            ? to
            : throw ErrorCodes.CannotFetch.Because(
                $"{from} redirects to another server, {to.GetLeftPart(UriPartial.Authority)}",
                "give the URL of that server if you mean it"
            );
    }

    // After decompression: what a few bytes blow up to is bounded too. One byte too many is enough to see that it is too long.
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(
        HttpContent content,
        int most,
        CancellationToken cancel
    )
    {
        using Stream body = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        byte[] buffer = new byte[Math.Min(most + 1, 16 * 1024)];
        int count = 0;
        while (true)
        {
            if (count == buffer.Length && count <= most)
                Array.Resize(ref buffer, (int)Math.Min(most + 1L, 2L * buffer.Length));
            int read = await body.ReadAsync(buffer.AsMemory(count), cancel).ConfigureAwait(false);
            count += read;
            if (read == 0 || count > most)
                return buffer.AsMemory(0, count);
        }
    }
}
