namespace Tessrax.Server.Tests;

/// <summary>A clock that a test moves by hand; its timers are real, so that nothing stands still.</summary>
internal sealed class HandClock : TimeProvider
{
    private long moved;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref moved));

    public override long GetTimestamp() =>
        System.GetTimestamp()
        + (long)(TimeSpan.FromTicks(Volatile.Read(ref moved)).TotalSeconds * System.TimestampFrequency);

    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref moved, time.Ticks);
}
