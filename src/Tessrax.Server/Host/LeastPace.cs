namespace Tessrax.Server.Host;

/// <summary>The pace that a file must keep on its way, since whoever is slower keeps a place from others: half a minute, and a second more for each 64 KiB that have gone.</summary>
/// <param name="clock">Tells how time goes by; it begins now.</param>
internal sealed class LeastPace(TimeProvider clock)
{
    private const int BytesPerSecond = 64 * 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly long begun = clock.GetTimestamp();

    /// <summary>Has what waits for the next bytes give up when these are late.</summary>
    /// <param name="late">Cancelled then.</param>
    /// <param name="gone">How many bytes have gone.</param>
    public void Limit(CancellationTokenSource late, long gone)
    {
        TimeSpan left = Grace + TimeSpan.FromSeconds(gone / BytesPerSecond) - clock.GetElapsedTime(begun);
        late.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
