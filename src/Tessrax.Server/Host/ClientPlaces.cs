namespace Tessrax.Server.Host;

/// <summary>Places for what goes on for long, so that there is an end to them: so many in all, and fewer for each client, that one of them leaves room for the others.</summary>
/// <param name="inAll">At most so many at once.</param>
/// <param name="ofOne">At most so many of one client.</param>
/// <param name="what">What takes them, as <c>files are on their way</c>.</param>
internal class ClientPlaces(int inAll, int ofOne, string what)
{
    private readonly Lock counting = new();
    private readonly Dictionary<ClientName, int> byClient = [];
    private int count;

    /// <summary>How many are taken.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Takes one; it is given back when the result is disposed.</summary>
    /// <exception cref="TessraxException">TSX6006: there is none, or none for this client.</exception>
    public IDisposable Enter(ClientName client)
    {
        lock (counting)
        {
            int own = byClient.GetValueOrDefault(client);
            if (count >= inAll)
                throw ErrorCodes.Overloaded.Because($"{count} {what} already");
            if (own >= ofOne)
                throw ErrorCodes.Overloaded.Because($"{own} {what} for this client already");
            byClient[client] = own + 1;
            count++;
            return new Place(this, client);
        }
    }

    private void Leave(ClientName client)
    {
        lock (counting)
        {
            count--;
            if (--byClient[client] == 0)
                byClient.Remove(client);
        }
    }

    private sealed class Place(ClientPlaces of, ClientName client) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                of.Leave(client);
        }
    }
}

/// <summary>Those who follow the ledger's tail: each holds a connection. A client is a network: an address, of IPv6 its first half.</summary>
internal sealed class EventReaders(int most = 1000, int mostOfNetwork = 8)
    : ClientPlaces(most, mostOfNetwork, "clients follow the ledger's tail");

/// <summary>Files that come: each is written to disk meanwhile.</summary>
internal sealed class FilesIn() : ClientPlaces(4, 2, "files come");

/// <summary>Files that go: each is open, and has a buffer.</summary>
internal sealed class FilesOut() : ClientPlaces(32, 4, "files go");
