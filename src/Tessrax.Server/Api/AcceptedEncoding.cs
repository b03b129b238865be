using Microsoft.Net.Http.Headers;

namespace Tessrax.Server.Api;

/// <summary>What a client can unpack (RFC 9110, section 12.5.3).</summary>
internal static class AcceptedEncoding
{
    /// <summary>Whether a client takes a coding: it names it, or any, and not with the quality zero.</summary>
    public static bool Takes(HttpRequest request, string coding)
    {
        ArgumentNullException.ThrowIfNull(request);
        IList<StringWithQualityHeaderValue> accepted = request.GetTypedHeaders().AcceptEncoding;
        StringWithQualityHeaderValue? named =
            accepted.FirstOrDefault(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(one => one.Value == "*");
        return named is not null && named.Quality is not 0;
    }
}
