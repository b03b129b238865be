using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>Brings to its disk, in the background, what was appended to a working copy: whatever came within 50 ms by one sync, so that an append waits for the database alone.</summary>
/// <remarks>If that fails, the writer takes nothing more, and the next append is told why.</remarks>
internal sealed class CopySync : IDisposable
{
    // Long enough that a busy ledger syncs once for some dozens of batches; short, since a database that is set back just when this machine dies is found out by what the copy has.
    private static readonly TimeSpan Latest = TimeSpan.FromMilliseconds(50);

    private readonly Func<SegmentWriter> segments;
    private readonly ITimer timer;
    private int isDue;

    /// <param name="clock">Says when.</param>
    /// <param name="segments">The working copy's segments, which may be opened again meanwhile.</param>
    public CopySync(TimeProvider clock, Func<SegmentWriter> segments)
    {
        this.segments = segments;
        timer = clock.CreateTimer(
            static state => ((CopySync)state!).Run(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Something was appended.</summary>
    public void Note()
    {
        if (Interlocked.Exchange(ref isDue, 1) == 0)
            timer.Change(Latest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it. Closing the segments brings the rest to the disk.</summary>
    public void Dispose() => timer.Dispose();

    private void Run()
    {
        Volatile.Write(ref isDue, 0);
        try
        {
            segments().Sync();
        }
        catch (TessraxException)
        {
            // The segments know, and tell whoever appends next.
        }
    }
}
