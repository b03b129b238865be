using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>Opens a restored ledger to writing, once it is known that nothing newer was signed.</summary>
public static class RestoreConfirmation
{
    /// <summary>Lifts the marker of a restored ledger: first the mark is set to its last checkpoint, so that an older copy is refused from then on.</summary>
    /// <param name="environment">Disk, and where mark and trust roots are.</param>
    /// <param name="path">The ledger's directory.</param>
    /// <param name="known">Checkpoints that are known beside the mark and the pinned trust root's.</param>
    /// <param name="nothingNewer">Whether the operator says that nothing newer was ever signed.</param>
    /// <returns>The size that counts as the newest from here on.</returns>
    /// <exception cref="TessraxException">TSX3030: something newer is known; TSX3029: nobody says that nothing is; TSX3004: a known checkpoint is not in the ledger;
    /// TSX5003: a checkpoint that was named is not this log's; TSX1012: the ledger was not restored; TSX3002: it, or another copy, is written; and those of opening it.</exception>
    public static long Confirm(
        NodeEnvironment environment,
        string path,
        IReadOnlyList<KnownCheckpoint> known,
        bool nothingNewer
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(known);
        IDisk disk = environment.Disk;
        LedgerDirectory directory = LedgerDirectory.Open(path, disk);
        using WriterLock held = WriterLock.Acquire(path);
        using WriterLock? heldEverywhere = LedgerMark.Hold(environment, directory.Id);
        RestoreMarker marker =
            RestoreMarker.Find(path, disk)
            ?? throw ErrorCodes.BadUsage.Because(
                $"the ledger in {path} waits for no confirmation",
                "only a ledger that was restored to be read is confirmed"
            );
        if (!marker.CanBeLifted)
            throw marker.ToException(path);
        using LedgerView view = LedgerView.Open(path, disk);
        LogKeyChain log = view.Fold.State.LogKeys!;
        const string usersMark = "this user's mark";
        Checkpoint? mark = LedgerMark.Open(LedgerMark.NoteOf(environment, directory.Id), log, usersMark);
        if (mark is not null)
            LedgerMark.RequireExtends(view.Tree, mark.Head, usersMark);
        LedgerMark.RequireExtendsTrusted(environment, directory.Id, view.Tree, log);
        foreach (KnownCheckpoint one in known)
        {
            if (!log.TryOpenAny(one.Note.Span, out Checkpoint? opened, out _))
                throw ErrorCodes.CheckpointRefused.Because($"{one.What} is not signed by the key of {log.Origin}");
            LedgerMark.RequireExtends(view.Tree, opened.Head, one.What);
        }
        if (mark is null && !nothingNewer)
            throw marker.ToException(path);
        LedgerMark.Raise(environment, directory.Id, view.Checkpoint.ToBytes());
        string file = Path.Combine(path, RestoreMarker.FileName);
        DiskErrors.Writing(
            file,
            () =>
            {
                disk.Delete(file);
                disk.SyncDirectory(path);
            }
        );
        return view.Size;
    }
}
