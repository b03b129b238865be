using Tessrax.Node.Waiting;

namespace Tessrax.Node.Tests.Waiting;

/// <summary>All threads wait, each for what another holds.</summary>
internal sealed class DeadlockException(int seed, string who)
    : Exception($"deadlock under seed {seed}: {who}; replay it with TESSRAX_RACES_SEED={seed}");

/// <summary>Runs real threads one at a time. Which one goes on is drawn by a seed at every gate, entered or left: the same seed gives the same run.</summary>
/// <remarks>A thread that is let on runs until its next gate. When none can be let on, the run ends with who holds what and waits for what.</remarks>
internal sealed class HostileThreads(int seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Random random = new(seed);
    private readonly List<Actor> actors = [];

    /// <summary>Runs all to their ends.</summary>
    /// <exception cref="DeadlockException">They cannot get there.</exception>
    public void Run(params (string Name, Action Work)[] work)
    {
        foreach ((string name, Action act) in work)
            actors.Add(new Actor(name, act));
        try
        {
            while (actors.Exists(a => !a.IsDone))
            {
                Actor[] free = [.. actors.Where(CanGoOn)];
                if (free.Length == 0)
                    throw new DeadlockException(seed, string.Join("; ", actors.Where(a => !a.IsDone).Select(Describe)));
                free[random.Next(free.Length)].GoOn();
            }
        }
        finally
        {
            foreach (Actor actor in actors)
                actor.End();
        }
        foreach (Actor actor in actors)
        {
            actor.Dispose();
            actor.Rethrow();
        }
    }

    private bool CanGoOn(Actor actor) =>
        !actor.IsDone && (actor.Wanted is not { } gate || HolderOf(gate) is not { } h || h == actor);

    private Actor? HolderOf(Gate gate) => actors.Find(a => a.Holds.Contains(gate));

    private string Describe(Actor actor)
    {
        string holds = actor.Holds.Count == 0 ? "nothing" : string.Join(" and ", actor.Holds.Select(g => g.Name));
        string waits = actor.Wanted is { } gate ? $"{gate.Name}, which {HolderOf(gate)?.Name} holds" : "nothing";
        return $"{actor.Name} holds {holds} and waits {actor.Purpose} for {waits}";
    }

    private sealed class Abandoned : Exception;

    // A thread and the baton that says whether it or the loop above runs.
    private sealed class Actor : IGateWatcher, IDisposable
    {
        private readonly Thread thread;
        private readonly SemaphoreSlim mine = new(0);
        private readonly SemaphoreSlim loop = new(0);
        private readonly List<Gate> holds = [];
        private Exception? failure;
        private bool abandoned;

        public Actor(string name, Action work)
        {
            Name = name;
            thread = new Thread(() => Live(work)) { IsBackground = true, Name = name };
            thread.Start();
        }

        public string Name { get; }

        public string Purpose { get; private set; } = "";

        public Gate? Wanted { get; private set; }

        public bool IsDone { get; private set; }

        public List<Gate> Holds => holds;

        public void GoOn()
        {
            mine.Release();
            if (!loop.Wait(Patience))
                throw new TimeoutException($"{Name} waits for something that is no gate");
        }

        public void End()
        {
            if (IsDone)
                return;
            abandoned = true;
            mine.Release();
            thread.Join(Patience);
        }

        public void Dispose()
        {
            mine.Dispose();
            loop.Dispose();
        }

        public void Rethrow()
        {
            if (failure is not null and not Abandoned)
                throw new AggregateException(Name, failure);
        }

        public void Entering(Gate gate, string purpose)
        {
            (Wanted, Purpose) = (gate, purpose);
            Pause();
            Wanted = null;
            holds.Add(gate);
        }

        public void Left(Gate gate)
        {
            holds.RemoveAt(holds.LastIndexOf(gate));
            if (!abandoned)
                Pause();
        }

        private void Live(Action work)
        {
            Gate.Watcher = this;
            try
            {
                mine.Wait();
                if (!abandoned)
                    work();
            }
            catch (Exception e)
            {
                failure = e;
            }
            IsDone = true;
            loop.Release();
        }

        private void Pause()
        {
            if (abandoned)
                throw new Abandoned();
            loop.Release();
            mine.Wait();
            if (abandoned)
                throw new Abandoned();
        }
    }
}
