namespace Tessrax.Server.Host;

/// <summary>The memory that bodies and answers may take while they are on their way: whoever sends or takes them slowly must not take all of it. Small ones cost nothing.</summary>
internal sealed class TransferRoom
{
    /// <summary>What each connection may take without asking.</summary>
    public const int Free = 64 * 1024;

    // Four clients at least are served, each with the largest body that there is, or a dozen pages.
    private const long InAll = 256 << 20;
    private const long OfOne = 80 << 20;

    private readonly Lock access = new();
    private readonly Dictionary<ClientName, long> taken = [];
    private long sum;

    /// <summary>Takes room; it is to be given back.</summary>
    /// <param name="client">For whom.</param>
    /// <param name="bytes">How much.</param>
    /// <exception cref="TessraxException">TSX6006: there is not so much.</exception>
    public void Take(ClientName client, long bytes)
    {
        lock (access)
        {
            long own = taken.GetValueOrDefault(client) + bytes;
            if (own > OfOne || sum + bytes > InAll)
                throw ErrorCodes.Overloaded.Because("too much is on its way from or to slow clients");
            taken[client] = own;
            sum += bytes;
        }
    }

    /// <summary>Gives room back.</summary>
    public void GiveBack(ClientName client, long bytes)
    {
        lock (access)
        {
            sum -= bytes;
            if ((taken[client] -= bytes) == 0)
                taken.Remove(client);
        }
    }
}
