using Tessrax.Node;
using Tessrax.Node.Logging;
using Tessrax.Node.Serving;
using Tessrax.Node.Stores;

namespace Tessrax.Server.Cluster;

/// <summary>Brings to a working copy what the database has beyond it: when somebody asks for what is not there yet, and now and then. While this node writes the ledger, the writer has the copy to itself.</summary>
internal sealed class CopyFeed(string path, NodeEnvironment environment) : ILedgerFeed, IDisposable
{
    // What is wrong with the database, or with the copy, is not over in a moment; and to find it costs a reading of the copy.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    // Whoever reads does not wait longer for a database that does not answer, nor for a copy that has much to catch up with.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim pulling = new(1);
    private CopyPuller? puller;
    private volatile bool isWritten;
    private volatile OpenedWriter? writer;
    private volatile object newest = new();
    private volatile TessraxException? problem;
    private long size;
    private long lookedAt;
    private long caughtUpAt = environment.Clock.GetTimestamp();
    private int disposed;

    /// <inheritdoc/>
    public object Newest => writer is { } open ? open.Newest : newest;

    /// <summary>Why the copy is not brought up to date now; null as a rule.</summary>
    public TessraxException? Problem => problem;

    /// <summary>How many entries the copy had when it was brought up to date last.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>How long ago the database was looked at.</summary>
    public TimeSpan Age => environment.Clock.GetElapsedTime(Volatile.Read(ref lookedAt));

    /// <summary>How long ago the copy was seen to have all that the database has.</summary>
    public TimeSpan CaughtUp => environment.Clock.GetElapsedTime(Volatile.Read(ref caughtUpAt));

    /// <inheritdoc/>
    /// <exception cref="TessraxException">Nobody can tell whether the ledger has so many: the copy cannot be brought up to date.</exception>
    void ILedgerFeed.Reach(long wanted)
    {
        Reach(wanted);
        if (Volatile.Read(ref size) < wanted && problem is { } why)
            throw new TessraxException(why.Code, why.Message, why.Hint, why);
    }

    /// <summary>Brings so many entries here, as far as that is possible now.</summary>
    public void Reach(long wanted)
    {
        // While the database is away, whoever reads does not wait for it: what goes on by time looks whether it is back.
        if (Volatile.Read(ref size) >= wanted || problem is not null)
            return;
        long arrived = environment.Clock.GetTimestamp();
        bool isEntered = pulling.Wait(Brief);
        if (isEntered && !IsDue(arrived))
        {
            pulling.Release();
            return;
        }
        // Another one may have it to itself by now.
        if (!isEntered && isWritten)
            return;
        // What takes longer goes on by itself, on a thread of its own: those of the pool may all be waiting here.
        if (!isEntered || !Thread(() => Take(arrived)).Wait(Brief))
            problem ??= ErrorCodes.StoreAway.Because(
                $"{path} was not brought up to date within {Brief.TotalSeconds:F0} s",
                "ask again in a moment"
            );
    }

    /// <summary>Takes over what is there now. Whoever waits for another who began later than they came has what they came for.</summary>
    public void Look()
    {
        long arrived = environment.Clock.GetTimestamp();
        pulling.Wait();
        Take(arrived);
    }

    /// <summary>The same as time goes by, unless somebody is at it.</summary>
    public void LookOnTime()
    {
        if ((problem is not null && Age < Rest) || !pulling.Wait(TimeSpan.Zero))
            return;
        Take(long.MaxValue);
    }

    /// <summary>Leaves the copy to a writer that is about to be opened.</summary>
    public void LetGo()
    {
        pulling.Wait();
        try
        {
            isWritten = true;
            problem = null;
            Drop();
        }
        finally
        {
            pulling.Release();
        }
    }

    /// <summary>From now on readers see what a writer makes durable.</summary>
    public void Follow(OpenedWriter open) => writer = open;

    /// <summary>Takes the copy back: the writer is closed, or was not opened.</summary>
    public void TakeBack()
    {
        pulling.Wait();
        (writer, isWritten, newest) = (null, false, new object());
        Volatile.Write(ref caughtUpAt, environment.Clock.GetTimestamp());
        Volatile.Write(ref size, 0);
        pulling.Release();
    }

    /// <summary>Brings nothing any more. Calling it again does no harm.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        LetGo();
        pulling.Dispose();
    }

    private static Task Thread(Action work) =>
        Task.Factory.StartNew(
            work,
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default
        );

    private bool IsDue(long arrived) => !isWritten && Volatile.Read(ref lookedAt) < arrived;

    // Whoever comes here has entered, and leaves.
    private void Take(long arrived)
    {
        try
        {
            if (IsDue(arrived))
                Pull();
        }
        finally
        {
            pulling.Release();
        }
    }

    // By whoever has entered.
    private void Pull()
    {
        long begun = environment.Clock.GetTimestamp();
        try
        {
            puller ??= new CopyPuller(path, environment);
            LedgerPulled pulled = puller.Pull();
            // Others may have brought entries here, too: a pull that was cut short, or a command.
            if (pulled.Size != size || pulled.Erased > 0)
                newest = new object();
            Volatile.Write(ref size, pulled.Size);
            Volatile.Write(ref caughtUpAt, begun);
            problem = null;
        }
        catch (TessraxException e)
        {
            Fails(e);
        }
        catch (Exception e)
        {
            // By a timer, it would end the process.
            Fails(new TessraxException(ErrorCodes.Bug, $"{e.GetType().Name}: {e.Message}", null, e));
        }
        Volatile.Write(ref lookedAt, begun);
    }

    private void Fails(TessraxException error)
    {
        if (problem?.Code != error.Code)
            environment.Logger.NotFollowed(path, error.Message, error.Code);
        problem = error;
        // A part may be here already.
        newest = new object();
        // It remembers what the copy adds up to, which still holds if only the database is away.
        if (error.Code != ErrorCodes.StoreAway)
            Drop();
    }

    private void Drop()
    {
        puller?.Dispose();
        puller = null;
    }
}
