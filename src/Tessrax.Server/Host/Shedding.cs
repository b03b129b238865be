using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Turns requests away before they cost anything, where more come than can be served in time.</summary>
internal sealed class Shedding(ServerOptions options, ServedLedger ledger, Meters meters)
{
    private readonly Dictionary<ApiRoute, SemaphoreSlim> places = ApiRoutes
        .All.Where(route => route.AtOnce is not null)
        .ToDictionary(route => route, route => new SemaphoreSlim(route.AtOnce!.Value));

    private int running;

    /// <summary>Takes a place; it is given back when the result is disposed.</summary>
    /// <exception cref="TessraxException">TSX6006: there is none.</exception>
    public IDisposable? Enter(ApiRoute route)
    {
        // Whoever watches is answered when there is most to see.
        if (route.Needs == Role.Nobody || route.IsForThisMachine)
            return null;
        if (
            route.Needs == Role.Submitter
            && HttpMethods.IsPost(route.Method)
            && ledger is { CanAppend: true, Pipeline.IsCrowded: true }
        )
            throw Full("appends", "the ledger has as many appends under way as it can make durable in time");
        if (Interlocked.Increment(ref running) > options.MostAtOnce)
        {
            Interlocked.Decrement(ref running);
            throw Full("requests", $"{options.MostAtOnce} requests are being worked on");
        }
        SemaphoreSlim? own = places.GetValueOrDefault(route);
        if (own is null || own.Wait(0))
            return new Place(this, own);
        Interlocked.Decrement(ref running);
        throw Full("costly", $"{route.AtOnce} of these are being worked on, and each costs much");
    }

    private TessraxException Full(string reason, string message)
    {
        meters.Shed(reason);
        return ErrorCodes.Overloaded.Because(message);
    }

    private sealed class Place(Shedding of, SemaphoreSlim? own) : IDisposable
    {
        public void Dispose()
        {
            own?.Release();
            Interlocked.Decrement(ref of.running);
        }
    }
}
