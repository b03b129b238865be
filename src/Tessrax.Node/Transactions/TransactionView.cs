using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Transactions;

/// <summary>Prepared receipts as a reader sees them, without the ledger's lock or keys. Changes nothing.</summary>
/// <param name="view">The ledger.</param>
/// <param name="environment">Clock and disk.</param>
public sealed class TransactionView(LedgerView view, NodeEnvironment environment)
{
    /// <summary>What became of a receipt.</summary>
    /// <exception cref="TessraxException">TSX3003: its record is damaged; TSX3006, TSX3007, TSX3049 to TSX3051: it cannot be read.</exception>
    public TransactionStatus Ask(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge(judge => judge.StatusOf(token, Now(), out _));
    }

    /// <summary>The body of a receipt that waits for its decision.</summary>
    /// <exception cref="TessraxException">TSX4027: none of that token waits; otherwise as <see cref="Ask"/>.</exception>
    public EntryBody BodyOf(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge(judge =>
            judge.StatusOf(token, Now(), out PreparedReceipt? prepared).State == TransactionState.Prepared
                ? prepared!.Body
                : throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt {token} waits for its decision")
        );
    }

    /// <summary>The receipts that wait for their decision, or expired without one, the oldest first.</summary>
    /// <exception cref="TessraxException">As <see cref="Ask"/>.</exception>
    public IReadOnlyList<TransactionStatus> Undecided() => Judge(judge => judge.Undecided(Now()));

    // Of a ledger in a database they are there, not in its working copy.
    private T Judge<T>(Func<TransactionJudge, T> ask)
    {
        LedgerDirectory directory = view.Directory;
        if (StorePlace.Find(directory.Path, environment.Disk) is not { } place)
            return ask(JudgeOf(new TransactionFolder(directory, environment.Disk)));
        using IStoreDatabase database = LedgerStores.Connect(place.Address, environment);
        database.RequireSchema();
        return ask(JudgeOf(database.Prepared(directory.Id)));
    }

    private TransactionJudge JudgeOf(IPreparedReader receipts) =>
        new(receipts, view.Fold, from => view.Receipts(from).Select(receipt => receipt.Entry));

    private UtcTime Now() => UtcTime.Max(UtcTime.Now(environment.Clock), view.Fold.LastRecordedAt);
}
