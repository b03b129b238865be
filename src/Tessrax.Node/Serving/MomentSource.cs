using Tessrax.Node.Reading;

namespace Tessrax.Node.Serving;

/// <summary>Hands out moments of a ledger, and opens a new one where the present one is too old.</summary>
/// <remarks>A moment lives as long as somebody uses it. One that cannot be opened leaves the one before in service.</remarks>
internal sealed class MomentSource : IDisposable
{
    private readonly Func<LedgerGlance> open;
    private readonly LedgerNews news;
    private readonly TimeProvider clock;
    private readonly TimeSpan freshness;
    private readonly Lock opening = new();
    private readonly Lock counting = new();
    private Shared current;

    /// <param name="open">Opens the ledger as it is now.</param>
    /// <param name="news">Tells whether there is more.</param>
    /// <param name="clock">Monotonic time.</param>
    /// <param name="freshness">As <see cref="ServingOptions.Freshness"/>.</param>
    public MomentSource(Func<LedgerGlance> open, LedgerNews news, TimeProvider clock, TimeSpan freshness)
    {
        (this.open, this.news, this.clock, this.freshness) = (open, news, clock, freshness);
        current = Open();
    }

    /// <summary>Why the newest moment could not be opened, if so.</summary>
    public TessraxException? Failure { get; private set; }

    /// <summary>A moment that covers so many entries, if the ledger has them, and is not much older than the ledger.</summary>
    /// <exception cref="TessraxException">What is newer cannot be read, so that nobody can tell whether the ledger has them.</exception>
    public Lease<LedgerMoment> Take(long covering)
    {
        Shared now = Volatile.Read(ref current);
        if (now.Moment.Size < covering)
            news.Reach(covering);
        if (!news.IsNewerThan(now.Seen))
            return Lend();
        if (now.Moment.Size < covering)
        {
            lock (opening)
            {
                Renew(covering);
                if (current.Moment.Size < covering && Failure is { } failure)
                    throw new TessraxException(failure.Code, failure.Message, failure.Hint, failure);
            }
        }
        else if (clock.GetElapsedTime(now.OpenedAt) >= freshness && opening.TryEnter())
        {
            // Others meanwhile read the one that is there.
            try
            {
                Renew(0);
            }
            finally
            {
                opening.Exit();
            }
        }
        return Lend();
    }

    public void Dispose() => Release(current);

    private void Renew(long covering)
    {
        Shared old = current;
        bool isWanted = covering > 0 ? old.Moment.Size < covering : clock.GetElapsedTime(old.OpenedAt) >= freshness;
        if (!isWanted || !news.IsNewerThan(old.Seen))
            return;
        try
        {
            Shared next = Open();
            lock (counting)
                current = next;
            Failure = null;
            Release(old);
        }
        catch (TessraxException e)
        {
            Failure = e;
        }
    }

    // What is new is looked at before the ledger is: what comes in between is new again.
    private Shared Open()
    {
        object seen = news.Look();
        return new Shared(new LedgerMoment(open()), seen, clock.GetTimestamp());
    }

    private Lease<LedgerMoment> Lend()
    {
        lock (counting)
        {
            Shared now = current;
            now.Users++;
            return new Lease<LedgerMoment>(now.Moment, () => Release(now));
        }
    }

    private void Release(Shared shared)
    {
        lock (counting)
        {
            if (--shared.Users > 0)
                return;
        }
        shared.Moment.Glance.Dispose();
    }

    // The source itself is a user.
    private sealed class Shared(LedgerMoment moment, object seen, long openedAt)
    {
        public LedgerMoment Moment => moment;

        public object Seen => seen;

        public long OpenedAt => openedAt;

        public int Users { get; set; } = 1;
    }
}
