using Tessrax.Ledger;
using Tessrax.Node.Publishing;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    // The database that decides what is durable; null where the segments do.
    private OpenedStore? beyond;

    // Opening it shuts out whoever writes there: what shows beforehand that this one cannot go on is told beforehand. If there is something to catch up with, more is known only then.
    private static OpenedStore? OpenBeyond(OpenedSegments opened, NodeEnvironment environment, Action require) =>
        OpenedStore.OpenOf(
            opened.Directory,
            environment,
            (there, address) =>
            {
                opened.RequireNotBehind(there.Size, address);
                if (there.Size != opened.Segments.Size)
                    return;
                require();
                LedgerMark.RequireNewest(environment, opened.Directory.Id, opened.Replay);
            }
        );

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

    // What an entry on record erases, also where it is gone here: the database may have been set to what it was before.
    private long[] ErasedOnRecord() =>
        [
            .. segments
                .Reader.ReadAll()
                .SelectMany(batch => batch.Entries.Select((entry, i) => (Entry: entry, Index: batch.FirstIndex + i)))
                .Where(one =>
                    Fold.Erasures.ErasedAt(one.Index) is not null
                    && Fold.Erasures.ErasedAt(Entry.Parse(one.Entry.Entry.Span)) is not null
                )
                .Select(one => one.Index),
        ];
}
