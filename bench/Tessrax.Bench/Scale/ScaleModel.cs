namespace Tessrax.Bench.Scale;

/// <summary>The capacity model: what a plan asks of each resource, in closed form. It knows no queues: near a limit the truth is worse.</summary>
internal sealed class ScaleModel
{
    private readonly ScalePlan plan;
    private readonly ScaleCosts costs;

    public ScaleModel(ScalePlan plan, ScaleCosts costs)
    {
        (this.plan, this.costs) = (plan, costs);
        double[] shares = plan.Shares();
        HottestRate = plan.Rate * shares[0];
        foreach (double share in shares)
        {
            double rate = plan.Rate * share;
            Batches += BatchesOf(rate);
            // Of whom something new is seen when a round of the fleet begins.
            ChangedInRound += 1 - Math.Exp(-rate * plan.FleetRound);
        }
    }

    /// <summary>Batches a second over all ledgers: each is a commit of a database, and a checkpoint that is signed.</summary>
    public double Batches { get; }

    /// <summary>Entries a second of the ledger that is written to most.</summary>
    public double HottestRate { get; }

    /// <summary>How many ledgers have something new in a round of the fleet.</summary>
    public double ChangedInRound { get; }

    /// <summary>The part of all nodes' processors that is taken.</summary>
    public double NodeLoad => (Batches * costs.Batch + plan.Rate * costs.Entry) / (plan.Nodes * plan.Cores);

    /// <summary>The part of what the database servers can commit.</summary>
    public double DatabaseLoad => Batches / (plan.Databases * costs.CommitsPerSecond);

    /// <summary>The part of what one sequencer can take that the hottest ledger asks for: its batches follow each other, and each is full.</summary>
    public double HottestLoad
    {
        get
        {
            double cycle = costs.Batch + plan.MostTogether * costs.Entry + costs.Commit;
            return HottestRate * cycle / plan.MostTogether;
        }
    }

    /// <summary>The part of one processor that records a round of the fleet in the time until the next: each changed checkpoint is verified, and each ledger takes two hashes.</summary>
    public double FleetLoad => (ChangedInRound * costs.Verify + 2.0 * plan.Ledgers * costs.Hash) / plan.FleetRound;

    /// <summary>Bytes a day in all databases.</summary>
    public double BytesPerDay => (Batches * costs.BatchBytes + plan.Rate * costs.EntryBytes) * 86_400;

    /// <summary>How long the ledgers of a node that fails cannot be written to: until it is noticed, and the ledger is open on another.</summary>
    public double Outage => plan.Detection + costs.Open + costs.Batch + costs.Commit;

    /// <summary>What is asked of every resource as a part of what there is of it, the scarcest first.</summary>
    public IEnumerable<(string Name, double Load)> Loads =>
        new (string Name, double Load)[]
        {
            ("databases", DatabaseLoad),
            ("nodes", NodeLoad),
            ("hottest-ledger", HottestLoad),
            ("fleet", FleetLoad),
        }.OrderByDescending(load => load.Load);

    // While a batch of a ledger is on its way, for d seconds, others wait and are the next one: after it, with probability e^(-rd), there is none, and the ledger rests for 1/r on average.
    private double BatchesOf(double rate)
    {
        double d = costs.Batch + costs.Entry + costs.Commit;
        double free = 1 / (d + Math.Exp(-rate * d) / rate);
        // A batch takes no more than so many: then there are more of them.
        return Math.Max(free, rate / plan.MostTogether);
    }
}
