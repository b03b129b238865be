using Tessrax.Hashing;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>A ledger in a database, to be read from. Nobody is shut out by that.</summary>
/// <param name="Address">The database, for messages.</param>
/// <param name="Look">Tells what the database knows of the ledger now.</param>
/// <param name="Reader">Its batches.</param>
internal sealed record LedgerSource(string Address, Func<StoredLedger> Look, IBatchReader Reader)
{
    /// <summary>A ledger that whoever may write there has open, or nobody.</summary>
    /// <param name="database">Where it is.</param>
    /// <param name="id">Which.</param>
    /// <param name="reader">Reads it there.</param>
    public static LedgerSource Of(IStoreDatabase database, Digest id, IBatchReader reader) =>
        new(
            database.Address,
            () =>
                database.Find(id)
                ?? throw ErrorCodes.NotALedger.Because($"there is no ledger {id} in {database.Address} any more"),
            reader
        );

    /// <summary>The batch with an entry that the database says it has.</summary>
    /// <exception cref="TessraxException">TSX3003: it does not have it; TSX3049 to TSX3051.</exception>
    public Batch BatchOf(long index)
    {
        try
        {
            return Reader.ReadBatch(index);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry)
        {
            throw ErrorCodes.Damaged.Because(
                $"{Address} says that the ledger has more entries, but not the batch of entry {index}"
            );
        }
    }
}
