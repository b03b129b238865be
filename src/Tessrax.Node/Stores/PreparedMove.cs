using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Stores;

/// <summary>Takes prepared receipts, and what was decided on them, from the files of a directory to the database that keeps the ledger, and back. Each may be done again.</summary>
/// <remarks>What is damaged decides nothing, and is not taken along: files stay where they are; rows go with the others when a ledger has left.</remarks>
internal static class PreparedMove
{
    // A receipt may have a megabyte.
    private const int Together = 32;

    /// <summary>Writes into a database what it does not have, or only as undecided. The files stay: they count until the database does.</summary>
    /// <param name="from">The files.</param>
    /// <param name="to">The database.</param>
    /// <returns>The receipts that the database has now, whose files are not needed any more.</returns>
    /// <exception cref="TessraxException">As of both.</exception>
    public static IReadOnlyCollection<TransactionToken> Take(TransactionFolder from, IPreparedReceipts to)
    {
        Dictionary<TransactionToken, TransactionState> here = from.List();
        if (here.Count == 0)
            return [];
        Dictionary<TransactionToken, TransactionState> there = to.List();
        Copy(
            from,
            to,
            here.Where(one =>
                    !there.TryGetValue(one.Key, out TransactionState known)
                    || (known == TransactionState.Prepared && one.Value != TransactionState.Prepared)
                )
                .Select(one => one.Key)
        );
        HashSet<TransactionToken> kept = [.. to.List().Keys];
        return [.. here.Keys.Where(kept.Contains)];
    }

    /// <summary>Takes them into the database that decides already, and removes the files: a move that was cut short, or a program of before them being kept there, has left them in a working copy.</summary>
    /// <exception cref="TessraxException">As of both.</exception>
    public static void TakeAll(LedgerDirectory directory, IDisk disk, IPreparedReceipts to)
    {
        var files = new TransactionFolder(directory, disk);
        files.Drop(Take(files, to));
    }

    /// <summary>Writes into files what a database has. It stays there, and counts until the files do.</summary>
    /// <exception cref="TessraxException">As of both.</exception>
    public static void BringBack(LedgerDirectory directory, IDisk disk, IPreparedReceipts from)
    {
        TakeAll(directory, disk, from);
        Copy(from, new TransactionFolder(directory, disk), from.List().Keys);
    }

    private static void Copy(IPreparedReader from, IPreparedReceipts to, IEnumerable<TransactionToken> tokens)
    {
        foreach (FoundReceipt[] some in from.ReadEach(tokens).Chunk(Together))
        {
            TransactionRecord[] records = [.. some.Select(found => found.Record).OfType<TransactionRecord>()];
            if (records.Length > 0)
                to.Write(records);
        }
    }
}
