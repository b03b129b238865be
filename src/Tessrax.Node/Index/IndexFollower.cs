using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Index;

/// <summary>How far an index is behind the ledger that its writer has open.</summary>
/// <param name="Size">Entries that it holds, as far as this writer knows; null if it does not know yet.</param>
/// <param name="Behind">Entries that are durable and not in it.</param>
/// <param name="For">For how long it has been behind.</param>
/// <param name="Fault">Why it could not be brought up to date the last time; null if it could.</param>
public sealed record IndexLag(long? Size, long Behind, TimeSpan For, TessraxException? Fault);

/// <summary>Brings the index up to date behind the writer's back: on a thread of its own and of the lowest priority, from what is durable.</summary>
/// <remarks>An append never waits for it, and nothing that happens to the index is the writer's business: a failure is kept in <see cref="Lag"/>, and
/// the next attempt makes the index anew if need be.</remarks>
internal sealed class IndexFollower : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How many times as long as it worked the index rests while the writer is at work: who appends must not notice. What is behind then is told, looked through in the
    // segments as far as that is quick, and caught up when there is room.
    private const int Rest = 3;
    private const int LongRest = 19;

    // The share of all processors that the others take from which on they have none to spare; and the appends a second, since on a machine that is busy with something else
    // they do not get that share.
    private const double Busy = 0.25;
    private const double Many = 1_000;

    private readonly LedgerDirectory directory;
    private readonly NodeEnvironment environment;
    private readonly IndexUpdate update;
    private readonly AutoResetEvent woken = new(false);
    private readonly ManualResetEventSlim ending = new(false);
    private readonly CancellationTokenSource stop = new();

    // Of the step at work; cancelled by the end of the writer, and by whoever may not wait for the step.
    private CancellationTokenSource step;
    private readonly Thread thread;
    private readonly Lock working = new();
    private long durable;
    private long size = -1;
    private long behindSince;
    private long stepBegan;
    private long noted;
    private long askedAt;
    private TimeSpan usedThen;
    private long durableThen;
    private bool started;
    private bool isFarBehind;
    private volatile TessraxException? fault;

    private IndexFollower(LedgerDirectory directory, NodeEnvironment environment, Func<SegmentReader> reader)
    {
        this.directory = directory;
        this.environment = environment;
        update = new IndexUpdate(new IndexWorkshop(directory.Path, environment), IndexSource.Of(directory, reader))
        {
            Rest = Breathe,
        };
        step = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        thread = new Thread(Run) { IsBackground = true, Name = "index" };
    }

    /// <summary>From which distance on it is told that the index is behind: what lies further than this is not searched.</summary>
    internal long FarBehind { get; set; } = 10_000;

    /// <summary>How long the end of a writer waits for the last rows. What is missing then is caught up by the next one.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far the index is behind.</summary>
    public IndexLag Lag
    {
        get
        {
            long known = Interlocked.Read(ref size);
            long behind = Math.Max(0, Interlocked.Read(ref durable) - Math.Max(0, known));
            long since = Interlocked.Read(ref behindSince);
            return new IndexLag(
                known < 0 ? null : known,
                behind,
                behind == 0 || since == 0 ? TimeSpan.Zero : environment.Clock.GetElapsedTime(since),
                fault
            );
        }
    }

    /// <summary>Begins to follow a ledger that wants an index; null for all others.</summary>
    /// <param name="directory">The ledger.</param>
    /// <param name="environment">The surroundings.</param>
    /// <param name="reader">Gives what reads the writer's segments.</param>
    public static IndexFollower? Start(
        LedgerDirectory directory,
        NodeEnvironment environment,
        Func<SegmentReader> reader
    ) => IndexFiles.IsWanted(directory.Path) ? new IndexFollower(directory, environment, reader) : null;

    /// <summary>Tells that so many entries are durable. Returns at once.</summary>
    public void Note(long entries)
    {
        Interlocked.Exchange(ref durable, entries);
        Interlocked.CompareExchange(ref behindSince, environment.Clock.GetTimestamp(), 0);
        if (!started)
        {
            started = true;
            thread.Start();
        }
        if (Interlocked.Increment(ref noted) == 1)
            woken.Set();
    }

    /// <summary>Keeps the index as it is while something is done to what it is derived from. What is being made of it ends early, and goes on afterwards.</summary>
    public T Pause<T>(Func<T> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        step.Cancel();
        lock (working)
        {
            step.Dispose();
            step = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            return change();
        }
    }

    /// <summary>Ends it: after that, nobody reads the writer's segments any more.</summary>
    public void Dispose()
    {
        ending.Set();
        woken.Set();
        if (started && !thread.Join(Patience))
        {
            // It looks after each run of entries.
            stop.Cancel();
            thread.Join();
        }
        woken.Dispose();
        ending.Dispose();
        step.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        Libc.YieldToOthers();
        (askedAt, usedThen) = (environment.Clock.GetTimestamp(), Environment.CpuUsage.TotalTime);
        durableThen = Interlocked.Read(ref durable);
        // A writer that ends at once has its disk for itself.
        ending.Wait(Interval);
        while (!ending.IsSet)
        {
            Update(isLast: false);
            ending.Wait(Interval);
            if (Interlocked.Read(ref noted) > 0)
                continue;
            Try(() => update.Settle(environment.Clock.GetUtcNow()));
            woken.WaitOne();
        }
        Update(isLast: true);
        Try(() => update.Settle(environment.Clock.GetUtcNow()));
    }

    private void Update(bool isLast) =>
        Try(() =>
        {
            Interlocked.Exchange(ref noted, 0);
            stepBegan = environment.Clock.GetTimestamp();
            long until = Interlocked.Read(ref durable);
            TellBehind(Interlocked.Read(ref size));
            // Gone together with what was erased, or by somebody's hand: an empty directory asks for a new one.
            if (!IndexFiles.IsWanted(directory.Path) || update.Run(until, isLast) is not { } reached)
                return;
            long before = Interlocked.Exchange(ref size, reached);
            Tell(before, reached);
            long now = Interlocked.Read(ref durable) > reached ? environment.Clock.GetTimestamp() : 0;
            Interlocked.Exchange(ref behindSince, now);
        });

    private void Tell(long before, long reached)
    {
        long behind = Math.Max(0, Interlocked.Read(ref durable) - reached);
        if (before < 0)
            environment.Logger.IndexFollowed(directory.Path, reached, behind);
        else if (reached > before)
            environment.Logger.IndexExtended(directory.Path, reached, behind);
        TellBehind(reached);
    }

    private void TellBehind(long reached)
    {
        long behind = reached < 0 ? 0 : Math.Max(0, Interlocked.Read(ref durable) - reached);
        if (behind > FarBehind && !isFarBehind)
            environment.Logger.IndexBehind(directory.Path, behind);
        else if (behind == 0 && isFarBehind)
            environment.Logger.IndexCaughtUp(directory.Path, reached);
        isFarBehind = behind > FarBehind || (isFarBehind && behind > 0);
    }

    private void Try(Action work)
    {
        TessraxException? failed = null;
        try
        {
            lock (working)
            {
                update.Stop = step.Token;
                work();
            }
        }
        catch (TessraxException e)
        {
            failed = e;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            failed = DiskErrors.WhileWriting(e, Path.Combine(directory.Path, IndexFiles.FolderName));
        }
        catch (Exception e)
        {
            // On a thread of its own it would end the process, and what happens to the index is not the writer's business.
            failed = new TessraxException(ErrorCodes.IndexUnusable, $"{e.GetType().Name}: {e.Message}", null, e);
        }
        // It is tried again and again, and told once.
        if (failed is not null && failed.Message != fault?.Message)
            environment.Logger.IndexFails(directory.Path, failed.Message, failed.Code);
        else if (failed is null && fault is not null)
            environment.Logger.IndexHealed(directory.Path);
        fault = failed;
    }

    private void Breathe()
    {
        TimeSpan worked = environment.Clock.GetElapsedTime(stepBegan);
        if (Interlocked.Exchange(ref noted, 0) > 0)
            WaitHandle.WaitAny(
                [ending.WaitHandle, update.Stop.WaitHandle],
                worked * (AreOthersBusy(worked) ? LongRest : Rest)
            );
        stepBegan = environment.Clock.GetTimestamp();
    }

    // Since it was asked the last time, that is, also while the index rested.
    private bool AreOthersBusy(TimeSpan worked)
    {
        TimeSpan elapsed = environment.Clock.GetElapsedTime(askedAt);
        TimeSpan used = Environment.CpuUsage.TotalTime;
        double others = (used - usedThen - worked) / (elapsed * Environment.ProcessorCount);
        long entries = Interlocked.Read(ref durable);
        double appends = (entries - durableThen) / elapsed.TotalSeconds;
        (askedAt, usedThen, durableThen) = (environment.Clock.GetTimestamp(), used, entries);
        return others > Busy || appends > Many;
    }
}
