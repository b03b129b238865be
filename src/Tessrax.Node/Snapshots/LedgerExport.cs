using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>A snapshot or a backup that was written.</summary>
/// <param name="Facts">Of which ledger.</param>
/// <param name="Head">Its state.</param>
/// <param name="Digest">SHA-256 of the file.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="LeftOut">Files that a backup should hold and does not, each with the reason.</param>
public sealed record SnapshotMade(
    SnapshotFacts Facts,
    TreeHead Head,
    Digest Digest,
    long Bytes,
    IReadOnlyList<string> LeftOut
)
{
    /// <summary>The root as it is printed.</summary>
    public string RootText => Facts.Hasher.Text(Head.Root);
}

/// <summary>Writes a ledger's state as a snapshot or a backup, beside a writer, in constant memory. Takes no lock.</summary>
/// <remarks>Every payload is held to its commitment, every checkpoint to the tree, the last one to the log's key: what would be refused when it is
/// imported is not written.</remarks>
/// <param name="environment">Disk, and where the mark is.</param>
/// <param name="path">The ledger's directory.</param>
/// <param name="kind">What to write.</param>
public sealed class LedgerExport(NodeEnvironment environment, string path, SnapshotKind kind)
{
    /// <summary>How many entries the state has; the size of a checkpoint. Null for the newest.</summary>
    public long? Size { get; init; }

    /// <summary>Writes the file.</summary>
    /// <param name="sink">Gets its bytes; the same for the same state.</param>
    /// <param name="progress">Told how many entries are written.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003: damaged; TSX3004: behind its mark or its published checkpoint; TSX3029: a backup of a ledger
    /// that was restored to be read; TSX3031: no checkpoint of that size; TSX3032: a payload of that state was erased since; TSX3006, TSX3007: cannot be read.</exception>
    public SnapshotMade Write(ByteSink sink, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (kind == SnapshotKind.Backup)
            RestoreMarker.Refuse(path, environment.Disk);
        // Before the segments, so that what is appended meanwhile does no harm.
        byte[] mark = LedgerMark.NoteOf(environment, LedgerDirectory.Open(path, environment.Disk).Id);
        using LedgerView view = LedgerView.Open(path, environment.Disk);
        var facts = new SnapshotFacts(view.Directory.Origin, view.Directory.Id, view.Hasher);
        var known = new KnownHeads();
        if (kind == SnapshotKind.Backup)
            known.Add([new KnownCheckpoint(mark, "this user's mark")], view.Fold.State.LogKey!.Verifier);
        using var writer = new SnapshotWriter(kind, facts, sink);
        WriteBatches(view, writer, known, progress, cancellation);
        if (known.End(view.Size) is { } behind)
            throw ErrorCodes.Behind.Because(behind.Message(view.Hasher, view.Size));
        writer.EndLedger();
        IReadOnlyList<string> leftOut = new SnapshotFiles(environment.Disk, path, kind, writer.Head.Size).Write(
            writer,
            cancellation
        );
        Digest digest = writer.Finish();
        return new SnapshotMade(facts, writer.Head, digest, writer.Length, leftOut);
    }

    private void WriteBatches(
        LedgerView view,
        SnapshotWriter writer,
        KnownHeads known,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        long size = Size ?? view.Size;
        if (size < 1 || size > view.Size)
            throw ErrorCodes.NoSuchCheckpoint.Because(
                $"there is no checkpoint of size {size}: the newest has {view.Size}"
            );
        byte[] last = [];
        foreach (Batch batch in view.LendBatches())
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.NextIndex > size)
                throw ErrorCodes.NoSuchCheckpoint.Because(
                    $"there is no checkpoint of size {size}: the nearest are of {batch.FirstIndex} and {batch.NextIndex}"
                );
            writer.Add(batch with { Entries = [.. batch.Entries.Select(e => Checked(e, view, size))] });
            known.Compare(writer.Head);
            progress?.Report(batch.NextIndex);
            bool isLast = batch.NextIndex == size;
            if (isLast)
                last = batch.Checkpoint.ToArray();
            SegmentReader.GiveBack(batch);
            if (isLast)
                break;
        }
        if (writer.Head.Size != size)
            throw ErrorCodes.Damaged.Because($"{writer.Head.Size} entries could be read again, not {size}");
        VerifierKey log = view.Fold.State.LogKey!.Verifier;
        if (!Checkpoint.TryOpen(last, log, out _, out string reason))
            throw ErrorCodes.Damaged.Because($"the checkpoint of size {size}: {reason}");
    }

    private static StoredEntry Checked(StoredEntry stored, LedgerView view, long size)
    {
        Receipt receipt;
        try
        {
            receipt = stored.ToReceipt();
        }
        catch (TessraxException e)
        {
            throw ErrorCodes.Damaged.Because($"an entry cannot be read: {e.Message}");
        }
        long index = receipt.Entry.Index;
        long? erasedAt = view.Fold.Erasures.ErasedAt(receipt.Entry);
        // What was recorded as erased may still lie on the disk for a moment; it is in no snapshot from then on.
        if (erasedAt < size)
            return receipt.Entry.Body.Payload is null ? stored : stored.Erase();
        if (stored.IsErased)
            throw erasedAt is { } later
                ? ErrorCodes.ErasedSince.Because(
                    $"the payload of entry {index} was erased by entry {later}: a state of {size} entries cannot be exported any more"
                )
                : ErrorCodes.Damaged.Because(
                    $"the payload of entry {index} is missing, and no entry says that it was erased"
                );
        return receipt.PayloadMatches(view.Fold.State.Ledger)
            ? stored
            : throw ErrorCodes.Damaged.Because($"the payload of entry {index} is not the one that its leaf commits to");
    }
}
