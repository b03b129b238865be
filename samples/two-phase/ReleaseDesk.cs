using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;

namespace Tessrax.Samples.TwoPhase;

/// <summary>Releases decisions if, and only if, their receipts exist: one row in the caller's database, one entry in the ledger, and no moment at which one of them counts alone.</summary>
/// <remarks>
/// <code>
/// 1  prepare    the receipt is durable, and undecided
/// 2  insert     the row is durable, pending, and holds the receipt's token
/// 3  commit     the receipt has an index: this is the decision
/// 4  release    the row counts, and whoever waits is told
/// </code>
/// A crash after 1 leaves a receipt that no row knows: it is aborted. A crash after 2 leaves a row whose receipt is undecided: it is committed. A crash after 3
/// leaves a row whose receipt exists: it is released. The database never counts a row without asking the ledger.
/// </remarks>
/// <param name="receipts">The ledger's side.</param>
/// <param name="store">The database's side.</param>
/// <param name="reached">Told each step as it is reached.</param>
internal sealed class ReleaseDesk(Transactions receipts, ReleaseStore store, Action<string, string> reached)
{
    private const string Event = "x-released";

    /// <summary>Makes one decision.</summary>
    public async Task ReleaseAsync(string item)
    {
        reached("begin", item);
        TransactionToken token = (await receipts.PrepareAsync(DraftOf(item)).ConfigureAwait(false)).Token;
        reached("prepared", item);
        try
        {
            await store.InsertPendingAsync(new Release(item, token.ToString())).ConfigureAwait(false);
        }
        catch (System.Data.Common.DbException)
        {
            // If the row is there all the same, because only its confirmation was lost, it is withdrawn when the program starts again.
            await receipts.AbortAsync(token).ConfigureAwait(false);
            throw;
        }
        reached("inserted", item);
        await DecideAsync(new Release(item, token.ToString())).ConfigureAwait(false);
    }

    /// <summary>Brings both sides together after a crash. Before any other work.</summary>
    public async Task RecoverAsync()
    {
        IReadOnlyList<TransactionStatus> undecided = await receipts.UndecidedAsync().ConfigureAwait(false);
        foreach (TransactionStatus waiting in undecided.Where(receipt => !receipt.IsDamaged))
        {
            // Its database transaction was never committed, so nobody was promised anything.
            if (!await store.HoldsAsync(waiting.Token.ToString()).ConfigureAwait(false))
                await receipts.AbortAsync(waiting.Token).ConfigureAwait(false);
        }
        foreach (Release release in await store.PendingAsync().ConfigureAwait(false))
            await DecideAsync(release).ConfigureAwait(false);
    }

    // Asks first: whatever happened before, the ledger knows.
    private async Task DecideAsync(Release release)
    {
        TransactionToken token = TransactionToken.TryParse(release.Token)!;
        TransactionStatus status = await receipts.AskAsync(token).ConfigureAwait(false);
        long? index = status.State switch
        {
            TransactionState.Committed => status.Index,
            TransactionState.Prepared => await CommitAsync(token).ConfigureAwait(false),
            _ => null,
        };
        if (index is not { } receipt)
        {
            await store.WithdrawAsync(release.Token).ConfigureAwait(false);
            reached("withdrawn", release.Item);
            return;
        }
        reached("committed", release.Item);
        await store.ReleaseAsync(release.Token, receipt).ConfigureAwait(false);
        reached("released", release.Item);
    }

    private async Task<long?> CommitAsync(TransactionToken token)
    {
        try
        {
            return await receipts.CommitAsync(token).ConfigureAwait(false);
        }
        catch (TessraxException e) when (e.Code.Class == ErrorClass.Refused)
        {
            // It no longer fits what the ledger holds now, or its time is over.
            await receipts.AbortAsync(token).ConfigureAwait(false);
            return null;
        }
    }

    private static Draft DraftOf(string item) =>
        new()
        {
            Event = Event,
            Payload = FrozenPayload.From(new OwnEvent(JsonValue.Object(("item", item)), null).ToJson()),
        };
}
