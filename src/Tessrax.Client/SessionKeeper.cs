namespace Tessrax.Client;

/// <summary>Opens a session once it is worth it, and holds it until it ends.</summary>
/// <param name="transport">Asks the server.</param>
/// <param name="clock">Measures.</param>
internal sealed class SessionKeeper(Transport transport, TimeProvider clock)
{
    // To open one costs a signature and a round trip, and whoever signs twice is done.
    private const int SignaturesBefore = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private volatile ClientSession? current;
    private long refusedAt;
    private int signatures;
    private int opening;

    /// <summary>The session to sign by; null to sign by the key itself.</summary>
    public async ValueTask<ClientSession?> CurrentAsync(CancellationToken cancel)
    {
        if (current is { IsFresh: true } open)
            return open;
        // The secret comes in an answer.
        bool isWorthIt = transport.IsPrivate && Interlocked.Increment(ref signatures) > SignaturesBefore;
        // Others meanwhile sign as before.
        if (!isWorthIt || WasRefused || Interlocked.Exchange(ref opening, 1) != 0)
            return null;
        try
        {
            return current is { IsFresh: true } opened
                ? opened
                : current = await OpenAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref opening, 0);
        }
    }

    /// <summary>Forgets one that the server does not take any more.</summary>
    public void Drop(ClientSession session) => Interlocked.CompareExchange(ref current, null, session);

    /// <summary>Ends it, so that it takes nobody's place at the server.</summary>
    public void End()
    {
        if (current is { IsFresh: true } open)
            transport.Part(new Asking(HttpMethod.Delete, "v1/sessions/current"), open);
        current = null;
    }

    private bool WasRefused => Volatile.Read(ref refusedAt) is > 0 and var at && clock.GetElapsedTime(at) < Pause;

    private async ValueTask<ClientSession?> OpenAsync(CancellationToken cancel)
    {
        Answered? answer = await transport
            .TrySignedAsync(new Asking(HttpMethod.Post, "v1/sessions") { Most = 4096 }, cancel)
            .ConfigureAwait(false);
        try
        {
            if (answer is not null)
                return ClientSession.Read(answer.Json(), clock);
        }
        catch (TessraxException)
        {
            // Requests are signed as before.
        }
        Volatile.Write(ref refusedAt, clock.GetTimestamp());
        return null;
    }
}
