using Microsoft.AspNetCore.Http.Features;
using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Server.Api;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Around every request: odd targets and foreign hosts are refused, and whatever goes wrong becomes a problem.</summary>
internal static class RequestFrame
{
    public static async Task Run(HttpContext http, RequestDelegate next)
    {
        Meters meters = http.RequestServices.GetRequiredService<Meters>();
        long begun = http.RequestServices.GetRequiredService<TimeProvider>().GetTimestamp();
        await Guard(http, next, meters);
        string route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        meters.Answered(route, http.Response.StatusCode, begun);
        Tracing.Tell(http, route);
    }

    private static async Task Guard(HttpContext http, RequestDelegate next, Meters meters)
    {
        try
        {
            RequireTarget(http);
            RequireHost(http);
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
            http.RequestServices.GetRequiredService<NodeEnvironment>().Logger.RequestFails(http.Request.Path, e);
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
    private static void RequireTarget(HttpContext http)
    {
        string target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string path = target.Split('?')[0];
        bool isOdd =
            !path.StartsWith('/')
            || path.Contains("//", StringComparison.Ordinal)
            || path.Split('/').Any(part => part is "." or "..")
            || path.Any(c => c is <= ' ' or > '~' or '\\' or '#')
            || Escapes(path).Any(escaped => escaped is '/' or '\\' or '.' or < ' ' or '\u007f');
        if (isOdd)
            throw ErrorCodes.RequestRefused.Because("the address is not written in its plain form");
    }

    private static IEnumerable<char> Escapes(string path)
    {
        for (int i = path.IndexOf('%'); i >= 0; i = path.IndexOf('%', i + 1))
        {
            yield return i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2])
                ? (char)Convert.FromHexString(path.AsSpan(i + 1, 2))[0]
                : '\0';
        }
    }

    // A page of another origin whose name was made to point here must not reach a ledger that reads without a key.
    private static void RequireHost(HttpContext http)
    {
        ServerOptions options = http.RequestServices.GetRequiredService<ServerOptions>();
        string host = http.Request.Host.Host;
        if (
            !ServerOptions.IsLoopbackName(host)
            && !options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
            && !options.Hosts.Contains("*")
        )
            throw ErrorCodes.RequestRefused.Because(
                $"this server does not go by the name '{host}'",
                "start it with --host NAME for each name that clients call it by"
            );
    }
}
