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

    /// <summary>Takes away the claim of the directory that began a move of a ledger and is lost: any copy of the ledger may finish the move then.</summary>
    /// <param name="address">The database.</param>
    /// <param name="ledger">The ledger's origin or id; null if the database has only one.</param>
    /// <param name="environment">Clock and randomness.</param>
    /// <exception cref="TessraxException">TSX3001, TSX1012: no such ledger, several, or nobody has a claim on it; TSX3049 to TSX3051.</exception>
    public static StoredLedger Release(string address, string? ledger, NodeEnvironment environment)
    {
        using IStoreDatabase database = Connect(address, environment);
        database.RequireSchema();
        StoredLedger found = StoredLedgers.Choose(database, ledger);
        return database.Release(found.Id)
            ? found
            : throw ErrorCodes.BadUsage.Because(
                $"no directory has a claim on {found.Origin} in {database.Address}",
                found.State == StoreState.Open
                    ? "it is open: any working copy may be written to"
                    : "any copy of the ledger may finish its move: tessraxctl move"
            );
    }

    /// <summary>Deletes all that a database keeps of a ledger that has ended, or that has left it.</summary>
    /// <param name="address">The database.</param>
    /// <param name="ledger">The ledger's origin or id; null if the database has only one.</param>
    /// <param name="confirmed">Its origin, as whoever asks says it.</param>
    /// <param name="environment">Clock and randomness.</param>
    /// <returns>What it was, and how many entries went.</returns>
    /// <exception cref="TessraxException">TSX3001, TSX1012: no such ledger, or several, or another than was confirmed; TSX3053: it may still be written to; TSX3049 to TSX3051.</exception>
    public static (StoredLedger Was, long Entries) Remove(
        string address,
        string? ledger,
        string confirmed,
        NodeEnvironment environment
    )
    {
        using IStoreDatabase database = Connect(address, environment);
        database.RequireSchema();
        StoredLedger found = StoredLedgers.Choose(database, ledger);
        if (found.Origin != confirmed)
            throw ErrorCodes.BadUsage.Because(
                $"this is the ledger {found.Origin}, and not {confirmed}",
                "nothing was done: say which with --ledger, and its origin with --confirm"
            );
        if (found is { State: StoreState.Filling } or { State: StoreState.Open, EndedBy: null })
            throw ErrorCodes.StillInUse.Because(
                $"{found.Origin} in {database.Address} is {found.Standing}, and may be written to"
            );
        return database.Remove(found) is { } entries
            ? (found, entries)
            : throw ErrorCodes.StillInUse.Because(
                $"somebody opened {found.Origin} in {database.Address} at the same moment"
            );
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
