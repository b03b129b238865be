namespace Tessrax.Client;

/// <summary>Addresses of servers.</summary>
public static class Addresses
{
    /// <summary>The address of a server, with a slash at its end.</summary>
    /// <exception cref="TessraxException">TSX1012: it is none, or has a query, a fragment or a user's name in it.</exception>
    public static Uri Check(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        bool isHttp =
            server.IsAbsoluteUri && (server.Scheme == Uri.UriSchemeHttp || server.Scheme == Uri.UriSchemeHttps);
        if (!isHttp || server.Query.Length > 0 || server.Fragment.Length > 0 || server.UserInfo.Length > 0)
            throw ErrorCodes.BadUsage.Because($"'{server}' is not the address of a server", "give http(s)://HOST/PATH");
        return server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
    }
}
