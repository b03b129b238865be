namespace Tessrax.Bench.Scale;

/// <summary>What a simulation saw.</summary>
/// <param name="Entries">Entries that were acknowledged.</param>
/// <param name="Batches">Batches a second.</param>
/// <param name="NodeLoad">The part of all nodes' processors that was taken.</param>
/// <param name="BusiestNode">The same of the busiest one.</param>
/// <param name="DatabaseLoad">The part of what the database servers can commit.</param>
/// <param name="Median">How long the first entry of a batch waited, which waits longest: the median, in seconds.</param>
/// <param name="Slowest">The same, the 99th percentile.</param>
/// <param name="Outage">The longest that an entry waited for a ledger whose node had failed, in seconds; 0 if none failed.</param>
/// <param name="Waiting">Entries that were waiting when time was over.</param>
internal sealed record ScaleOutcome(
    long Entries,
    double Batches,
    double NodeLoad,
    double BusiestNode,
    double DatabaseLoad,
    double Median,
    double Slowest,
    double Outage,
    long Waiting
);

/// <summary>A cluster played event by event: entries come at random, a ledger's batches follow each other, and processors and databases have queues.</summary>
/// <remarks>The same seed gives the same outcome. Nothing is waited for: time is a number.</remarks>
internal sealed class ScaleSimulation
{
    private readonly ScalePlan plan;
    private readonly ScaleCosts costs;
    private readonly Random random;
    private readonly ShareSampler sampler;
    private readonly Servers nodes;
    private readonly Servers databases;
    private readonly double commit;
    private readonly PriorityQueue<int, double> commits = new();
    private readonly Dictionary<int, (double Begun, int Entries)> underWay = [];

    // By ledger: on which node, how many entries wait, since when, and whether its node has to open it first.
    private readonly int[] placed;
    private readonly int[] waiting;
    private readonly double[] since;
    private readonly bool[] closed;
    private readonly HashSet<int> dead = [];
    private readonly HashSet<int> moved = [];
    private readonly List<double> waits = [];
    private double outage;
    private long entries;
    private long batches;

    public ScaleSimulation(ScalePlan plan, ScaleCosts costs, int seed)
    {
        (this.plan, this.costs) = (plan, costs);
        random = new Random(seed);
        sampler = new ShareSampler(plan.Shares());
        nodes = new Servers(plan.Nodes, plan.Cores);
        // So many commits are under way at once in a server that makes so many a second; each takes its part of that second.
        int together = Math.Max(1, (int)Math.Round(costs.CommitsPerSecond * costs.Commit));
        databases = new Servers(plan.Databases, together);
        commit = together / costs.CommitsPerSecond;
        placed = new int[plan.Ledgers];
        for (int i = 0; i < placed.Length; i++)
            placed[i] = random.Next(plan.Nodes);
        waiting = new int[plan.Ledgers];
        since = new double[plan.Ledgers];
        closed = new bool[plan.Ledgers];
    }

    /// <summary>Plays so many seconds, in the middle of which some nodes fail at once.</summary>
    public ScaleOutcome Run(double seconds, int failing)
    {
        double failure = failing > 0 ? seconds / 3 : double.MaxValue;
        double recovery = double.MaxValue;
        double arrival = Pause();
        while (true)
        {
            double ended = commits.TryPeek(out _, out double at) ? at : double.MaxValue;
            double next = Math.Min(Math.Min(arrival, ended), Math.Min(failure, recovery));
            if (next >= seconds)
                break;
            if (next == failure)
            {
                Fail(failing);
                (failure, recovery) = (double.MaxValue, next + plan.Detection);
            }
            else if (next == recovery)
            {
                Recover(next);
                recovery = double.MaxValue;
            }
            else if (next == ended)
            {
                End(commits.Dequeue(), next);
            }
            else
            {
                Arrive(next);
                arrival = next + Pause();
            }
        }
        waits.Sort();
        return new ScaleOutcome(
            entries,
            batches / seconds,
            nodes.Load(seconds),
            nodes.Busiest(seconds),
            databases.Load(seconds),
            Percentile(0.5),
            Percentile(0.99),
            outage,
            waiting.Sum(count => (long)count)
        );
    }

    private double Pause() => -Math.Log(1 - random.NextDouble()) / plan.Rate;

    private double Percentile(double part) => waits.Count == 0 ? 0 : waits[(int)((waits.Count - 1) * part)];

    private void Arrive(double now)
    {
        int ledger = sampler.Next(random);
        if (waiting[ledger]++ == 0)
            since[ledger] = now;
        if (!underWay.ContainsKey(ledger) && !dead.Contains(placed[ledger]))
            Begin(ledger, now);
    }

    private void Begin(int ledger, double now)
    {
        int count = Math.Min(waiting[ledger], plan.MostTogether);
        double work = costs.Batch + count * costs.Entry + (closed[ledger] ? costs.Open : 0);
        closed[ledger] = false;
        underWay[ledger] = (since[ledger], count);
        waiting[ledger] -= count;
        // Those that are left have waited about as long.
        if (waiting[ledger] == 0)
            since[ledger] = now;
        double worked = nodes.Serve(placed[ledger], now, work);
        commits.Enqueue(ledger, databases.Serve(ledger % plan.Databases, worked, commit));
    }

    private void End(int ledger, double now)
    {
        (double begun, int count) = underWay[ledger];
        underWay.Remove(ledger);
        batches++;
        entries += count;
        waits.Add(now - begun);
        if (moved.Remove(ledger))
            outage = Math.Max(outage, now - begun);
        if (waiting[ledger] > 0 && !dead.Contains(placed[ledger]))
            Begin(ledger, now);
    }

    // What the database is doing for a dead node it still does; nobody hears of it, and a client that asks again with the same nonce is told.
    private void Fail(int failing)
    {
        while (dead.Count < failing)
            dead.Add(random.Next(plan.Nodes));
    }

    private void Recover(double now)
    {
        int[] alive = [.. Enumerable.Range(0, plan.Nodes).Where(node => !dead.Contains(node))];
        for (int ledger = 0; ledger < placed.Length; ledger++)
        {
            if (!dead.Contains(placed[ledger]))
                continue;
            placed[ledger] = alive[random.Next(alive.Length)];
            closed[ledger] = true;
            if (waiting[ledger] > 0)
            {
                moved.Add(ledger);
                if (!underWay.ContainsKey(ledger))
                    Begin(ledger, now);
            }
        }
        dead.Clear();
    }

    /// <summary>Groups of equal servers, each group with one queue: first come, first served.</summary>
    private sealed class Servers(int groups, int each)
    {
        private readonly double[] free = new double[groups * each];
        private readonly double[] busy = new double[groups];

        /// <summary>When work that comes at a time is done.</summary>
        public double Serve(int group, double now, double work)
        {
            Span<double> own = free.AsSpan(group * each, each);
            int first = 0;
            for (int i = 1; i < own.Length; i++)
            {
                if (own[i] < own[first])
                    first = i;
            }
            busy[group] += work;
            return own[first] = Math.Max(own[first], now) + work;
        }

        public double Load(double seconds) => busy.Sum() / (seconds * free.Length);

        public double Busiest(double seconds) => busy.Max() / (seconds * each);
    }
}
