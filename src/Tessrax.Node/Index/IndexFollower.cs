using Tessrax.Node.Files;

namespace Tessrax.Node.Index;

/// <summary>Brings the index up to date behind the writer's back: on a thread of its own, at most once a second, from what is committed.</summary>
/// <remarks>An append never waits for it, and nothing that happens to the index is the writer's business: a failure is kept in <see cref="Fault"/>, and
/// the next attempt makes the index anew if need be.</remarks>
internal sealed class IndexFollower : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // How long the end of a writer waits for the last rows. What is missing then is caught up by the next one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string ledger;
    private readonly IDisk disk;
    private readonly AutoResetEvent woken = new(false);
    private readonly ManualResetEventSlim stopping = new(false);
    private readonly Thread thread;
    private readonly Lock working = new();
    private int waiting;
    private bool started;

    private IndexFollower(string ledger, IDisk disk)
    {
        this.ledger = ledger;
        this.disk = disk;
        thread = new Thread(Run)
        {
            IsBackground = true,
            Name = "index",
            Priority = ThreadPriority.BelowNormal,
        };
    }

    /// <summary>Why the index could not be brought up to date the last time; null if it could.</summary>
    public TessraxException? Fault { get; private set; }

    /// <summary>Begins to follow a ledger that wants an index; null for all others.</summary>
    public static IndexFollower? Start(string ledger, IDisk disk) =>
        FieldsIndex.IsWanted(ledger) ? new IndexFollower(ledger, disk) : null;

    /// <summary>Tells that something was committed. Returns at once.</summary>
    public void Note()
    {
        if (!started)
        {
            started = true;
            thread.Start();
        }
        if (Interlocked.Exchange(ref waiting, 1) == 0)
            woken.Set();
    }

    /// <summary>Keeps the index as it is while something is done to what it is derived from.</summary>
    public T Pause<T>(Func<T> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        lock (working)
            return step();
    }

    public void Dispose()
    {
        stopping.Set();
        woken.Set();
        if (started && !thread.Join(Patience))
            return;
        woken.Dispose();
        stopping.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            woken.WaitOne();
            if (Interlocked.Exchange(ref waiting, 0) == 1)
                Update();
            if (stopping.IsSet)
                return;
            stopping.Wait(Interval);
        }
    }

    private void Update()
    {
        try
        {
            // Gone together with what was erased, or by somebody's hand: an empty directory asks for a new one.
            lock (working)
            {
                if (FieldsIndex.IsWanted(ledger))
                    FieldsIndex.Update(ledger, disk);
            }
            Fault = null;
        }
        catch (TessraxException e)
        {
            Fault = e;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            Fault = DiskErrors.WhileWriting(e, FieldsDatabase.FileOf(ledger));
        }
    }
}
