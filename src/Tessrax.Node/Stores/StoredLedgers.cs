namespace Tessrax.Node.Stores;

/// <summary>Finds the ledger of a database that somebody means.</summary>
internal static class StoredLedgers
{
    /// <summary>The ledger of that origin or id, or the only one.</summary>
    /// <param name="database">Where.</param>
    /// <param name="named">An origin or an id; null if there is only one.</param>
    /// <exception cref="TessraxException">TSX3001: the database does not have it, or none at all; TSX1012: several are meant; TSX3049 to TSX3051.</exception>
    public static StoredLedger Choose(IStoreDatabase database, string? named)
    {
        IReadOnlyList<StoredLedger> all = database.All();
        if (all.Count == 0)
            throw ErrorCodes.NotALedger.Because($"there is no ledger in {database.Address}");
        StoredLedger[] meant =
        [
            .. all.Where(ledger => named is null || ledger.Origin == named || ledger.Id.ToString() == named),
        ];
        if (meant is [var one])
            return one;
        if (meant.Length == 0)
            throw ErrorCodes.NotALedger.Because(
                $"there is no ledger {named} in {database.Address}, but: {ListOf(all)}"
            );
        string why = named is null
            ? $"there are {meant.Length} ledgers in {database.Address}: {ListOf(meant)}"
            : $"{meant.Length} ledgers in {database.Address} are called {named}: {ListOf(meant)}";
        throw ErrorCodes.BadUsage.Because(why, "say which: --ledger with its origin, or with its id");
    }

    /// <summary>Refuses a ledger of which a working copy would be no use: the database does not decide on it.</summary>
    /// <exception cref="TessraxException">TSX3052.</exception>
    public static void RequireDecided(StoredLedger ledger, string address)
    {
        if (ledger.State == StoreState.Filling)
            throw ErrorCodes.StoreMismatch.Because(
                $"the ledger {ledger.Origin} is still being moved to {address}: the directory that it is moved from decides",
                "finish the move there; if that directory is lost, docs/growing.md says what to do"
            );
        if (ledger.State == StoreState.Left)
            throw ErrorCodes.StoreMismatch.Because(
                $"the ledger {ledger.Origin} has left {address} for the files of a directory: what is here is a copy of what it was",
                "go on in that directory, or restore its newest backup"
            );
    }

    private static string ListOf(IEnumerable<StoredLedger> ledgers) =>
        string.Join(", ", ledgers.Select(ledger => $"{ledger.Origin} ({ledger.Id})"));
}
