using Tessrax.Hashing;
using Tessrax.Node.Stores;
using Tessrax.Verification.Fleet;

namespace Tessrax.Node.Fleet;

/// <summary>The ledgers of a fleet, wherever they are: one place for each, sorted by origin. Nothing of a ledger is read but its name.</summary>
internal sealed class FleetSources : IDisposable
{
    private readonly NodeEnvironment environment;
    private readonly List<IFleetPlace> places = [];
    private readonly List<IStoreDatabase> databases = [];

    /// <summary>Looks into sources.</summary>
    /// <param name="sources">Each a ledger's directory, a directory of ledgers, or a database's address: of that, the open ones.</param>
    /// <param name="fleet">The fleet's own ledger, which is passed over.</param>
    /// <param name="environment">Disk and clock.</param>
    /// <exception cref="TessraxException">TSX3001: a source has no ledger; TSX1012: two ledgers have one origin, or there are none; others: a source cannot be read.</exception>
    public FleetSources(IEnumerable<string> sources, Digest fleet, NodeEnvironment environment)
    {
        this.environment = environment;
        try
        {
            foreach (string source in sources)
                Add(source);
            places.RemoveAll(place => place.Id == fleet);
            places.Sort((one, other) => FleetMember.Compare(one.Origin, other.Origin));
            RequireDistinct();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>By origin.</summary>
    public IReadOnlyList<IFleetPlace> Places => places;

    public void Dispose() => databases.ForEach(database => database.Dispose());

    private void Add(string source)
    {
        if (LedgerStores.IsAddress(source))
            AddDatabase(source);
        else if (environment.Disk.Exists(Path.Combine(source, LedgerDirectory.FactsFile)))
            AddDirectory(source);
        else
            AddFolder(source);
    }

    private void AddDirectory(string path) =>
        places.Add(new DirectoryPlace(LedgerDirectory.Open(path, environment.Disk), environment));

    private void AddFolder(string folder)
    {
        string[] ledgers =
        [
            .. environment
                .Disk.ListDirectories(folder)
                .Select(name => Path.Combine(folder, name))
                .Where(path => environment.Disk.Exists(Path.Combine(path, LedgerDirectory.FactsFile))),
        ];
        if (ledgers.Length == 0)
            throw ErrorCodes.NotALedger.Because(
                $"{folder} is neither a ledger nor a directory of ledgers",
                "name a ledger's directory, a directory that holds ledgers, or the address of a database"
            );
        foreach (string ledger in ledgers)
            AddDirectory(ledger);
    }

    private void AddDatabase(string address)
    {
        IStoreDatabase database = LedgerStores.Connect(address, environment);
        databases.Add(database);
        database.RequireSchema();
        places.AddRange(
            database
                .All()
                .Where(ledger => ledger is { State: StoreState.Open, Size: > 0 })
                .Select(ledger => new DatabasePlace(database, ledger))
        );
    }

    private void RequireDistinct()
    {
        if (places.Count == 0)
            throw ErrorCodes.BadUsage.Because(
                "no ledger is in any of the sources",
                "a fleet has at least one ledger beside its own"
            );
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Origin == places[i - 1].Origin)
                throw ErrorCodes.BadUsage.Because(
                    $"{places[i].Origin} is there twice: {places[i - 1].Where} and {places[i].Where}",
                    "name the place that decides what is durable: of a ledger that was moved to a database, that, and not its working copy"
                );
        }
    }
}
