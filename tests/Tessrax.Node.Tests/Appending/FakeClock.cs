namespace Tessrax.Node.Tests.Appending;

/// <summary>A clock that stands until it is told: its wall can step without monotonic time.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private long timestamp;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How much time passes whenever somebody looks at the clock.</summary>
    public TimeSpan PassesAtEachReading { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        DateTimeOffset read = now;
        Pass(PassesAtEachReading);
        return read;
    }

    public override long GetTimestamp() => timestamp;

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan span)
    {
        now += span;
        timestamp += span.Ticks;
    }

    /// <summary>Somebody sets the clock.</summary>
    public void Step(TimeSpan span) => now += span;
}
