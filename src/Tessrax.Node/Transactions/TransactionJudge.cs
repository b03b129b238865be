using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Transactions;

/// <summary>Says what became of a prepared receipt: by the record that is kept of it, and by the ledger, which has the last word.</summary>
/// <remarks>A crash between an append and the record that tells of it leaves a receipt in the log whose record says that it is undecided.</remarks>
/// <param name="receipts">What is kept of them.</param>
/// <param name="fold">The ledger as its entries add up.</param>
/// <param name="entriesFrom">Its entries, from an index on.</param>
internal sealed class TransactionJudge(
    IPreparedReader receipts,
    LedgerFold fold,
    Func<long, IEnumerable<Entry>> entriesFrom
)
{
    /// <summary>The state of a receipt at a moment, and the receipt while it is undecided.</summary>
    /// <exception cref="TessraxException">TSX3003: its record is damaged.</exception>
    public TransactionStatus StatusOf(TransactionToken token, UtcTime now, out PreparedReceipt? prepared) =>
        Judge(token, receipts.Read(token), now, out prepared);

    /// <summary>The states of many, in any order; of those whose records are damaged, that they are.</summary>
    public IEnumerable<TransactionStatus> StatusesOf(IEnumerable<TransactionToken> tokens, UtcTime now) =>
        receipts
            .ReadEach(tokens)
            .Select(found =>
                found.IsDamaged
                    ? new TransactionStatus(found.Token, null) { IsDamaged = true }
                    : Judge(found.Token, found.Record, now, out _)
            );

    /// <summary>What waits for its decision, or expired without one, the oldest first; damaged ones at the end.</summary>
    public IReadOnlyList<TransactionStatus> Undecided(UtcTime now) =>
        [
            .. StatusesOf(
                    receipts.List().Where(one => one.Value == TransactionState.Prepared).Select(one => one.Key),
                    now
                )
                .Where(status => status.IsDamaged || status.PreparedAt is not null)
                .OrderBy(status => status.PreparedAt is null)
                .ThenBy(status => status.PreparedAt)
                .ThenBy(status => status.Token.ToString(), StringComparer.Ordinal),
        ];

    private TransactionStatus Judge(
        TransactionToken token,
        TransactionRecord? record,
        UtcTime now,
        out PreparedReceipt? prepared
    )
    {
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
