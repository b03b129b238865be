namespace Tessrax.Node.Waiting;

/// <summary>Lets one thread pass at a time. It has a name, and nobody waits at it for ever: who waited too long is told what holds it.</summary>
/// <remarks>
/// For short work without I/O. A thread may pass a gate that it holds already. Order: whoever holds a gate may enter another only where no code
/// enters the two the other way round; the tests run the engine's threads in hostile orders and look for such pairs.
/// </remarks>
/// <param name="name">What it guards, for the message; for example <c>the records of a segment</c>.</param>
internal sealed class Gate(string name)
{
    /// <summary>What is done behind a gate takes microseconds. A minute is a deadlock, or a machine that stands still.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [ThreadStatic]
    private static IGateWatcher? watcher;

    private readonly object inside = new();
    private string holder = "nobody";

    public string Name => name;

    /// <summary>Who decides when this thread goes on at a gate; null, as always but in tests, for the operating system.</summary>
    public static IGateWatcher? Watcher
    {
        get => watcher;
        set => watcher = value;
    }

    /// <summary>Waits until it is free and holds it until the result is disposed.</summary>
    /// <param name="purpose">What for, for the message of those who wait: <c>to append</c>.</param>
    /// <exception cref="TessraxException">TSX3046: it was not free for a minute.</exception>
    public Pass Enter(string purpose)
    {
        watcher?.Entering(this, purpose);
        if (!Monitor.TryEnter(inside) && !Monitor.TryEnter(inside, Patience))
            throw ErrorCodes.WaitedTooLong.Because(
                $"{name} was not free for {Patience.TotalSeconds:F0} s: it is held {Volatile.Read(ref holder)}, and wanted {purpose}"
            );
        string before = holder;
        Volatile.Write(ref holder, purpose);
        return new Pass(this, before);
    }

    private void Leave(string before)
    {
        Volatile.Write(ref holder, before);
        Monitor.Exit(inside);
        watcher?.Left(this);
    }

    /// <summary>Holds a gate until it is disposed.</summary>
    public readonly ref struct Pass(Gate gate, string before)
    {
        public void Dispose() => gate.Leave(before);
    }
}

/// <summary>Watches a thread at its gates, and may keep it waiting.</summary>
internal interface IGateWatcher
{
    /// <summary>The thread is about to wait at a gate.</summary>
    void Entering(Gate gate, string purpose);

    /// <summary>The thread has left a gate.</summary>
    void Left(Gate gate);
}
