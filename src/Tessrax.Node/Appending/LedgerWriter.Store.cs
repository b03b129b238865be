using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Stores;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    // The database that decides what is durable; null where the segments do.
    private OpenedStore? beyond;

    /// <summary>The ledger's prepared receipts, where its batches are kept.</summary>
    internal IPreparedReceipts Receipts => beyond?.Store.Prepared ?? new TransactionFolder(Directory, Environment.Disk);

    // Opening it shuts out whoever writes there. So all that shows whether this one can go on is seen to beforehand, from what is there now, and again when nobody else can append any more.
    private static OpenedStore? OpenBeyond(OpenedSegments opened, NodeEnvironment environment, Action require) =>
        OpenedStore.OpenOf(
            opened.Directory,
            environment,
            source =>
            {
                opened.CatchUp(source);
                require();
                LedgerMark.RequireNewest(environment, opened.Directory.Id, opened.Replay);
            }
        );

    // First to the database, which may refuse it; then to the working copy, which goes on from the database when it is opened again. Its caller is told when every reader on this machine sees it, also after the
    // process died. The copy's own disk is not waited for: what it loses if the machine dies, the database has.
    private void WriteBeyond(OpenedStore store, LedgerBatch sealedBatch)
    {
        segments.ThrowIfDone();
        store.Store.Append(sealedBatch.ToBatch());
        try
        {
            segments.AppendLoosely(sealedBatch.Record, sealedBatch.Checkpoint);
            copySync.Note();
        }
        catch (TessraxException e)
        {
            throw new TessraxException(
                ErrorCodes.OutcomeUnknown,
                $"the batch is durable in {store.Address}, but its working copy cannot be written: {e.Message}",
                "see to the disk, and open the ledger again: it catches up with the database",
                e
            );
        }
    }

    // What an entry on record erases, also where it is gone here: the database may have been set to what it was before. Only runs in which something was erased are read.
    private long[] ErasedOnRecord() =>
        [
            .. Fold
                .Erasures.Runs.SelectMany(EntriesIn)
                .Where(entry => Fold.Erasures.ErasedAt(entry) is not null)
                .Select(entry => entry.Index)
                .Distinct(),
        ];

    private IEnumerable<Entry> EntriesIn(LeafRange run) =>
        EntriesFrom(run.Start).TakeWhile(entry => entry.Index < Math.Min(run.End, Fold.Size));
}
