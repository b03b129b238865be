namespace Tessrax.Node.Reading;

/// <summary>A step of an <see cref="OrderedPipeline{T}"/>.</summary>
internal enum PipelineStep
{
    Read,
    Work,
    Finish,
}

/// <summary>Three steps over a sequence, on several threads: items are read in order by one thread at a time, worked on by all, and finished in order by one at a
/// time. One thread does all three in turn, so its results are those of many.</summary>
/// <remarks>Whoever is free takes the step that is due: finishing before reading, so that little is in flight. An exception of any step ends the run after the
/// items before it were finished, and is thrown.</remarks>
/// <typeparam name="T">An item.</typeparam>
internal sealed class OrderedPipeline<T>
    where T : class
{
    private readonly Func<T?> read;
    private readonly Action<T> work;
    private readonly Action<T> finish;
    private readonly Func<bool> mayReadAhead;
    private readonly int threads;
    private readonly object gate = new();
    private readonly Queue<Slot> inFlight = new();
    private readonly Queue<Action> aside = new();
    private bool isReading;
    private bool isFinishing;
    private bool isAtEnd;
    private Exception? fault;
    private Exception? readFault;

    /// <param name="threads">How many work, the caller's among them; at least 1.</param>
    /// <param name="read">Gives the next item; null at the end.</param>
    /// <param name="work">What may be done to items in any order, and to several at once.</param>
    /// <param name="finish">What is done to them in order.</param>
    /// <param name="mayReadAhead">Asked before another item is read while some are in flight.</param>
    public OrderedPipeline(int threads, Func<T?> read, Action<T> work, Action<T> finish, Func<bool> mayReadAhead)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        this.threads = threads;
        this.read = read;
        this.work = work;
        this.finish = finish;
        this.mayReadAhead = mayReadAhead;
    }

    /// <summary>Measures steps, if somebody wants to know.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Told of each step that was done: which, on what, by which of the threads (from 1), from when to when on <see cref="Clock"/>. Any thread.</summary>
    public Action<PipelineStep, T, int, long, long>? Done { get; init; }

    private enum Step
    {
        Stop,
        Read,
        Finish,
        Aside,
    }

    /// <summary>Leaves work to whoever is free, before more is read; in no particular order. All of it is done when <see cref="Run"/> ends, unless something threw. Any thread.</summary>
    public void Leave(Action task)
    {
        lock (gate)
        {
            aside.Enqueue(task);
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Runs to the end.</summary>
    public void Run()
    {
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int number = i + 2;
            others[i] = new Thread(() => Serve(number)) { IsBackground = true, Name = $"verify {number}" };
            others[i].Start();
        }
        Serve(1);
        foreach (Thread other in others)
            other.Join();
        if ((fault ?? readFault) is { } thrown)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
    }

    private void Serve(int thread)
    {
        try
        {
            for (Step step = Next(); step != Step.Stop; step = Next())
            {
                if (step == Step.Read)
                    ReadAndWork(thread);
                else if (step == Step.Finish)
                    Finish(thread);
                else
                    WorkAside();
            }
        }
        catch (Exception e)
        {
            lock (gate)
            {
                fault ??= e;
                Monitor.PulseAll(gate);
            }
        }
    }

    // Waits until there is something to do, and takes it.
    private Step Next()
    {
        lock (gate)
        {
            while (fault is null)
            {
                if (!isFinishing && inFlight.TryPeek(out Slot? first) && first.IsDone)
                {
                    isFinishing = true;
                    return Step.Finish;
                }
                if (aside.Count > 0)
                    return Step.Aside;
                if (!isReading && !isAtEnd && HasRoom())
                {
                    isReading = true;
                    return Step.Read;
                }
                if (isAtEnd && inFlight.Count == 0)
                    return Step.Stop;
                Monitor.Wait(gate);
            }
            return Step.Stop;
        }
    }

    private bool HasRoom() => inFlight.Count == 0 || (inFlight.Count < 2 * threads && mayReadAhead());

    private void ReadAndWork(int thread)
    {
        T? item = null;
        Exception? damage = null;
        long start = Clock?.GetTimestamp() ?? 0;
        try
        {
            item = read();
        }
        catch (Exception e)
        {
            damage = e;
        }
        Slot? slot = item is null ? null : new Slot(item);
        lock (gate)
        {
            isReading = false;
            isAtEnd = slot is null;
            readFault = damage;
            if (slot is not null)
                inFlight.Enqueue(slot);
            Monitor.PulseAll(gate);
        }
        if (slot is null)
            return;
        start = Tell(PipelineStep.Read, slot.Item, thread, start);
        work(slot.Item);
        Tell(PipelineStep.Work, slot.Item, thread, start);
        lock (gate)
        {
            slot.IsDone = true;
            Monitor.PulseAll(gate);
        }
    }

    // The moment, from which the next step is measured.
    private long Tell(PipelineStep step, T item, int thread, long start)
    {
        if (Clock is null || Done is null)
            return 0;
        long end = Clock.GetTimestamp();
        Done(step, item, thread, start, end);
        return end;
    }

    private void WorkAside()
    {
        Action? task;
        lock (gate)
            aside.TryDequeue(out task);
        // Another thread may have taken it.
        task?.Invoke();
    }

    private void Finish(int thread)
    {
        Slot slot;
        lock (gate)
            slot = inFlight.Peek();
        long start = Clock?.GetTimestamp() ?? 0;
        finish(slot.Item);
        Tell(PipelineStep.Finish, slot.Item, thread, start);
        lock (gate)
        {
            inFlight.Dequeue();
            isFinishing = false;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Slot(T item)
    {
        public T Item => item;

        public bool IsDone { get; set; }
    }
}
