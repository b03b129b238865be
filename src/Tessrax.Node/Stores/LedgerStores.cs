namespace Tessrax.Node.Stores;

/// <summary>The databases that ledgers may be kept in, and the care for them. A program registers the kinds that it brings.</summary>
public static class LedgerStores
{
    private static readonly List<(Predicate<string> Is, Func<string, NodeEnvironment, IStoreDatabase> Connect)> Kinds =
    [];

    /// <summary>Whether a text is the address of a database of a kind that this program knows, not the name of a directory.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Kinds.Exists(kind => kind.Is(text));
    }

    /// <summary>Makes the tables in a database, or brings them up to date. May run twice, and in several processes at once.</summary>
    /// <returns>The version before, 0 for none, and now.</returns>
    /// <exception cref="TessraxException">TSX1007: no address; TSX3049: it cannot be reached; TSX3050: it refuses; TSX3051: its tables are of a newer version.</exception>
    public static (long Before, long Now) Migrate(string address, NodeEnvironment environment)
    {
        using IStoreDatabase database = Connect(address, environment);
        return database.Migrate();
    }

    /// <summary>The ledgers in a database, by their origin.</summary>
    /// <exception cref="TessraxException">TSX1007: no address; TSX3049 to TSX3051.</exception>
    public static IReadOnlyList<StoredLedger> List(string address, NodeEnvironment environment)
    {
        using IStoreDatabase database = Connect(address, environment);
        database.RequireSchema();
        return database.All();
    }

    /// <summary>Adds a kind.</summary>
    /// <param name="isOne">Tells its addresses.</param>
    /// <param name="connect">Makes a database of an address. Nothing is connected to yet.</param>
    internal static void Register(Predicate<string> isOne, Func<string, NodeEnvironment, IStoreDatabase> connect) =>
        Kinds.Add((isOne, connect));

    /// <summary>The database at an address.</summary>
    /// <exception cref="TessraxException">TSX1007: no address of a kind that this program knows.</exception>
    internal static IStoreDatabase Connect(string address, NodeEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(environment);
        int kind = Kinds.FindIndex(known => known.Is(address));
        return kind >= 0
            ? Kinds[kind].Connect(address, environment)
            : throw ErrorCodes.BadValue.Because(
                $"'{WithoutUser(address)}' is not the address of a database that this program knows",
                "for example postgres://tessrax@db.example.com/ledgers"
            );
    }

    // Whatever kind it was meant to be: before an @ there may be a password, and among the options too.
    private static string WithoutUser(string address)
    {
        string shown = address.Split('?')[0];
        int at = shown.LastIndexOf('@');
        int begin = shown.IndexOf("//", StringComparison.Ordinal);
        return at < 0 ? shown : $"{shown[..(begin >= 0 && begin < at ? begin + 2 : 0)]}…{shown[at..]}";
    }
}
