using Tessrax.Server.Host;

namespace Tessrax.Server.Api;

/// <summary>Counts those who follow the ledger's tail: each holds a connection, so that there is an end to them.</summary>
/// <param name="most">At most so many at once.</param>
/// <param name="mostOfNetwork">At most so many of one network: an address, of IPv6 its first half.</param>
internal sealed class EventReaders(int most = 1000, int mostOfNetwork = 8)
{
    private readonly Lock counting = new();
    private readonly Dictionary<ClientName, int> byNetwork = [];
    private int count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Lets one more in.</summary>
    /// <returns>To be disposed when they leave.</returns>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public IDisposable Enter(ClientName network)
    {
        lock (counting)
        {
            int own = byNetwork.GetValueOrDefault(network);
            if (count >= most)
                throw ErrorCodes.Overloaded.Because($"{count} clients follow the ledger's tail already");
            if (own >= mostOfNetwork)
                throw ErrorCodes.Overloaded.Because($"{own} clients of this network follow the ledger's tail already");
            byNetwork[network] = own + 1;
            count++;
            return new Place(this, network);
        }
    }

    private void Leave(ClientName network)
    {
        lock (counting)
        {
            count--;
            if (--byNetwork[network] == 0)
                byNetwork.Remove(network);
        }
    }

    private sealed class Place(EventReaders readers, ClientName network) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                readers.Leave(network);
        }
    }
}
