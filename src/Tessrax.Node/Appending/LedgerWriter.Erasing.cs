using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Transactions;

namespace Tessrax.Node.Appending;

public sealed partial class LedgerWriter
{
    /// <summary>Takes payloads off the disk that control events on record have erased. Opening does it too.</summary>
    /// <returns>What was done; null if nothing was due.</returns>
    /// <exception cref="TessraxException">TSX3003 to TSX3009: it was not done, or not wholly; the writer has stopped, and the next one goes on.</exception>
    public ErasureDone? CarryOutErasures()
    {
        ThrowIfFailed();
        var eraser = new PayloadEraser(Directory, Environment.Disk, Environment.Clock, Fold);
        if (!eraser.IsDue)
        {
            eraser.Settle();
            return null;
        }
        // First, as all other copies: while a segment still holds a payload, the next run finds out that they must go.
        TransactionDesk.ForgetErased(Receipts, Fold, EntriesFrom, Now());
        failed = true;
        ErasureDone done = index is null ? Rewrite(eraser) : index.Pause(() => Rewrite(eraser));
        failed = false;
        index?.Note(Fold.Size);
        return done;
    }

    // Segments are written again, the active one too: nobody may have it open to write meanwhile, nor read by its places.
    private ErasureDone Rewrite(PayloadEraser eraser)
    {
        beyond?.Store.Erase(ErasedOnRecord());
        segments.Dispose();
        ErasureDone done = eraser.Run(Receipts);
        var folder = new SegmentFolder(Directory.Path, Environment.Disk, Directory.Layout.SegmentDirectories);
        long unsure = beyond is null ? 0 : SegmentWriter.MostUnsure;
        segments = SegmentWriter.OpenFrom(folder, isSigned, Environment.Random, Fold.Size - 1, unsure, out _);
        return done;
    }
}
