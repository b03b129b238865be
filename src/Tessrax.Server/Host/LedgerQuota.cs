using System.Globalization;
using Tessrax.Server.Access;
using Tessrax.Server.Api;

namespace Tessrax.Server.Host;

/// <summary>Holds all who ask for one ledger to its quota, so that one ledger leaves room for the others of a server.</summary>
/// <remarks>Requests are counted where they come in; entries and bytes by whoever writes the ledger, from when it began to.</remarks>
/// <param name="quota">How much there is.</param>
/// <param name="clock">Tells how time goes by.</param>
internal sealed class LedgerQuota(Quota quota, TimeProvider clock)
{
    /// <summary>What is counted where requests come in; everything else is by whoever writes.</summary>
    public const string Requests = "requests";

    private const int SecondsAtOnce = 10;
    private const int SecondsOfDay = 24 * 3600;

    private readonly DebtBucket? entries = quota.EntriesPerSecond is { } rate
        ? new DebtBucket(rate, (double)rate * SecondsAtOnce, clock)
        : null;

    private readonly DebtBucket? bytes = quota.BytesPerDay is { } most
        ? new DebtBucket((double)most / SecondsOfDay, most, clock)
        : null;

    private long running;

    /// <summary>What is limited, and how much of it is left; less than nothing where somebody took more than there was.</summary>
    public IEnumerable<(string Name, double Left)> Left
    {
        get
        {
            if (entries is not null)
                yield return ("entries", entries.Left);
            if (bytes is not null)
                yield return ("bytes", bytes.Left);
            if (quota.AtOnce is { } most)
                yield return (Requests, most - Interlocked.Read(ref running));
        }
    }

    /// <summary>Takes a place to work on a request; it is given back when the result is disposed.</summary>
    /// <exception cref="TessraxException">TSX6053: there is none.</exception>
    public IDisposable? Enter(HttpContext http, ApiRoute route)
    {
        // Whoever watches is answered all the same; and what another process let in was counted there.
        if (
            quota.AtOnce is not { } most
            || route.Needs == Role.Nobody
            || route.IsLong
            || route.IsForThisMachine
            || http.Features.Get<LetInElsewhere>() is not null
        )
            return null;
        if (Interlocked.Increment(ref running) <= most)
            return new Place(this);
        Interlocked.Decrement(ref running);
        throw Over(http, TimeSpan.FromSeconds(1), $"{most} requests of this ledger are being worked on");
    }

    /// <summary>Takes room for entries that are to be appended.</summary>
    /// <param name="call">Who asks; its body is what counts.</param>
    /// <param name="count">How many entries.</param>
    /// <exception cref="TessraxException">TSX6053: what others took before is to be waited for.</exception>
    public void Take(ApiCall call, long count) => Take(call, count, call.Body.Length);

    /// <inheritdoc cref="Take(ApiCall, long)"/>
    public void Take(ApiCall call, long count, long length)
    {
        Require(call);
        entries?.Take(count);
        bytes?.Take(length);
    }

    /// <summary>Refuses what is not to be taken now, before it is on its way.</summary>
    /// <exception cref="TessraxException">TSX6053: what others took before is to be waited for.</exception>
    public void Require(ApiCall call)
    {
        if (entries is { Wait: { Ticks: > 0 } soon })
            throw Over(call.Http, soon, $"this ledger takes {quota.EntriesPerSecond} entries a second");
        if (bytes is { Wait: { Ticks: > 0 } later })
            throw Over(call.Http, later, $"this ledger takes {quota.BytesPerDay} bytes a day");
    }

    private static TessraxException Over(HttpContext http, TimeSpan wait, string message)
    {
        http.Features.Set(new ComeAgain(wait));
        return ErrorCodes.OverQuota.Because(message);
    }

    private sealed class Place(LedgerQuota of) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref of.running);
    }
}

/// <summary>When a request that is refused may come again.</summary>
/// <param name="After">How long from now.</param>
internal sealed record ComeAgain(TimeSpan After)
{
    /// <summary>As Retry-After has it: whole seconds, one at least.</summary>
    public string Text => Math.Max(1, Math.Ceiling(After.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
