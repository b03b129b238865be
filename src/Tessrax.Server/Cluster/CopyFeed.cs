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

    private readonly Lock pulling = new();
    private CopyPuller? puller;
    private bool isWritten;
    private volatile OpenedWriter? writer;
    private volatile object newest = new();
    private volatile TessraxException? problem;
    private long size;
    private long lookedAt;

    /// <inheritdoc/>
    public object Newest => writer is { } open ? open.Newest : newest;

    /// <summary>Why the copy is not brought up to date now; null as a rule.</summary>
    public TessraxException? Problem => problem;

    /// <summary>How long ago the database was looked at.</summary>
    public TimeSpan Age => environment.Clock.GetElapsedTime(Volatile.Read(ref lookedAt));

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
        if (Volatile.Read(ref size) < wanted && problem is null)
            Look();
    }

    /// <summary>Takes over what is there now. Whoever waits for another who began later than they came has what they came for.</summary>
    public void Look()
    {
        long arrived = environment.Clock.GetTimestamp();
        lock (pulling)
        {
            if (!isWritten && lookedAt < arrived)
                Pull();
        }
    }

    /// <summary>The same as time goes by, unless somebody is at it.</summary>
    public void LookOnTime()
    {
        if ((problem is not null && Age < Rest) || !pulling.TryEnter())
            return;
        try
        {
            if (!isWritten)
                Pull();
        }
        finally
        {
            pulling.Exit();
        }
    }

    /// <summary>Leaves the copy to a writer that is about to be opened.</summary>
    public void LetGo()
    {
        lock (pulling)
        {
            isWritten = true;
            problem = null;
            Drop();
        }
    }

    /// <summary>From now on readers see what a writer makes durable.</summary>
    public void Follow(OpenedWriter open) => writer = open;

    /// <summary>Takes the copy back: the writer is closed, or was not opened.</summary>
    public void TakeBack()
    {
        lock (pulling)
        {
            (writer, isWritten, newest) = (null, false, new object());
            Volatile.Write(ref size, 0);
        }
    }

    /// <summary>Brings nothing any more.</summary>
    public void Dispose() => LetGo();

    // Under the lock.
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
