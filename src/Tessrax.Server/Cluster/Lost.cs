namespace Tessrax.Server.Cluster;

/// <summary>What it means that another node did not answer: nobody knows whether it did what it was asked.</summary>
internal static class Lost
{
    /// <summary>Whether an exception says so, and is no bug.</summary>
    public static bool IsOne(Exception e) =>
        e is TimeoutException or OrleansException or OperationCanceledException or ObjectDisposedException;
}
