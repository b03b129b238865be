using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Hashing;
using Tessrax.Server.Access;
using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Writes answers: status, what may be kept, versions, and the bytes.</summary>
/// <param name="readsAreOpen">Whether whoever comes may read, so that answers may be kept for all.</param>
/// <param name="room">What large answers take until they are sent.</param>
internal sealed class AnswerWriter(bool readsAreOpen, TransferRoom room)
{
    // Beside the least rate that Kestrel asks for: an answer of some MiB that drips would take days.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);
    private const int LeastRate = 64 * 1024;

    /// <summary>Writes an answer.</summary>
    public async Task Write(HttpContext http, ApiRoute route, ApiAnswer answer)
    {
        HttpResponse response = http.Response;
        if (answer.Size is { } size)
            response.Headers["Tessrax-Size"] = size.ToString(CultureInfo.InvariantCulture);
        if (answer.Location is { } location)
            response.Headers.Location = location;
        CacheRule cache = answer.Cache ?? route.Cache;
        response.Headers.CacheControl = CacheControl(cache, route);
        if (route.Needs != Role.Nobody)
            response.Headers.Vary = "Authorization, Cookie";
        Guard(response, route.IsForOtherSites);
        foreach ((string name, string value) in answer.Headers)
            response.Headers[name] = value;
        switch (answer)
        {
            case JsonAnswer json:
                await Write(http, json.Value.ToCanonicalBytes(), BodyLimit.Json, json.Status, json.ETag, cache);
                break;
            case BytesAnswer bytes:
                await Write(http, bytes.Bytes, bytes.ContentType, bytes.Status, bytes.ETag, cache);
                break;
            case StreamAnswer stream:
                response.ContentType = stream.ContentType;
                if (!HttpMethods.IsHead(http.Request.Method))
                    await stream.Write(response.BodyWriter, http.RequestAborted);
                break;
            case RelayedAnswer relayed:
                response.StatusCode = relayed.Status;
                await WriteBody(http, relayed.Bytes);
                break;
            case EmptyAnswer empty:
                response.StatusCode = empty.Status;
                break;
        }
    }

    /// <summary>What every answer says, a refusal too: nothing is taken for another type than it has, and other sites' pages do not use it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="isForOtherSites">Whether they may.</param>
    public static void Guard(HttpResponse response, bool isForOtherSites)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = isForOtherSites ? "cross-origin" : "same-origin";
    }

    private async Task Write(
        HttpContext http,
        ReadOnlyMemory<byte> bytes,
        string contentType,
        int status,
        string? version,
        CacheRule cache
    )
    {
        HttpResponse response = http.Response;
        if (cache != CacheRule.Never && status == StatusCodes.Status200OK)
        {
            string tag = $"\"{version ?? HashEngine.Sha256.Hash(bytes.Span).ToHex()[..32]}\"";
            response.Headers.ETag = tag;
            if (IsKnown(http.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        response.StatusCode = status;
        response.ContentType = contentType;
        await WriteBody(http, bytes);
    }

    private async Task WriteBody(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        HttpResponse response = http.Response;
        if (bytes.Length > 0 || response.StatusCode != StatusCodes.Status204NoContent)
            response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        if (bytes.Length <= TransferRoom.Free)
            await response.Body.WriteAsync(bytes, http.RequestAborted);
        else
            await WriteLarge(http, bytes);
    }

    private async Task WriteLarge(HttpContext http, ReadOnlyMemory<byte> bytes)
    {
        var client = ClientName.Of(http, http.Features.GetRequiredFeature<Principal>());
        room.Take(client, bytes.Length);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        late.CancelAfter(MostTime + TimeSpan.FromSeconds(bytes.Length / LeastRate));
        try
        {
            // In parts: Kestrel would copy the whole of it first.
            for (int at = 0; at < bytes.Length; at += TransferRoom.Free)
                await http.Response.Body.WriteAsync(
                    bytes.Slice(at, Math.Min(TransferRoom.Free, bytes.Length - at)),
                    late.Token
                );
        }
        catch (OperationCanceledException)
        {
            // Half of it must not be taken for the whole.
            http.Abort();
        }
        finally
        {
            room.GiveBack(client, bytes.Length);
        }
    }

    // The client has that version. Weak comparison, as RFC 9110 says for this header.
    private static bool IsKnown(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch is { Count: > 0 } known
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && known
            .SelectMany(line => (line ?? "").Split(','))
            .Select(one => one.Trim())
            .Any(one => one == "*" || one == tag || one == $"W/{tag}");

    private string CacheControl(CacheRule rule, ApiRoute route)
    {
        bool isPublic = readsAreOpen || route.Needs == Role.Nobody;
        return rule switch
        {
            CacheRule.Fresh => "private, no-cache",
            CacheRule.Seconds => isPublic ? "public, max-age=2" : "private, max-age=2",
            CacheRule.Minute => isPublic ? "public, max-age=60" : "private, max-age=60",
            CacheRule.Immutable => isPublic
                ? "public, max-age=31536000, immutable"
                : "private, max-age=31536000, immutable",
            _ => "no-store",
        };
    }
}
