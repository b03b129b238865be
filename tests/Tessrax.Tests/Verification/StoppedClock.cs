namespace Tessrax.Tests.Verification;

/// <summary>A clock that stands still, so that verdicts are the same in every run.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public static readonly StoppedClock Instance = new();

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public override long GetTimestamp() => 0;
}
