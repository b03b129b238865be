namespace Tessrax.Server.Cluster;

/// <summary>Hears that the other nodes have declared this one dead, after it did not answer for too long. Left to itself, Orleans would end the process on the spot, and leave a dump.</summary>
/// <remarks>What the node still writes is refused by the database, once another node has taken over.</remarks>
internal sealed class Expelled : IFatalErrorHandler
{
    private readonly TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes then.</summary>
    public Task Told => told.Task;

    public bool IsUnexpected(Exception exception) => false;

    public void OnFatalException(object? sender, string? context, Exception? exception) => told.TrySetResult();
}
