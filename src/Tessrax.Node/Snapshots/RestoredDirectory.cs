using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Snapshots;

/// <summary>A ledger's directory that is made under a temporary name beside its place, and appears there whole and durable, or not at all.</summary>
/// <remarks>
/// <code>
/// DIR/../.NAME.PID.COUNT.tmp/     segments, files, checkpoint, restored.json, ledger.json
/// fsync of every file, then of every directory in it
/// rename to DIR, fsync of DIR/..
/// </code>
/// Until the rename a failure removes the temporary directory; a crash leaves it for the next attempt to remove.
/// </remarks>
internal sealed class RestoredDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly IDisk disk;
    private readonly DeferredSyncDisk unsynced;
    private readonly string path;
    private readonly string temporary;
    private bool done;

    public RestoredDirectory(IDisk disk, string path, string temporary)
    {
        (this.disk, this.path, this.temporary) = (disk, path, temporary);
        unsynced = new DeferredSyncDisk(disk);
        DiskErrors.Writing(
            temporary,
            () =>
            {
                // Left by a dead process that had the same number.
                disk.DeleteDirectory(temporary);
                unsynced.CreateDirectory(temporary);
            }
        );
    }

    /// <summary>How many payloads were written as erased though no entry that was written erases them.</summary>
    public long ErasedSince { get; private set; }

    /// <summary>Key files that are written instead of those of their names.</summary>
    public IReadOnlyList<NewKeyFile> Keys { get; init; } = [];

    /// <summary>Writes the first <paramref name="size"/> entries of a file, one record a batch, and the files that come with them.</summary>
    /// <param name="reader">The file, of which nothing but the facts was read.</param>
    /// <param name="size">The size of a checkpoint in it.</param>
    /// <param name="erasures">What the entries in the file say was erased; null if nothing was.</param>
    /// <param name="isWhole">Whether it may go on one day: otherwise neither private keys nor what waits is restored.</param>
    /// <param name="random">Draws segment ids.</param>
    /// <param name="progress">Told how many bytes of the file were read.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    public void Fill(
        SnapshotReader reader,
        long size,
        Erasures? erasures,
        bool isWhole,
        RandomSource random,
        Action<long>? progress,
        CancellationToken cancellation
    )
    {
        byte[] newest = [];
        // Nothing is looked for behind a torn tail here: the directory is new.
        using (SegmentWriter segments = SegmentWriter.Create(temporary, unsynced, static (_, _) => true, random))
        {
            foreach (Batch batch in reader.LendBatches())
            {
                cancellation.ThrowIfCancellationRequested();
                if (batch.NextIndex <= size)
                {
                    segments.Append(erasures is null ? batch : WithoutErased(batch, size, erasures));
                    newest = batch.Checkpoint.ToArray();
                    progress?.Invoke(reader.Position);
                }
                SegmentReader.GiveBack(batch);
            }
        }
        foreach (SnapshotFile file in reader.Files())
        {
            cancellation.ThrowIfCancellationRequested();
            if ((isWhole || file.Place is not (SnapshotPlace.Keys or SnapshotPlace.Prepared)) && !IsReplaced(file))
                Write(file);
        }
        foreach (NewKeyFile key in Keys)
            DurableFile.Write(
                unsynced,
                Path.Combine(Folder(SnapshotPlace.Keys), key.Name),
                key.Content.Span,
                DurableFileOptions.Secret
            );
        Write(LedgerDirectory.CheckpointName, newest);
    }

    /// <summary>Adds a file of the directory itself.</summary>
    public void Write(string name, ReadOnlySpan<byte> content) =>
        DurableFile.Write(unsynced, Path.Combine(temporary, name), content, DurableFileOptions.New);

    /// <summary>Makes everything durable and gives the directory its name.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something of that name; TSX3005 to TSX3009.</exception>
    public void Publish(SnapshotFacts facts)
    {
        Write(LedgerDirectory.FactsFile, facts.ToBytes());
        string parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        DiskErrors.Writing(
            path,
            () =>
            {
                unsynced.Flush();
                disk.RenameDirectory(temporary, path);
                done = true;
            }
        );
        DurableFile.SyncName(disk, parent, path);
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        if (done)
            return;
        try
        {
            disk.DeleteDirectory(temporary);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            // The first failure is what the caller hears of; the next attempt removes it.
        }
    }

    // What an entry of the restored ledger says was erased is not brought back, even by a file that still holds it.
    private Batch WithoutErased(Batch batch, long size, Erasures erasures)
    {
        var entries = new StoredEntry[batch.Entries.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            StoredEntry stored = batch.Entries[i];
            long? by = erasures.ErasedAt(Entry.Parse(stored.Entry.Span));
            bool erased = by < size;
            ErasedSince += stored.IsErased && !erased ? 1 : 0;
            entries[i] = erased && !stored.IsErased ? stored.Erase() : stored;
        }
        return batch with { Entries = entries };
    }

    private bool IsReplaced(SnapshotFile file) =>
        file.Place == SnapshotPlace.Keys && Keys.Any(key => key.Name == file.Name);

    private string Folder(SnapshotPlace place)
    {
        string folder = Path.Combine(temporary, SnapshotFormat.FolderOf(place));
        if (place != SnapshotPlace.Own)
            DiskErrors.Writing(folder, () => unsynced.CreateDirectory(folder));
        if (place == SnapshotPlace.Keys && !OperatingSystem.IsWindows() && Directory.Exists(folder))
            File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
        return folder;
    }

    private void Write(SnapshotFile file)
    {
        using StreamedFile made = StreamedFile.Create(
            unsynced,
            Path.Combine(Folder(file.Place), file.Name),
            overwrite: false,
            file.Place == SnapshotPlace.Keys ? OwnerOnly : null
        );
        file.CopyTo(made.Write);
        made.Commit();
    }
}
