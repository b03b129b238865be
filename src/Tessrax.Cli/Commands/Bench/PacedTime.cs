namespace Tessrax.Cli.Commands.Bench;

/// <summary>A clock that goes on when it is told to: a ledger of years is made in minutes, and is like one.</summary>
internal sealed class PacedTime(DateTimeOffset begin) : TimeProvider
{
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => begin + elapsed;

    public override long GetTimestamp() => elapsed.Ticks;

    public void Pass(TimeSpan time) => elapsed += time;
}
