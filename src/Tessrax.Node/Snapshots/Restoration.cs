using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Snapshots;

/// <summary>The state of the past that is wanted: the newest checkpoint that is not beyond it.</summary>
/// <param name="Size">At most so many entries; or null.</param>
/// <param name="Time">Nothing recorded later; or null.</param>
public sealed record RestorePoint(long? Size, UtcTime? Time)
{
    internal bool Holds(Batch batch, UtcTime last) =>
        (Size is not { } size || batch.NextIndex <= size) && (Time is not { } time || last <= time);
}

/// <summary>What a restore or an import did.</summary>
/// <param name="Verdict">On the file; nothing was made if a stage of it fails.</param>
/// <param name="Facts">The ledger; null if not even that could be read.</param>
/// <param name="Size">How many entries were restored; 0 if nothing was made.</param>
/// <param name="Of">How many the file holds.</param>
/// <param name="ReadOnly">Why the ledger may only be read; null if it may be written.</param>
/// <param name="Why">The same in a sentence, or null.</param>
/// <param name="IsMade">Whether there is a ledger now.</param>
public sealed record Restored(
    Verdict Verdict,
    SnapshotFacts? Facts,
    long Size,
    long Of,
    RestoreMarker? ReadOnly,
    string? Why,
    bool IsMade
)
{
    /// <summary>How many payloads of a past state are missing because they were erased later: with them, that state does not verify by itself.</summary>
    public long ErasedSince { get; init; }

    /// <summary>The key files that were made, in place of the backup's.</summary>
    public IReadOnlyList<string> NewKeys { get; init; } = [];

    /// <summary>Entries whose payload was lost before the file was made, ascending: the ledger fails verification for them, as it did.</summary>
    public IReadOnlyList<long> Lost { get; init; } = [];
}

/// <summary>Makes a ledger's directory from a backup, or from a snapshot: verifies all of the file first, then writes, and leaves nothing half-made.</summary>
/// <remarks>A restored ledger is open to writing only if it is known that nothing newer was ever signed; <c>spec/snapshot.md</c>, section 6.</remarks>
/// <param name="environment">Disk, clock, randomness, and where mark and trust roots are.</param>
/// <param name="trust">What the verifier accepts; null if trust was not established.</param>
public sealed class Restoration(NodeEnvironment environment, TrustRoot? trust)
{
    private const string UsersMark = "this user's mark";

    /// <summary>The kind of file that is expected: a snapshot is imported, a backup restored.</summary>
    public SnapshotKind Kind { get; init; } = SnapshotKind.Backup;

    /// <summary>The state wanted; null for all of the file.</summary>
    public RestorePoint? At { get; init; }

    /// <summary>Checkpoints that are known beside this user's mark and the trust root's.</summary>
    public IReadOnlyList<KnownCheckpoint> Known { get; init; } = [];

    /// <summary>
    /// Makes the key files that the ledger goes on with, given what is known of its keys; they take the place of those in the backup.
    /// Null for the backup's own. Not asked where the ledger can only be read for ever, which has no keys.
    /// </summary>
    public Func<GovernanceState, IReadOnlyList<NewKeyFile>>? Keys { get; init; }

    /// <summary>Whether the operator says that nothing newer was ever signed.</summary>
    public bool NothingNewer { get; init; }

    /// <summary>Makes the ledger in <paramref name="directory"/>, which does not exist or is empty.</summary>
    /// <param name="file">A backup or a snapshot.</param>
    /// <param name="directory">The new directory.</param>
    /// <param name="progress">Told how many bytes of the file were read; it is read twice.</param>
    /// <param name="cancellation">Ends it between two batches; nothing is left then.</param>
    /// <exception cref="TessraxException">TSX3010: there is something in the directory; TSX3027: the other kind of file, or none; TSX3031: no checkpoint so early, or a size beyond the file's end;
    /// TSX3028: the file changed between the two readings; TSX3002, TSX3004: another copy is written, or was meanwhile; TSX3005 to TSX3009: the disk failed.</exception>
    public Restored Run(
        string file,
        string directory,
        IProgress<long>? progress = null,
        CancellationToken cancellation = default
    )
    {
        RequireFree(directory);
        RequireKind(file);
        byte[] mark = SnapshotCheck.LedgerOf(environment, file) is { } id ? LedgerMark.NoteOf(environment, id) : [];
        long cut = 0;
        var check = new SnapshotCheck(environment, trust is null ? null : trust with { Accepted = null })
        {
            Known = [.. KnownWith(mark)],
            Seen = (batch, last) => cut = At is null || At.Holds(batch, last) ? batch.NextIndex : cut,
        };
        Verdict verdict = check.Run(file, progress, cancellation);
        bool lacksLost = check.LacksOnlyLost;
        bool isRefuted = verdict.Stages.Any(s => s.Holds == false) && !lacksLost;
        bool isUnknown = verdict.Stages.Any(s => s.Holds is null && s.Claimed);
        if (isRefuted || (Kind == SnapshotKind.Snapshot && isUnknown))
            return new Restored(verdict, check.Facts, 0, verdict.Size, null, null, IsMade: false);
        if (check.Foreign!.FirstOrDefault(f => Known.Contains(f)) is { } foreign)
            throw ErrorCodes.CheckpointRefused.Because(
                $"{foreign.What} is not signed by the key of {check.Facts!.Origin}"
            );
        if (At?.Size > verdict.Size)
            throw ErrorCodes.NoSuchCheckpoint.Because(
                $"{file} ends with {verdict.Size} entries: no state of {At.Size} is in it",
                "name a size up to that, or leave it out for all of the file"
            );
        if (cut == 0)
            throw ErrorCodes.NoSuchCheckpoint.Because("there is no checkpoint that early in the backup");
        (RestoreMarker? marker, string? why) = Judge(check, cut, mark.Length > 0);
        IReadOnlyList<NewKeyFile> keys =
            Keys is not null && marker?.CanBeLifted != false ? Keys(check.Fold!.State) : [];
        long erasedSince = Write(file, directory, check, cut, marker, keys, mark, progress, cancellation);
        return new Restored(verdict, check.Facts, cut, verdict.Size, marker, why, IsMade: true)
        {
            ErasedSince = erasedSince,
            NewKeys = [.. keys.Select(key => key.Name)],
            Lost = lacksLost ? [.. check.Fold!.Erasures.Missing.Where(index => index < cut).Order()] : [],
        };
    }

