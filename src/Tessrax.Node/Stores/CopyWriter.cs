using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>Appends to a working copy's segments what its database has beyond them. Each batch is held to its signed root before it is written. The writer's lock is held.</summary>
/// <param name="environment">Disk and clock.</param>
/// <param name="directory">The working copy.</param>
/// <param name="replay">What its entries add up to; of no use any more after a failure.</param>
internal sealed class CopyWriter(NodeEnvironment environment, LedgerDirectory directory, LedgerReplay replay)
{
    private readonly CopyFiles files = new(environment, directory, replay);

    // A checkpoint that the directory published may be of more than its segments hold, or of another history. As long as it was not seen to be in the tree, no other one takes its place.
    private byte[] unproven = LedgerMark.ReadNote(environment.Disk, directory.CheckpointFile);

    /// <summary>Why something that is derived from the entries could not be written, if so.</summary>
    public TessraxException? Warning => files.Warning;

    /// <summary>Takes one batch over; it is durable here after <see cref="Finish"/>.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not what was signed, and nothing of it was written; TSX3005 to TSX3009: the disk failed.</exception>
    public void Take(SegmentWriter segments, Batch batch)
    {
        RequireLimits(segments, batch);
        replay.Add(batch);
        replay.RequireSigned();
        // Readers look whether it is erased on record, if they find a payload from now on.
        if (batch.Entries.Any(entry => entry.ErasesPayloads))
            PayloadEraser.Expect(directory.Path, environment.Disk);
        segments.AppendLoosely(batch);
        if (IsPublishedIn())
            files.Note(segments, batch);
    }

    /// <summary>Confirms what was taken over, makes it durable, and writes what is derived from it.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not what was signed; TSX3004: the directory has published a checkpoint that is not in it; TSX3005 to TSX3009: the disk failed.</exception>
    public void Finish(SegmentWriter segments)
    {
        segments.Sync();
        replay.Finish();
        LedgerMark.RequireHolds(
            replay.Tree,
            unproven,
            replay.Fold.State.LogKeys!,
            $"the published {directory.CheckpointFile}"
        );
        files.Flush(segments);
    }

    private bool IsPublishedIn()
    {
        if (unproven.Length == 0)
            return true;
        bool isOpen = replay.Fold.State.LogKeys!.TryOpenAny(unproven, out Checkpoint? published, out _);
        if (!isOpen || published!.Head.Size > replay.Tree.Size)
            return false;
        LedgerMark.RequireExtends(replay.Tree, published.Head, $"the published {directory.CheckpointFile}");
        unproven = [];
        return true;
    }

    // Whoever changed the rows may have made one batch of two, under the second one's checkpoint.
    private static void RequireLimits(SegmentWriter segments, Batch batch)
    {
        try
        {
            BatchCheck.RecordLength(batch, segments.Size, segments.Room);
        }
        catch (ArgumentException e)
        {
            throw new TessraxException(
                ErrorCodes.Damaged,
                $"the batch at entry {batch.FirstIndex} is none that a writer makes: {e.Message}",
                null,
                e
            );
        }
    }
}
