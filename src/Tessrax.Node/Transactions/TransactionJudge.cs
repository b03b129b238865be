using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Transactions;

/// <summary>Says what became of a prepared receipt: by its file, and by the ledger, which has the last word.</summary>
/// <remarks>A crash between an append and the file that tells of it leaves a receipt in the log whose file says that it is undecided.</remarks>
/// <param name="folder">The files.</param>
/// <param name="fold">The ledger as its entries add up.</param>
/// <param name="entriesFrom">Its entries, from an index on.</param>
internal sealed class TransactionJudge(
    TransactionFolder folder,
    LedgerFold fold,
    Func<long, IEnumerable<Entry>> entriesFrom
)
{
    /// <summary>The state of a receipt at a moment, and what its file holds while it is undecided.</summary>
    /// <exception cref="TessraxException">TSX3003: its file is damaged.</exception>
    public TransactionStatus StatusOf(TransactionToken token, UtcTime now, out PreparedReceipt? prepared)
    {
        TransactionRecord? record = folder.Read(token);
        prepared = record?.Prepared;
        if (record is null)
            return IndexOf(token.Nonce) is { } known
                ? new TransactionStatus(token, TransactionState.Committed) { Index = known }
                : new TransactionStatus(token, null);
        if (prepared is null)
            return new TransactionStatus(token, record.State) { Index = record.Index, DecidedAt = record.DecidedAt };
        if (IndexOf(prepared) is { } index)
            return new TransactionStatus(token, TransactionState.Committed) { Index = index };
        bool over = now > prepared.Body.ExpiresAt;
        return TransactionStatus.Of(prepared, over ? TransactionState.Expired : TransactionState.Prepared);
    }

    /// <summary>The same, or null if the file is damaged.</summary>
    public TransactionStatus? TryStatus(TransactionToken token, UtcTime now)
    {
        try
        {
            return StatusOf(token, now, out _);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.Damaged)
        {
            return null;
        }
    }

    /// <summary>What waits for its decision, or expired without one, the oldest first; damaged files at the end.</summary>
    public IReadOnlyList<TransactionStatus> Undecided(UtcTime now) =>
        [
            .. folder
                .List()
                .Where(file => file.Value == TransactionState.Prepared)
                .Select(file => TryStatus(file.Key, now) ?? new TransactionStatus(file.Key, null) { IsDamaged = true })
                .Where(status => status.IsDamaged || status.PreparedAt is not null)
                .OrderBy(status => status.PreparedAt is null)
                .ThenBy(status => status.PreparedAt)
                .ThenBy(status => status.Token.ToString(), StringComparer.Ordinal),
        ];

    // The token is the nonce: the ledger knows it as long as the nonce lives, even where the file was lost.
    private long? IndexOf(string nonce) =>
        fold
            .State.Keys.Where(key => key.Purpose is KeyPurpose.Author or KeyPurpose.Log)
            .Select(key =>
                fold.FindNonce(
                    new Voucher(key.Purpose == KeyPurpose.Log ? VoucherKind.Log : VoucherKind.Author, key.Id),
                    nonce
                )
            )
            .FirstOrDefault(index => index is not null);

    // The fold forgets a nonce when nothing with it can be recorded any more; from then on only the entries themselves tell.
    private long? IndexOf(PreparedReceipt prepared)
    {
        if (fold.FindNonce(prepared.Body) is { } used)
            return IsBody(entriesFrom(used).First(), prepared) ? used : null;
        UtcTime end = prepared.Body.ExpiresAt;
        if (fold.LastRecordedAt <= end + TimeSpan.FromSeconds(fold.State.Windows.SkewSeconds))
            return null;
        return entriesFrom(prepared.Size)
            .TakeWhile(entry => entry.RecordedAt <= end)
            .FirstOrDefault(entry => IsBody(entry, prepared))
            ?.Index;
    }

    private bool IsBody(Entry entry, PreparedReceipt prepared) =>
        entry.Body.DigestIn(fold.State.Ledger) == prepared.Body.DigestIn(fold.State.Ledger);
}
