using Tessrax.Hashing;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Stores;

/// <summary>A database that keeps ledgers; any number of them. Any thread may use it.</summary>
internal interface IStoreDatabase : IDisposable
{
    /// <summary>Its address without passwords, as messages name it and as it is written down: with all else that connecting to it takes, and in one spelling.</summary>
    string Address { get; }

    /// <summary>Makes the tables, or brings them up to date. May run twice, and in several processes at once.</summary>
    /// <returns>The version before, 0 for none, and now.</returns>
    /// <exception cref="TessraxException">TSX3049: it cannot be reached; TSX3050: it refuses; TSX3051: its tables are of a newer version.</exception>
    (long Before, long Now) Migrate();

    /// <summary>Refuses tables of another version.</summary>
    /// <exception cref="TessraxException">TSX3051; TSX3049, TSX3050.</exception>
    void RequireSchema();

    /// <summary>All ledgers, by their origin.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3051.</exception>
    IReadOnlyList<StoredLedger> All();

    /// <summary>What it knows of a ledger; null if it is not there.</summary>
    /// <exception cref="TessraxException">TSX3049 to TSX3051.</exception>
    StoredLedger? Find(Digest id);

    /// <summary>Makes room for a ledger. One that is there already stays as it is.</summary>
    /// <param name="id">The ledger's id.</param>
    /// <param name="origin">Its origin.</param>
    /// <param name="hash">The hash function of its tree.</param>
    /// <param name="move">Who may fill it.</param>
    /// <exception cref="TessraxException">TSX3049 to TSX3051.</exception>
    void Create(Digest id, string origin, string hash, MoveToken move);

    /// <summary>Takes away the claim of the directory that began a move of a ledger: any copy may go on then.</summary>
    /// <returns>False if nothing is claimed, or it is open.</returns>
    /// <exception cref="TessraxException">TSX3049 to TSX3051.</exception>
    bool Release(Digest id);

    /// <summary>Deletes all that is kept of a ledger, at once, if it is as it is said to be.</summary>
    /// <param name="ledger">What was listed.</param>
    /// <returns>How many entries went; null if the ledger was changed since, and nothing went.</returns>
    /// <exception cref="TessraxException">TSX3049 to TSX3051.</exception>
    long? Remove(StoredLedger ledger);

    /// <summary>Opens a ledger to append to it. Whoever had it open is refused from now on.</summary>
    /// <exception cref="TessraxException">TSX3001: the database does not have it; TSX3049 to TSX3051.</exception>
    ISharedStore Open(Digest id);

    /// <summary>Reads a ledger, also beside its writer.</summary>
    /// <exception cref="TessraxException">TSX3001: the database does not have it; TSX3049 to TSX3051.</exception>
    IBatchReader Read(Digest id);

    /// <summary>Reads a ledger's prepared receipts, also beside its writer.</summary>
    /// <exception cref="TessraxException">TSX3001: the database does not have it; TSX3049 to TSX3051.</exception>
    IPreparedReader Prepared(Digest id);
}

/// <summary>A store that several machines reach. The one that opened it last is its writer: the store refuses all others by their fencing numbers (TSX3048).</summary>
internal interface ISharedStore : IBatchStore
{
    /// <summary>What the database knew of the ledger when this writer drew its newest fencing number.</summary>
    StoredLedger Facts { get; }

    /// <summary>The ledger's prepared receipts. Whoever writes them is refused by the same rule as whoever appends.</summary>
    IPreparedReceipts Prepared { get; }

    /// <summary>Refuses to go on where this writer has stopped: another one has taken over, or nobody knows what became of something that it wrote.</summary>
    /// <exception cref="TessraxException">TSX3048, TSX3009, TSX3004.</exception>
    void ThrowIfDone();

    /// <summary>Takes payloads and their salts away; each entry is marked as erased, and its leaf stays. What is erased already stays so.</summary>
    /// <param name="entries">The indexes.</param>
    /// <returns>How many payloads went.</returns>
    /// <exception cref="TessraxException">TSX3048: another writer has taken over; TSX3049, TSX3050: it was not done.</exception>
    long Erase(IReadOnlyCollection<long> entries);

    /// <summary>Says what the ledger here is for from now on. Unless it is open, prepared receipts are kept elsewhere: what there is of them goes.</summary>
    /// <param name="state">What.</param>
    /// <param name="move">Who may change it, unless it is open.</param>
    /// <exception cref="TessraxException">TSX3048: another writer has taken over; TSX3049, TSX3050: it is as it was.</exception>
    void Become(StoreState state, MoveToken move);
}
