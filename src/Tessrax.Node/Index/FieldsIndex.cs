using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Index;

/// <summary>How far an index reaches.</summary>
/// <param name="Size">Entries with a row.</param>
/// <param name="Bytes">The bytes of its file.</param>
public sealed record IndexReach(long Size, long Bytes);

/// <summary>The index of a ledger's fields: one row an entry, in SQLite, to find entries by. Derived from the segments, believed by nobody, and
/// deleted at any time without harm.</summary>
/// <remarks>It follows the committed entries at its own pace. It knows up to which checkpoint it is complete, so that a search can tell what it has
/// not seen yet. Constant memory.</remarks>
public static class FieldsIndex
{
    // Rows to a transaction: enough to make its commit cheap.
    private const int Step = 16_384;

    /// <summary>Whether a ledger wants an index: it has the directory for it.</summary>
    public static bool IsWanted(string ledger) => Directory.Exists(Path.Combine(ledger, FieldsDatabase.Folder));

    /// <summary>Makes the index anew, beside the old one, and puts it in its place when it is complete.</summary>
    /// <param name="ledger">The ledger's directory.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="progress">Told how many entries have a row.</param>
    /// <exception cref="TessraxException">TSX3036: SQLite cannot be used; TSX3003: the ledger is damaged; TSX3005 to TSX3008: it cannot be written.</exception>
    public static IndexReach Rebuild(string ledger, IDisk disk, IProgress<long>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(disk);
        LedgerDirectory directory = LedgerDirectory.Open(ledger, disk);
        string file = FieldsDatabase.FileOf(ledger);
        string folder = Path.GetDirectoryName(file)!;
        string temporary = Path.Combine(folder, $".{FieldsDatabase.FileName}.tmp");
        DiskErrors.Writing(folder, () => disk.CreateDirectory(folder));
        RemoveFile(temporary, disk);
        RemoveFile(temporary + "-journal", disk);
        long size;
        using (SegmentReader reader = ReaderOf(ledger, disk))
        using (FieldsDatabase made = FieldsDatabase.Create(temporary, directory.Id, directory.Hasher.Empty))
            size = Follow(temporary, made, directory, reader, progress);
        RemoveFile(file + "-journal", disk);
        DiskErrors.Writing(file, () => disk.Rename(temporary, file, overwrite: true));
        return new IndexReach(size, new FileInfo(file).Length);
    }

