namespace Tessrax.Server.Host;

/// <summary>The end of a server: first it says that it is not ready any more, then streams end, then nothing new is taken.</summary>
internal sealed class Drain : IDisposable
{
    private readonly CancellationTokenSource ending = new();

    /// <summary>Why the server is not ready any more; null before it begins to end.</summary>
    public TessraxException? Reason { get; private set; }

    /// <summary>Cancelled when streams are to end.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>From now on the server is not ready.</summary>
    public void Announce() => Reason = ErrorCodes.NotReady.Because("the server is about to end");

    /// <summary>Streams are to end.</summary>
    public void EndStreams() => ending.Cancel();

    public void Dispose() => ending.Dispose();
}
