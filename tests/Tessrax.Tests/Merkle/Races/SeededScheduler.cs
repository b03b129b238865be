using System.Diagnostics.CodeAnalysis;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>Runs asynchronous code on one thread and decides by a seed, at every await, who goes on. The same seed gives the same run.</summary>
/// <remarks>
/// There are two kinds of things to choose from: continuations that were queued to this scheduler, and steps, the places where the
/// world outside would take its time (<see cref="Step"/>). A step is completed from the loop itself, outside of any task, so that
/// code awaiting it with ConfigureAwait(false) goes on there too and not on the thread pool: with nothing but steps at the bottom
/// of its awaits, library code is scheduled like the test's own.
/// </remarks>
internal sealed class SeededScheduler(int seed) : TaskScheduler
{
    private readonly Random random = new(seed);
    private readonly List<(string Name, Action Run)> ready = [];
    private readonly List<Task> queued = [];
    private readonly List<string> trace = [];
    private readonly int thread = Environment.CurrentManagedThreadId;

    public int Seed => seed;

    /// <summary>What was chosen, in order.</summary>
    public IReadOnlyList<string> Trace => trace;

    /// <summary>Takes a while: others may go on first.</summary>
    public Task Step(string name)
    {
        RequireThread();
        var done = new TaskCompletionSource();
        ready.Add((name, done.SetResult));
        return done.Task;
    }

    /// <summary>Runs all actors to their ends.</summary>
    /// <exception cref="InvalidOperationException">All of them wait, and nothing is left that could wake one.</exception>
    public void Run(params Func<Task>[] actors)
    {
        SynchronizationContext? outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Task[] running = [.. actors.Select(Start)];
            while (ChooseOne()) { }
            foreach (Task actor in running)
            {
                if (!actor.IsCompleted)
                    throw new InvalidOperationException("an actor waits for what nobody will ever do");
                actor.GetAwaiter().GetResult();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    [SuppressMessage("Reliability", "CA2008", Justification = "the scheduler is given")]
    private Task Start(Func<Task> actor) =>
        Task.Factory.StartNew(actor, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    private bool ChooseOne()
    {
        int count = queued.Count + ready.Count;
        if (count == 0)
            return false;
        int choice = random.Next(count);
        if (choice < queued.Count)
        {
            Task task = queued[choice];
            queued.RemoveAt(choice);
            trace.Add("continue");
            TryExecuteTask(task);
        }
        else
        {
            (string name, Action run) = ready[choice - queued.Count];
            ready.RemoveAt(choice - queued.Count);
            trace.Add(name);
            run();
        }
        return true;
    }

    protected override void QueueTask(Task task)
    {
        RequireThread();
        queued.Add(task);
    }

    // Whoever waits gets its turn by the seed, never at once.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => queued;

    // Code that went to another thread would make runs that no seed can repeat.
    private void RequireThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("a continuation ran away to another thread");
    }
}
