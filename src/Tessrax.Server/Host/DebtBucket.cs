namespace Tessrax.Server.Host;

/// <summary>Fills evenly, and lets in whoever comes while something is left, however much they take: what was taken beyond is waited for by those who come later.</summary>
internal sealed class DebtBucket
{
    private readonly Lock access = new();
    private readonly double perSecond;
    private readonly double most;
    private readonly TimeProvider clock;
    private double left;
    private long at;

    /// <param name="perSecond">How much comes again each second.</param>
    /// <param name="most">How much it holds.</param>
    /// <param name="clock">Tells how time goes by.</param>
    public DebtBucket(double perSecond, double most, TimeProvider clock)
    {
        (this.perSecond, this.most, this.clock) = (perSecond, most, clock);
        (left, at) = (most, clock.GetTimestamp());
    }

    /// <summary>How much may be taken; less than 0 where more was taken than there was.</summary>
    public double Left
    {
        get
        {
            lock (access)
                return Fill();
        }
    }

    /// <summary>How long until something is left; zero while something is.</summary>
    public TimeSpan Wait => Left is var now && now > 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - now) / perSecond);

    /// <summary>Takes so much.</summary>
    public void Take(double amount)
    {
        lock (access)
            left = Fill() - amount;
    }

    // Under the lock.
    private double Fill()
    {
        long now = clock.GetTimestamp();
        left = Math.Min(most, left + (clock.GetElapsedTime(at, now).TotalSeconds * perSecond));
        at = now;
        return left;
    }
}
