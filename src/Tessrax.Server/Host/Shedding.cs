using Tessrax.Node.Serving;
using Tessrax.Server.Access;
using Tessrax.Server.Api;
using Tessrax.Server.Telemetry;

namespace Tessrax.Server.Host;

/// <summary>Turns requests away before they cost anything, where more come than can be served in time.</summary>
internal sealed class Shedding(ServerOptions options, ServedLedger ledger, LedgerMeters meters) : IDisposable
{
    // A person who opens a second list waits for it; whoever sends a hundred is told to come again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim scans = new(MostScans);

    private readonly Dictionary<ApiRoute, SemaphoreSlim> places = ApiRoutes
        .All.Where(route => route.AtOnce is not null)
        .ToDictionary(
            route => route,
            route => new SemaphoreSlim(route.AtOnce!.Value),
            // Two records are the same if all of theirs is, which takes long to tell.
            (IEqualityComparer<ApiRoute>)ReferenceEqualityComparer.Instance
        );

    private int running;

    /// <summary>How many requests that look through many entries are worked on at once: each keeps a processor, and a thread that reads from disk.</summary>
    public static int MostScans { get; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Refuses what there would be no place for, before a body is read for nothing.</summary>
    /// <exception cref="TessraxException">TSX6006.</exception>
    public void RequireRoom(ApiRoute route)
    {
        if (!IsCounted(route))
            return;
        if (
            route.Needs == Role.Submitter
            && HttpMethods.IsPost(route.Method)
            && ledger is { CanAppend: true, Pipeline.IsCrowded: true }
        )
            throw Full("appends", "the ledger has as many appends under way as it can make durable in time");
        if (Volatile.Read(ref running) >= options.MostAtOnce)
            throw TooMany();
        if (places.GetValueOrDefault(route) is { CurrentCount: 0 })
            throw TooCostly(route);
    }

    /// <summary>Takes a place to work on a request, whose body is there: whoever sends it slowly takes none. It is given back when the result is disposed, before the answer is sent.</summary>
    /// <exception cref="TessraxException">TSX6006: there is none.</exception>
    public IDisposable? Enter(ApiRoute route)
    {
        if (!IsCounted(route))
            return null;
        if (Interlocked.Increment(ref running) > options.MostAtOnce)
        {
            Interlocked.Decrement(ref running);
            throw TooMany();
        }
        SemaphoreSlim? own = places.GetValueOrDefault(route);
        if (own is null || own.Wait(0))
            return new Place(this, own);
        Interlocked.Decrement(ref running);
        throw TooCostly(route);
    }

    /// <summary>Takes a place to look through many entries, if a request does. Who finds none waits a second for it, on no thread.</summary>
    /// <exception cref="TessraxException">TSX6006: there is none.</exception>
    public async ValueTask<IDisposable?> EnterScan(ApiCall call)
    {
        if (call.Route.Scans?.Invoke(call) != true)
            return null;
        return await scans.WaitAsync(Patience, call.Cancellation)
            ? new ScanPlace(scans)
            : throw Full("costly", $"{MostScans} requests look through the ledger, and each costs much");
    }

    public void Dispose()
    {
        scans.Dispose();
        foreach (SemaphoreSlim own in places.Values)
            own.Dispose();
    }

    // Whoever watches is answered when there is most to see; and streams have places of their own.
    private static bool IsCounted(ApiRoute route) =>
        route is { IsLong: false, IsForThisMachine: false } && route.Needs != Role.Nobody;

    private TessraxException TooMany() => Full("requests", $"{options.MostAtOnce} requests are being worked on");

    private TessraxException TooCostly(ApiRoute route) =>
        Full("costly", $"{route.AtOnce} of these are being worked on, and each costs much");

    private TessraxException Full(string reason, string message)
    {
        meters.Shed(reason);
        return ErrorCodes.Overloaded.Because(message);
    }

    private sealed class ScanPlace(SemaphoreSlim scans) : IDisposable
    {
        public void Dispose() => scans.Release();
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