    /// <summary>Brings the index up to date with the entries that are committed; makes it anew if it is not this ledger's, or cannot be used.</summary>
    /// <exception cref="TessraxException">As <see cref="Rebuild"/>.</exception>
    public static IndexReach Update(string ledger, IDisk disk)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        ArgumentNullException.ThrowIfNull(disk);
        string file = FieldsDatabase.FileOf(ledger);
        if (!disk.Exists(file))
            return Rebuild(ledger, disk);
        try
        {
            LedgerDirectory directory = LedgerDirectory.Open(ledger, disk);
            using SegmentReader reader = ReaderOf(ledger, disk);
            using FieldsDatabase database = FieldsDatabase.Open(file, canWrite: true);
            if (Fits(FieldsDatabase.Guard(file, database.Mark), directory, reader))
            {
                long size = Follow(file, database, directory, reader, null);
                return new IndexReach(size, new FileInfo(file).Length);
            }
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.IndexUnusable)
        {
            // Made anew below; if it is the library that fails, that says so.
        }
        return Rebuild(ledger, disk);
    }

    /// <summary>The row that an entry should have.</summary>
    internal static FieldsRow RowOf(StoredEntry stored) => FieldsRow.Of(stored.ToReceipt());

    /// <summary>Reads a ledger's segments as its genesis says.</summary>
    internal static SegmentReader ReaderOf(string ledger, IDisk disk)
    {
        using var first = new SegmentReader(ledger, disk, static (_, _) => true);
        LedgerIdentity identity =
            LedgerIdentity.Of(first.Read(0))
            ?? throw ErrorCodes.Damaged.Because($"the ledger in {ledger} has no genesis");
        return new SegmentReader(ledger, disk, identity.WithKeysOf(ledger, disk).NewHeads().IsSigned);
    }

    /// <summary>What is noted of a run of entries.</summary>
    internal static FieldsBlock BlockOf(
        IReadOnlyList<FieldsRow> rows,
        ReadOnlyMemory<Digest> leaves,
        TreeHasher hasher
    ) =>
        new(
            rows[0].Index,
            rows.Count,
            rows.Count == FieldsDatabase.BlockLength ? MerkleRoot.Of(leaves, hasher) : null,
            new Digest(FieldsRow.DigestOf(rows))
        );

    // Rows are written up to the ends of batches alone, so a batch ends where a fitting index does.
    private static bool Fits(FieldsMark mark, LedgerDirectory directory, SegmentReader reader)
    {
        if (mark.Ledger != directory.Id)
            return false;
        if (mark.Size == 0)
            return true;
        try
        {
            Batch batch = reader.ReadBatch(mark.Size - 1);
            return HeadOf(batch) is { } head && head == new TreeHead(mark.Size, mark.Root);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry)
        {
            return false;
        }
    }

    private static TreeHead? HeadOf(Batch batch) =>
        SignedNote.TryParse(batch.Checkpoint.Span, out SignedNote? note, out _)
        && Checkpoint.TryParseBody(note.Text, out Checkpoint? checkpoint)
            ? checkpoint.Head
            : null;

    private static long Follow(
        string file,
        FieldsDatabase database,
        LedgerDirectory directory,
        SegmentReader reader,
        IProgress<long>? progress
    ) =>
        FieldsDatabase.Guard(
            file,
            () =>
            {
                long size = database.Mark().Size;
                // Blocks are written whole: the last one is begun again.
                long from = size - size % FieldsDatabase.BlockLength;
                var rows = new List<FieldsRow>();
                var leaves = new List<Digest>();
                Batch? last = null;
                foreach (Batch batch in reader.ReadAll(from))
                {
                    for (int i = (int)Math.Max(0, from - batch.FirstIndex); i < batch.Entries.Count; i++)
                    {
                        rows.Add(RowOf(batch.Entries[i]));
                        leaves.Add(directory.Hasher.Leaf(batch.Entries[i].Entry.Span));
                    }
                    last = batch;
                    if (rows.Count < Step)
                        continue;
                    Add(database, directory, batch, rows, leaves);
                    progress?.Report(batch.NextIndex);
                }
                if (last is not null && rows.Count > 0)
                    Add(database, directory, last, rows, leaves);
                return last?.NextIndex ?? size;
            }
        );

    // Writes the rows, and keeps those of the block that is not full yet, which is written again with what comes.
    private static void Add(
        FieldsDatabase database,
        LedgerDirectory directory,
        Batch last,
        List<FieldsRow> rows,
        List<Digest> leaves
    )
    {
        TreeHead head =
            HeadOf(last) ?? throw ErrorCodes.Damaged.Because($"the checkpoint of entry {last.FirstIndex} is none");
        database.Write(() =>
        {
            foreach (FieldsRow row in rows)
                database.Add(row);
            Digest[] hashes = [.. leaves];
            for (int at = 0; at < rows.Count; at += FieldsDatabase.BlockLength)
            {
                int count = Math.Min(FieldsDatabase.BlockLength, rows.Count - at);
                database.Set(BlockOf(rows.GetRange(at, count), hashes.AsMemory(at, count), directory.Hasher));
            }
            database.Set(new FieldsMark(directory.Id, head.Size, head.Root));
        });
        int whole = rows.Count - rows.Count % FieldsDatabase.BlockLength;
        rows.RemoveRange(0, whole);
        leaves.RemoveRange(0, whole);
    }

    private static void RemoveFile(string file, IDisk disk) => DiskErrors.Writing(file, () => disk.Delete(file));
}
