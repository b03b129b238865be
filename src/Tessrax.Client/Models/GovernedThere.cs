namespace Tessrax.Client;

/// <summary>What became of a wish that governs, by the ledger's own entry.</summary>
/// <param name="Entry">The control event; or, if it is not recorded, the proposal's index.</param>
/// <param name="IsRecorded">Whether it is on record, or waits for approvals.</param>
public sealed record GovernedThere(long Entry, bool IsRecorded);
