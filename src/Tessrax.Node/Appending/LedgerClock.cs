using Tessrax.Canonical;

namespace Tessrax.Node.Appending;

/// <summary>The log's clock: it never runs backwards, and refuses to leap ahead of monotonic time.</summary>
/// <remarks>A clock that jumps to 2099 would make every open proposal expire at once; see <c>spec/ledger.md</c>, Time. Not safe for concurrent use.</remarks>
public sealed class LedgerClock
{
    /// <summary>How far the wall clock may gain on monotonic time before a step is refused.</summary>
    public static readonly TimeSpan MaxStep = TimeSpan.FromMinutes(5);

    private readonly TimeProvider clock;
    private UtcTime right;
    private long rightAt;
    private UtcTime latest;
    private bool steady;

    /// <param name="clock">Wall clock and monotonic time.</param>
    /// <param name="expected">What the wall clock should say now, if that is known from before this process; null to take its word.</param>
    public LedgerClock(TimeProvider clock, UtcTime? expected = null)
    {
        this.clock = clock;
        Begin(expected ?? UtcTime.Now(clock));
    }

    /// <summary>The present as far as it is believed: the wall clock's, or, if that stepped ahead, what monotonic time makes of the last moment at which it was right.</summary>
    public UtcTime Believed => Gained(out UtcTime now) > MaxStep ? right + clock.GetElapsedTime(rightAt) : now;

    /// <summary>The time for the next entry: now, or the last time given out or recorded if the clock stands behind it.</summary>
    /// <remarks>A time given out may stand in a body that was signed but has no place yet, so it counts as much as one recorded.</remarks>
    /// <exception cref="TessraxException">TSX4010: the clock stepped ahead.</exception>
    public UtcTime Next(UtcTime lastRecordedAt)
    {
        TimeSpan gained = Gained(out UtcTime now);
        if (gained > MaxStep && !steady)
            throw ErrorCodes.ClockJump.Because(
                $"the clock says {now}, {gained.TotalMinutes:F0} minutes more than have passed since {right}"
            );
        return latest = UtcTime.Max(UtcTime.Max(Believed, latest), lastRecordedAt);
    }

    /// <summary>From now on gives <see cref="Believed"/> instead of refusing: for those who adjust a clock that stepped, and record that.</summary>
    public void UseBelieved() => steady = true;

    /// <summary>Goes on after the log's time was adjusted.</summary>
    /// <param name="present">What the present really is, as was approved.</param>
    /// <param name="back">Whether the time was set back; then approvals may have taken long since, and the wall clock is believed.</param>
    public void Adjust(UtcTime present, bool back)
    {
        latest = default;
        steady = false;
        Begin(back ? UtcTime.Max(UtcTime.Now(clock), present) : present);
    }

    private void Begin(UtcTime moment) => (right, rightAt) = (moment, clock.GetTimestamp());

    private TimeSpan Gained(out UtcTime now)
    {
        now = UtcTime.Now(clock);
        return now - right - clock.GetElapsedTime(rightAt);
    }
}
