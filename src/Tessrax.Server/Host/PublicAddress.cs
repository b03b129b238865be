using System.Net;

namespace Tessrax.Server.Host;

/// <summary>What clients call the server: what it was told with <c>--public-url</c>, because a proxy stands before it, or else what each request says.</summary>
/// <remarks>Headers in which a proxy tells of its clients do not count: whoever reaches the server past the proxy could write them.</remarks>
/// <param name="told">Scheme and authority; null if it was told nothing.</param>
internal sealed class PublicAddress(Uri? told)
{
    /// <summary>Scheme and authority as clients write them, without a slash at the end.</summary>
    public string Origin(HttpRequest request) =>
        told?.GetLeftPart(UriPartial.Authority) ?? $"{request.Scheme}://{request.Host}";

    /// <summary>Whether clients speak TLS, to this server or to the proxy before it.</summary>
    public bool IsSecure(HttpRequest request) => told is null ? request.IsHttps : told.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether a secret may pass over a connection: TLS, or this machine alone; and where a proxy stands before the server, TLS on its other side too.</summary>
    /// <exception cref="TessraxException">TSX6019: not over this one.</exception>
    public void RequirePrivate(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        bool isNear = http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer);
        if ((!http.Request.IsHttps && !isNear) || (told is not null && told.Scheme != Uri.UriSchemeHttps))
            throw ErrorCodes.NotPrivate.Because("this connection is neither TLS nor from this machine");
    }

    /// <summary>Refuses what a page of another site makes a browser send.</summary>
    /// <exception cref="TessraxException">TSX6005: it comes from there.</exception>
    public void RequireOwnSite(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // Pages here ask browsers for no referrer, and those say "null" for the origin then: it tells nothing.
        bool isOther = request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site
            ? site is not ["same-origin" or "none"]
            : request.Headers.Origin is { Count: > 0 } origin
                && origin != "null"
                && !string.Equals(origin, Origin(request), StringComparison.OrdinalIgnoreCase);
        if (isOther)
            throw ErrorCodes.RequestRefused.Because("a page of another site sent this");
    }
}
