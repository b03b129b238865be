using System.Net;

namespace Tessrax.Node.Publishing;

/// <summary>How somebody is asked over HTTP who may be hostile.</summary>
internal static class StrangerHttp
{
    /// <summary>A client that goes where it is told and nowhere else: it follows no redirect and keeps no cookie. It has no timeout, so that whoever asks sets one for all of an answer.</summary>
    /// <param name="unpacks">What it unpacks; that is to be bounded by whoever reads.</param>
    public static HttpClient NewClient(DecompressionMethods unpacks) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = unpacks,
                MaxResponseHeadersLength = 64,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
