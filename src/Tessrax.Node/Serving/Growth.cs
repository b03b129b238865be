using Tessrax.Node.Appending;

namespace Tessrax.Node.Serving;

/// <summary>Wakes those who wait for a ledger to grow.</summary>
internal sealed class Growth
{
    private TaskCompletionSource? waiting;

    /// <summary>Told of each batch that this process made durable; must be quick, and throw nothing.</summary>
    public Action<DurableBatch>? Durable { get; set; }

    /// <summary>A batch was appended here.</summary>
    public void Tell(DurableBatch batch)
    {
        Tell();
        Durable?.Invoke(batch);
    }

    /// <summary>Something was appended. Costs next to nothing if nobody waits.</summary>
    public void Tell() => Interlocked.Exchange(ref waiting, null)?.TrySetResult();

    /// <summary>Completes when something was appended after this call.</summary>
    public Task Next()
    {
        while (true)
        {
            if (Volatile.Read(ref waiting) is { } there)
                return there.Task;
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref waiting, mine, null) is null)
                return mine.Task;
        }
    }
}
