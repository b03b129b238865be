using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Around every request: odd targets and foreign hosts are refused, and whatever goes wrong becomes a problem.</summary>
internal sealed class RequestFrame(LedgerMeters meters, ServerOptions options, NodeEnvironment environment)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create([
        .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Except(['\\', '#']),
    ]);

    public async Task Run(HttpContext http, RequestDelegate next)
    {
        long begun = environment.Clock.GetTimestamp();
        await Guard(http, next);
        string route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        // What another node let in, it counts.
        if (http.Features.Get<LetInElsewhere>() is null)
            meters.Answered(route, http.Response.StatusCode, begun);
        Tracing.Tell(http, route, meters.Ledger, meters.All.Node);
    }

    private async Task Guard(HttpContext http, RequestDelegate next)
    {
        try
        {
            RequireTarget(http);
            RequireHost(http, options);
            await next(http);
            if (http.Response.HasStarted)
                return;
            if (http.GetEndpoint() is null)
                throw ErrorCodes.NoSuchPage.Because($"there is nothing at {http.Request.Path}");
            if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                throw ErrorCodes.WrongMethod.Because($"{http.Request.Path} does not take {http.Request.Method}");
        }
        catch (TessraxException e)
        {
            if (Problem.StatusOf(e) is 401 or 403)
                meters.Refused(e.Code);
            else if (e.Code == ErrorCodes.TooManyRequests)
                meters.Shed("rate");
            else if (e.Code == ErrorCodes.OverQuota)
                meters.Shed("quota");
            await Problem.Write(http, e);
        }
        catch (BadHttpRequestException e)
        {
            await Problem.Write(http, OfKestrel(e));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
            http.Abort();
        }
        catch (Exception e)
        {
            environment.Logger.RequestFails(http.Request.Path, e);
            await Problem.Write(
                http,
                ErrorCodes.Bug.Because("the server came across something that it does not foresee")
            );
        }
    }

    private static TessraxException OfKestrel(BadHttpRequestException e) =>
        e.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? ErrorCodes.TooLarge.Because("the body is over the limit of this address")
            : ErrorCodes.RequestRefused.Because($"the request cannot be read: {e.Message}");

    // What is signed, cached and logged is the target as it was sent: two spellings of one path would be two things.
    internal static void RequireTarget(HttpContext http)
    {
        ReadOnlySpan<char> path = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        int question = path.IndexOf('?');
        ReadOnlySpan<char> query = question < 0 ? "" : path[question..];
        if (question >= 0)
            path = path[..question];
        // HTTP/2 hands on whatever bytes came.
        if (query.ContainsAnyExceptInRange('!', '~'))
            throw ErrorCodes.RequestRefused.Because("what stands after the question mark is not escaped");
        if (path.IsEmpty || path[0] != '/' || path.ContainsAnyExcept(Plain) || HasOddParts(path) || HasOddEscapes(path))
            throw ErrorCodes.RequestRefused.Because("the address is not written in its plain form");
    }

    // Nothing between two slashes, or one or two dots.
    private static bool HasOddParts(ReadOnlySpan<char> path)
    {
        foreach (Range part in path.Split('/'))
        {
            if (path[part] is "." or "..")
                return true;
        }
        return path.IndexOf("//", StringComparison.Ordinal) >= 0;
    }

    private static bool HasOddEscapes(ReadOnlySpan<char> path)
    {
        for (int i = path.IndexOf('%'); i >= 0; )
        {
            bool isHex = i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]);
            char escaped = isHex ? (char)byte.Parse(path.Slice(i + 1, 2), NumberStyles.HexNumber, null) : '\0';
            if (escaped is '/' or '\\' or '.' or < ' ' or '\u007f')
                return true;
            int next = path[(i + 1)..].IndexOf('%');
            i = next < 0 ? -1 : i + 1 + next;
        }
        return false;
    }

    // A page of another origin whose name was made to point here must not reach a ledger that reads without a key.
    internal static void RequireHost(HttpContext http, ServerOptions options)
    {
        // The node of a cluster where it came in knows its own names.
        if (http.Features.Get<LetInElsewhere>() is not null)
            return;
        string host = http.Request.Host.Host;
        if (
            !ServerOptions.IsLoopbackName(host)
            && !options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            && !options.Hosts.Contains(ServerOptions.AnyHost)
            && !host.Equals(options.PublicUrl?.Host, StringComparison.OrdinalIgnoreCase)
        )
            throw ErrorCodes.RequestRefused.Because(
                $"this server does not go by the name '{host}'",
                "start it with --host NAME for each name that clients call it by"
            );
    }
}
