using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Node.Stores;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Transactions;

/// <summary>Prepared receipts as a reader sees them, without the ledger's lock or keys. Changes nothing.</summary>
/// <param name="view">The ledger.</param>
/// <param name="environment">Clock and disk.</param>
public sealed class TransactionView(LedgerView view, NodeEnvironment environment)
{
    /// <summary>What became of a receipt.</summary>
    /// <exception cref="TessraxException">TSX3003: its record is damaged; TSX3006, TSX3007, TSX3049 to TSX3051: it cannot be read; TSX3052: the ledger is a working copy that is behind, and cannot tell, or the
    /// database does not decide on it.</exception>
    public TransactionStatus Ask(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge(judge => judge.StatusOf(token, Now(), out _), IsSure);
    }

    /// <summary>The body of a receipt that waits for its decision.</summary>
    /// <exception cref="TessraxException">TSX4027: none of that token waits; otherwise as <see cref="Ask"/>.</exception>
    public EntryBody BodyOf(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge(
            judge =>
                judge.StatusOf(token, Now(), out PreparedReceipt? prepared).State == TransactionState.Prepared
                    ? prepared!.Body
                    : throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt {token} waits for its decision"),
            static _ => true
        );
    }

    /// <summary>The receipts that wait for their decision, or expired without one, the oldest first.</summary>
    /// <exception cref="TessraxException">As <see cref="Ask"/>.</exception>
    public IReadOnlyList<TransactionStatus> Undecided() =>
        Judge(judge => judge.Undecided(Now()), all => all.All(IsSure));

    // That nothing was recorded, newer entries may refute.
    private static bool IsSure(TransactionStatus status) => status.State is not (null or TransactionState.Expired);

    // Of a ledger in a database they are there, not in its working copy. Rows are of now, and the copy may be of before: what it lacks may be the very entry.
    private T Judge<T>(Func<TransactionJudge, T> ask, Predicate<T> isSure)
    {
        LedgerDirectory directory = view.Directory;
        if (StorePlace.Find(directory.Path, environment.Disk) is not { } place)
            return ask(JudgeOf(new TransactionFolder(directory, environment.Disk)));
        using IStoreDatabase database = LedgerStores.Connect(place.Address, environment);
        database.RequireSchema();
        T told = ask(JudgeOf(database.Prepared(directory.Id)));
        StoredLedger? there = database.Find(directory.Id);
        if (there is not null)
            OpenedStore.RequireOpen(there, place.Address, directory, environment.Disk);
        return isSure(told) || there is null || there.Size <= view.Size
            ? told
            : throw ErrorCodes.StoreMismatch.Because(
                $"{directory.Path} has {view.Size} entries and {place.Address} {there.Size}: what the copy lacks may be the very receipt",
                ShellText.Of($"bring it up to date and ask again: tessraxctl store pull {directory.Path}")
            );
    }

    private TransactionJudge JudgeOf(IPreparedReader receipts) =>
        new(receipts, view.Fold, from => view.Receipts(from).Select(receipt => receipt.Entry));

    private UtcTime Now() => UtcTime.Max(UtcTime.Now(environment.Clock), view.Fold.LastRecordedAt);
}
