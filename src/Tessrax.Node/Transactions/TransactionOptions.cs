namespace Tessrax.Node.Transactions;

/// <summary>How prepared receipts are kept. A ledger's policy has no say in it: what is undecided is no entry yet.</summary>
public sealed record TransactionOptions
{
    /// <summary>How long a receipt waits for its decision if its caller does not say: the window of its body. The ledger's <c>windows</c> may allow less.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a decision is remembered here. A committed receipt stays in the log for ever.</summary>
    public TimeSpan KeepDecided { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The most receipts that wait at once; beyond it none is prepared (TSX4031).</summary>
    public int MaxUndecided { get; init; } = 10_000;
}
