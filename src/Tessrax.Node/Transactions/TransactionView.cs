using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;

namespace Tessrax.Node.Transactions;

/// <summary>Prepared receipts as a reader sees them, without the ledger's lock or keys. Changes nothing.</summary>
/// <param name="view">The ledger.</param>
/// <param name="environment">Clock and disk.</param>
public sealed class TransactionView(LedgerView view, NodeEnvironment environment)
{
    private readonly TransactionFolder folder = new(view.Directory, environment.Disk);

    /// <summary>What became of a receipt.</summary>
    /// <exception cref="TessraxException">TSX3003: its file is damaged; TSX3006, TSX3007: it cannot be read.</exception>
    public TransactionStatus Ask(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge().StatusOf(token, Now(), out _);
    }

    /// <summary>The body of a receipt that waits for its decision.</summary>
    /// <exception cref="TessraxException">TSX4027: none of that token waits; TSX3003, TSX3006, TSX3007: its file is damaged, or cannot be read.</exception>
    public EntryBody BodyOf(TransactionToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return Judge().StatusOf(token, Now(), out PreparedReceipt? prepared).State == TransactionState.Prepared
            ? prepared!.Body
            : throw ErrorCodes.NoSuchTransaction.Because($"no prepared receipt {token} waits for its decision");
    }

    /// <summary>The receipts that wait for their decision, or expired without one, the oldest first.</summary>
    public IReadOnlyList<TransactionStatus> Undecided() => Judge().Undecided(Now());

    private TransactionJudge Judge() => new(folder, view.Fold, from => view.Receipts(from).Select(r => r.Entry));

    private UtcTime Now() => UtcTime.Max(UtcTime.Now(environment.Clock), view.Fold.LastRecordedAt);
}
