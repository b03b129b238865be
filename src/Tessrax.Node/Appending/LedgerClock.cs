using Tessrax.Canonical;

namespace Tessrax.Node.Appending;

/// <summary>The log's clock: it never runs backwards, and refuses to leap ahead of monotonic time.</summary>
/// <remarks>Safe for concurrent use. A clock that jumps to 2099 would make every open proposal expire at once; see <c>spec/ledger.md</c>, Time.</remarks>
public sealed class LedgerClock
{
    /// <summary>How far the wall clock may gain on monotonic time before a step is refused.</summary>
    public static readonly TimeSpan MaxStep = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly UtcTime openedAt;
    private readonly long openedAtTimestamp;
    private UtcTime latest;

    public LedgerClock(TimeProvider clock)
    {
        this.clock = clock;
        openedAt = UtcTime.Now(clock);
        openedAtTimestamp = clock.GetTimestamp();
    }

    /// <summary>The time for the next entry: now, or the last time given out or recorded if the clock stands behind it.</summary>
    /// <remarks>A time given out may stand in a body that was signed but has no place yet, so it counts as much as one recorded.</remarks>
    /// <exception cref="TessraxException">TSX4010: the clock stepped ahead.</exception>
    public UtcTime Next(UtcTime lastRecordedAt)
    {
        UtcTime now = UtcTime.Now(clock);
        TimeSpan gained = now - openedAt - clock.GetElapsedTime(openedAtTimestamp);
        if (gained > MaxStep)
            throw ErrorCodes.ClockJump.Because(
                $"the clock says {now}, {gained.TotalMinutes:F0} minutes more than have passed since {openedAt}"
            );
        lock (gate)
            return latest = UtcTime.Max(UtcTime.Max(now, latest), lastRecordedAt);
    }
}
