namespace Tessrax.Bench.Scale;

/// <summary>What the parts of a cluster cost, in seconds of one processor's time unless something else is said.</summary>
/// <param name="Batch">What a batch takes whatever its size: signing its checkpoint, handing it over and hearing that it is durable.</param>
/// <param name="Entry">What each entry adds.</param>
/// <param name="Commit">How long a commit takes, in seconds of the clock: what an append of one entry waits for beyond its own work.</param>
/// <param name="CommitsPerSecond">How many commits of small batches one database server makes a second, over many ledgers.</param>
/// <param name="Open">Opening a ledger that another node had: replaying what no state on disk spares.</param>
/// <param name="Verify">Verifying a checkpoint's signature.</param>
/// <param name="Hash">One hash of the fleet's tree; a ledger takes two in each round.</param>
/// <param name="BatchBytes">What a batch takes in the database whatever its size.</param>
/// <param name="EntryBytes">What each entry adds.</param>
internal sealed record ScaleCosts(
    double Batch,
    double Entry,
    double Commit,
    double CommitsPerSecond,
    double Open,
    double Verify,
    double Hash,
    double BatchBytes,
    double EntryBytes
);

/// <summary>A cluster and what is asked of it.</summary>
/// <param name="Nodes">How many nodes there are; each ledger is on one of them.</param>
/// <param name="Ledgers">How many ledgers.</param>
/// <param name="Databases">How many database servers; each keeps its share of the ledgers.</param>
/// <param name="Rate">Entries a second over all ledgers.</param>
/// <param name="Skew">How unequal ledgers are: the k-th most written to gets a share of 1/k to this power.</param>
internal sealed record ScalePlan(int Nodes, int Ledgers, int Databases, double Rate, double Skew)
{
    /// <summary>Processors of a node.</summary>
    public int Cores { get; init; } = 2;

    /// <summary>Entries of one batch at most, as the pipeline takes them.</summary>
    public int MostTogether { get; init; } = 4096;

    /// <summary>How long it takes until the others take a silent node for dead, in seconds.</summary>
    public double Detection { get; init; } = 10;

    /// <summary>Seconds between two fleet checkpoints.</summary>
    public double FleetRound { get; init; } = 60;

    /// <summary>Each ledger's share of all entries, the most written to first.</summary>
    public double[] Shares()
    {
        double[] shares = new double[Ledgers];
        double sum = 0;
        for (int i = 0; i < shares.Length; i++)
            sum += shares[i] = Math.Pow(i + 1, -Skew);
        for (int i = 0; i < shares.Length; i++)
            shares[i] /= sum;
        return shares;
    }
}
