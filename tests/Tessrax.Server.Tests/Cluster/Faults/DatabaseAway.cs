namespace Tessrax.Server.Tests.Cluster.Faults;

/// <summary>What clients are told while the database cannot be written to.</summary>
internal static class DatabaseAway
{
    /// <summary>Nobody knows whether it was done; or nothing was: it waited too long behind others, the writer has stopped, the database is away, or refuses, or no node can write.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        ErrorCodes.OutcomeUnknown.ToString(),
        ErrorCodes.QueueWait.ToString(),
        ErrorCodes.PipelineClosed.ToString(),
        ErrorCodes.StoreAway.ToString(),
        ErrorCodes.StoreRefused.ToString(),
        ErrorCodes.NoOwner.ToString(),
    ];
}