    private IEnumerable<KnownCheckpoint> KnownWith(byte[] mark)
    {
        if (mark.Length > 0)
            yield return new KnownCheckpoint(mark, UsersMark);
        if (trust?.Accepted is { } accepted)
            yield return new KnownCheckpoint(accepted.ToBytes(), "the trust root's checkpoint");
        foreach (KnownCheckpoint known in Known)
            yield return known;
    }

    private (RestoreMarker? Marker, string? Why) Judge(SnapshotCheck check, long cut, bool hasMark)
    {
        long size = check.Last!.Head.Size;
        Contradicted? behind = check.Heads.End(size);
        // Who asks for a state gets one to read, even where it is the last that the backup holds.
        if (cut < size || (At is not null && Kind == SnapshotKind.Backup))
        {
            long newest = Math.Max(size, behind?.Head.Size ?? 0);
            return (
                new RestoreMarker(cut, ReadOnlyReason.Past, newest),
                cut < newest
                    ? $"it is the state of {cut} entries, and the log signed {newest}"
                    : $"it was asked for as the state of {cut} entries; without --at the backup is restored to go on with"
            );
        }
        if (behind is not null)
            return (
                new RestoreMarker(cut, ReadOnlyReason.Behind, behind.Head.Size),
                behind.Message(check.Facts!.Hasher, size)
            );
        if (Kind == SnapshotKind.Snapshot)
            return (new RestoreMarker(cut, ReadOnlyReason.Imported, null), "a snapshot holds no keys");
        return NothingNewer || (hasMark && check.Heads.Met.Contains(UsersMark))
            ? (null, null)
            : (
                new RestoreMarker(cut, ReadOnlyReason.Unconfirmed, null),
                "nothing on this machine says that the log signed nothing after the backup was made"
            );
    }

    private long Write(
        string file,
        string directory,
        SnapshotCheck check,
        long cut,
        RestoreMarker? marker,
        IReadOnlyList<NewKeyFile> keys,
        byte[] mark,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        using SnapshotReader reader = SnapshotReader.Open(environment.Disk, file);
        using var made = new RestoredDirectory(
            environment.Disk,
            directory,
            RestorePlace.Prepare(environment.Disk, directory)
        )
        {
            Keys = keys,
        };
        made.Fill(
            reader,
            cut,
            check.Fold is { Erasures: { Any: true } erasures } ? erasures : null,
            isWhole: marker?.CanBeLifted != false,
            environment.Random,
            progress is null ? null : read => progress.Report(check.Length + read),
            cancellation
        );
        reader.Finish();
        if (reader.Digest != check.Digest)
            throw ErrorCodes.SnapshotDamaged.Because($"{file} changed between checking and restoring it");
        if (Kind == SnapshotKind.Backup)
            made.Write(
                BackupList.FileName,
                BackupList.ToBytes([
                    new BackupTaken(file, UtcTime.Now(environment.Clock), check.Last!.Head.Size, check.Digest),
                ])
            );
        // Whoever wrote to another copy meanwhile has signed more than was judged by.
        using WriterLock? held = marker is null ? LedgerMark.Hold(environment, check.Facts!.Id) : null;
        if (marker is not null)
            made.Write(RestoreMarker.FileName, marker.ToBytes());
        else if (LedgerMark.NoteOf(environment, check.Facts!.Id).AsSpan().SequenceEqual(mark))
            LedgerMark.Raise(environment, check.Facts.Id, check.LastNote.Span);
        else
            throw ErrorCodes.Behind.Because(
                $"{UsersMark} has moved on while {file} was restored: the log has signed something else; nothing was made"
            );
        made.Publish(reader.Facts);
        return made.ErasedSince;
    }

    private void RequireKind(string file)
    {
        using ChunkReader input = ChunkReader.Open(environment.Disk, file);
        if (input.Kind != Kind)
            throw Kind == SnapshotKind.Backup
                ? ErrorCodes.NotASnapshot.Because(
                    $"{file} is a snapshot, which holds no keys and no evidence",
                    "tessraxctl snapshot import makes a ledger to read from it"
                )
                : ErrorCodes.NotASnapshot.Because($"{file} is a backup", "tessraxctl restore takes it");
    }

    private static void RequireFree(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (File.Exists(directory))
            throw ErrorCodes.AlreadyExists.Because($"{directory} is a file");
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
            throw ErrorCodes.AlreadyExists.Because(
                $"{directory} exists and is not empty",
                "restore beside it and compare, or move it away first; nothing is overwritten"
            );
    }
}
