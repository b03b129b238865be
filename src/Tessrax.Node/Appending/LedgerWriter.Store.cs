using Tessrax.Ledger;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    // The database that decides what is durable; null where the segments do.
    private OpenedStore? beyond;

    // First to the database, which may refuse it; then to the working copy, which goes on from the database when it is opened again.
    private void WriteBeyond(OpenedStore store, LedgerBatch sealedBatch)
    {
        store.Store.Append(sealedBatch.ToBatch());
        try
        {
            segments.Append(sealedBatch.Record, sealedBatch.Checkpoint);
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

    // Payloads that are still here, and that an entry on record erases.
    private long[] ErasedButHere() =>
        [
            .. segments
                .Reader.ReadAll()
                .SelectMany(batch => batch.Entries.Select((entry, i) => (Entry: entry, Index: batch.FirstIndex + i)))
                .Where(one =>
                    !one.Entry.Payload.IsEmpty
                    && Fold.Erasures.ErasedAt(one.Index) is not null
                    && Fold.Erasures.ErasedAt(Entry.Parse(one.Entry.Entry.Span)) is not null
                )
                .Select(one => one.Index),
        ];
}
