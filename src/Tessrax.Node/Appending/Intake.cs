using Tessrax.Node.Waiting;

namespace Tessrax.Node.Appending;

/// <summary>The queue between callers and the sequencer: bounded in entries and bytes, first come, first served.</summary>
/// <remarks>Room is taken before anything is made of an append, and given back when its caller has been told; so the limits count all that is under way.
/// One lock, under which nobody else's code runs. Safe for concurrent use.</remarks>
internal sealed class Intake(LedgerPipelineOptions options, TimeProvider clock, StepWatch watch)
{
    private readonly Gate gate = new("the queue of appends");
    private readonly Queue<QueueItem> items = new();
    private readonly LinkedList<RoomWait> waiting = new();
    private int entries;
    private long bytes;
    private TessraxException? closed;

    /// <summary>Rung when there is something to take, or nothing will come any more.</summary>
    public ManualResetEventSlim Bell { get; } = new(false, spinCount: 30);

    /// <summary>Why nothing is accepted any more; null as long as it is.</summary>
    public TessraxException? Closed => Volatile.Read(ref closed);

    /// <summary>Appends under way.</summary>
    public int Entries => Volatile.Read(ref entries);

    /// <summary>Whether something waits to be taken.</summary>
    public bool HasItems
    {
        get
        {
            using (gate.Enter("to look"))
                return items.Count > 0;
        }
    }

    /// <summary>Whether nothing is left, and nothing will come.</summary>
    public bool IsDrained
    {
        get
        {
            using (gate.Enter("to look"))
                return closed is not null && items.Count == 0 && waiting.Count == 0;
        }
    }

    /// <summary>Takes room for appends of about so many bytes together, at once or behind those who wait already.</summary>
    /// <exception cref="TessraxException">TSX3023: there was none for too long; TSX3024: nothing is accepted any more.</exception>
    public ValueTask ReserveAsync(long size, CancellationToken cancellation, int count = 1)
    {
        RoomWait wait;
        using (gate.Enter("to take room"))
        {
            ThrowIfClosed();
            if (waiting.Count == 0 && HasRoom(size))
            {
                Take(size, count);
                return default;
            }
            wait = new RoomWait(size, count, clock.GetTimestamp());
            waiting.AddLast(wait);
        }
        return WaitAsync(wait, cancellation);
    }

    private async ValueTask WaitAsync(RoomWait wait, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static (state, token) => ((RoomWait)state!).TrySetCanceled(token),
            wait
        );
        try
        {
            await wait.Task.ConfigureAwait(false);
        }
        catch
        {
            using (gate.Enter("to leave"))
                waiting.Remove(wait);
            Admit();
            throw;
        }
    }

    /// <summary>Queues what has its room.</summary>
    /// <exception cref="TessraxException">TSX3024: nothing is accepted any more; the room was given back.</exception>
    public void Enqueue(QueueItem item) => Enqueue(new ReadOnlySpan<QueueItem>(in item));

    /// <summary>Queues many that have their room, one after another and with nobody between them.</summary>
    /// <exception cref="TessraxException">TSX3024: nothing is accepted any more; the room of all was given back.</exception>
    public void Enqueue(ReadOnlySpan<QueueItem> many)
    {
        long now = clock.GetTimestamp();
        using (gate.Enter("to queue"))
        {
            foreach (QueueItem item in many)
            {
                if (closed is not null)
                {
                    (entries, bytes) = (entries - 1, bytes - item.Bytes);
                    continue;
                }
                item.QueuedAt = now;
                items.Enqueue(item);
            }
            ThrowIfClosed();
        }
        Bell.Set();
    }

    /// <summary>Takes at once what has its room, past an empty queue; false if others wait, or it was given up, or nothing is accepted any more.</summary>
    public bool TryPass(QueueItem item)
    {
        using (gate.Enter("to pass"))
            return closed is null && items.Count == 0 && item.TryTake();
    }

    /// <summary>Takes the next that was not given up meanwhile.</summary>
    public bool TryDequeue(out QueueItem item)
    {
        while (true)
        {
            using (gate.Enter("to take"))
            {
                if (!items.TryDequeue(out item!))
                    return false;
            }
            if (item.TryTake())
                return true;
            GiveBack(item);
        }
    }

    /// <summary>Gives back the room of an append whose caller has been told.</summary>
    public void GiveBack(QueueItem item)
    {
        int size = item.Bytes;
        item.Release();
        GiveBack(1, size);
    }

    /// <summary>Gives back the room of many.</summary>
    public void GiveBack(int count, long size)
    {
        using (gate.Enter("to give back room"))
            (entries, bytes) = (entries - count, bytes - size);
        Admit();
    }

    /// <summary>Accepts nothing any more; what waits stays.</summary>
    public void Close(TessraxException why)
    {
        List<RoomWait> refused;
        using (gate.Enter("to close"))
        {
            closed ??= why;
            refused = [.. waiting];
            waiting.Clear();
        }
        foreach (RoomWait wait in refused)
            wait.TrySetException(why);
        Bell.Set();
    }

    /// <summary>Gives up all that waits: it is surely not appended.</summary>
    public void GiveUpAll(TessraxException why)
    {
        Close(why);
        while (true)
        {
            QueueItem? item;
            using (gate.Enter("to empty"))
            {
                if (!items.TryDequeue(out item))
                    return;
            }
            item.TryGiveUp(why);
            GiveBack(item);
        }
    }

    /// <summary>Gives up what has waited for too long.</summary>
    public void GiveUpLate()
    {
        TessraxException? why = null;
        // Behind the gate: an item that was taken and done may be another caller's by now. Their continuations run elsewhere.
        using (gate.Enter("to look for delays"))
        {
            foreach (QueueItem item in items.TakeWhile(item => IsLate(item.QueuedAt)))
                item.TryGiveUp(why ??= TooLate());
            foreach (RoomWait wait in waiting.TakeWhile(wait => IsLate(wait.Since)))
                wait.TrySetException(why ??= TooLate());
        }
    }

    private TessraxException TooLate() =>
        ErrorCodes.QueueWait.Because(
            $"nothing was appended: it waited {options.MaxQueueWait.TotalSeconds:0.###} s, held up by {watch.Holder}"
        );

    private bool IsLate(long since) => clock.GetElapsedTime(since) >= options.MaxQueueWait;

    private void Admit()
    {
        while (true)
        {
            RoomWait next;
            using (gate.Enter("to admit"))
            {
                if (waiting.First is not { } first || !HasRoom(first.Value.Size))
                    return;
                next = first.Value;
                waiting.RemoveFirst();
                Take(next.Size, next.Count);
            }
            if (next.TrySetResult())
                continue;
            // It was given up in this very moment.
            using (gate.Enter("to give back room"))
                (entries, bytes) = (entries - next.Count, bytes - next.Size);
        }
    }

    // One that is larger than all the room there is comes alone.
    private bool HasRoom(long size) =>
        entries == 0 || (entries < options.MaxQueuedEntries && bytes + size <= options.MaxQueuedBytes);

    private void Take(long size, int count) => (entries, bytes) = (entries + count, bytes + size);

    private void ThrowIfClosed()
    {
        if (closed is not null)
            throw Again(closed);
    }

    // An exception that several threads throw would show the stack of any of them.
    private static TessraxException Again(TessraxException why) => new(why.Code, why.Message, why.Hint, why);

    private sealed class RoomWait(long size, int count, long since)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Size => size;

        public int Count => count;

        public long Since => since;
    }
}
