using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Publishing;
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
    /// <summary>Entries whose payload is lost, and so not in the file, ascending.</summary>
    public IReadOnlyList<long> Lost { get; init; } = [];

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
        using LedgerSurvey survey = LedgerSurvey.Of(path, environment.Disk, cancellation);
        LedgerDirectory directory = survey.Directory;
        var facts = new SnapshotFacts(directory.Origin, directory.Id, directory.Hasher);
        KnownCheckpoints known = Known(survey, mark);
        var writer = new SnapshotWriter(kind, facts, sink);
        IReadOnlyList<long> lost = WriteBatches(survey, writer, known, progress, cancellation);
        if (known.End(survey.Size) is { } behind)
            throw ErrorCodes.Behind.Because(behind.Message(facts.Hasher, survey.Size));
        writer.EndLedger();
        IReadOnlyList<string> leftOut = new SnapshotFiles(environment.Disk, path, kind, writer.Head.Size).Write(
            writer,
            cancellation
        );
        Digest digest = writer.Finish();
        return new SnapshotMade(facts, writer.Head, digest, writer.Length, leftOut) { Lost = lost };
    }

    // What the newest state must contain. A backup is to be gone on from, so the user's mark counts too; an older copy may still be saved as a snapshot.
    private KnownCheckpoints Known(LedgerSurvey survey, byte[] mark)
    {
        var known = new KnownCheckpoints();
        if (Size is not null && Size != survey.Size)
            return known;
        if (survey.Published is { } published)
            known.Add(published.Head, "the published checkpoint");
        if (kind == SnapshotKind.Backup)
            known.AddUnknown(known.Add([new KnownCheckpoint(mark, "this user's mark")], survey.Log), survey.Log);
        return known;
    }

    private IReadOnlyList<long> WriteBatches(
        LedgerSurvey survey,
        SnapshotWriter writer,
        KnownCheckpoints known,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        long size = Size ?? survey.Size;
        if (size < 1 || size > survey.Size)
            throw ErrorCodes.NoSuchCheckpoint.Because(
                $"there is no checkpoint of size {size}: the newest has {survey.Size}"
            );
        var exported = new ExportedEntries(survey, size);
        byte[] last = [];
        foreach (Batch batch in survey.Reader.LendAll())
        {
            cancellation.ThrowIfCancellationRequested();
            if (batch.NextIndex > size)
                throw ErrorCodes.NoSuchCheckpoint.Because(
                    $"there is no checkpoint of size {size}: the nearest are of {batch.FirstIndex} and {batch.NextIndex}"
                );
            writer.Add(exported.Of(batch));
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
        if (!survey.Log.TryOpen(last, out _, out string reason))
            throw ErrorCodes.Damaged.Because($"the checkpoint of size {size}: {reason}");
        return exported.Lost;
    }
}
