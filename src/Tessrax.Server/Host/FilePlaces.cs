namespace Tessrax.Server.Host;

/// <summary>The places of files that are on their way, which may take long: few in all, and fewer for each client, so that one of them leaves room for the others.</summary>
internal sealed class FilePlaces
{
    private readonly Lock access = new();
    private readonly Dictionary<ClientName, int> taken = [];
    private readonly int inAll;
    private readonly int ofOne;
    private int sum;

    private FilePlaces(int inAll, int ofOne) => (this.inAll, this.ofOne) = (inAll, ofOne);

    /// <summary>Takes a place; it is given back when the result is disposed.</summary>
    /// <exception cref="TessraxException">TSX6006: there is none for this client.</exception>
    public IDisposable Enter(ClientName client)
    {
        lock (access)
        {
            int own = taken.GetValueOrDefault(client);
            if (own == ofOne || sum == inAll)
                throw ErrorCodes.Overloaded.Because(
                    own == ofOne ? $"{ofOne} files of yours are on their way" : $"{inAll} files are on their way"
                );
            taken[client] = own + 1;
            sum++;
        }
        return new Place(this, client);
    }

    private void Leave(ClientName client)
    {
        lock (access)
        {
            sum--;
            if (--taken[client] == 0)
                taken.Remove(client);
        }
    }

    /// <summary>Those of a server: files that come, and files that go.</summary>
    internal sealed class Both
    {
        /// <summary>Each is written to disk as it comes.</summary>
        public FilePlaces In { get; } = new(4, 2);

        /// <summary>Each keeps a file open, and a buffer.</summary>
        public FilePlaces Out { get; } = new(32, 4);
    }

    private sealed class Place(FilePlaces of, ClientName client) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                of.Leave(client);
        }
    }
}
