using System.Net;

namespace Tessrax.Server.Api;

/// <summary>Counts those who follow the ledger's tail: each holds a connection, so that there is an end to them.</summary>
/// <param name="most">At most so many at once.</param>
/// <param name="mostAnAddress">At most so many of one network address.</param>
internal sealed class EventReaders(int most = 1000, int mostAnAddress = 8)
{
    private readonly Lock counting = new();
    private readonly Dictionary<IPAddress, int> byAddress = [];
    private int count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Lets one more in.</summary>
    /// <returns>To be disposed when they leave.</returns>
    /// <exception cref="TessraxException">TSX6006: there are too many.</exception>
    public IDisposable Enter(IPAddress address)
    {
        lock (counting)
        {
            int own = byAddress.GetValueOrDefault(address);
            if (count >= most)
                throw ErrorCodes.Overloaded.Because($"{count} clients follow the ledger's tail already");
            if (own >= mostAnAddress)
                throw ErrorCodes.Overloaded.Because($"{own} clients of this address follow the ledger's tail already");
            byAddress[address] = own + 1;
            count++;
            return new Place(this, address);
        }
    }

    private void Leave(IPAddress address)
    {
        lock (counting)
        {
            count--;
            if (--byAddress[address] == 0)
                byAddress.Remove(address);
        }
    }

    private sealed class Place(EventReaders readers, IPAddress address) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                readers.Leave(address);
        }
    }
}
