using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Files;
using Tessrax.Node.Logging;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Appending;

/// <summary>What follows from durable batches and is written beside them: the published checkpoint, marks of the last records, the mark outside the directory, and the tiles.</summary>
/// <remarks>Nothing of it is on the way of an append: all of it can be made again, so it is written at most once a second, and at the end. The batch is
/// durable whatever becomes of it, and must not be reported as failed. Not safe for concurrent use: it belongs to the writer.</remarks>
internal sealed class DerivedFiles
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NodeEnvironment environment;
    private readonly LedgerDirectory directory;
    private readonly LedgerTree tree;

    private readonly Action noteTail;

    // C2SP logs hash with SHA-256: a ledger of another function is not offered as one.
    private readonly TilePublisher? tiles;
    private readonly LedgerMark? mark;
    private byte[]? checkpoint;
    private long durable;
    private Task syncing = Task.CompletedTask;
    private long writtenAt;
    private bool written;

    /// <param name="environment">Disk and clock.</param>
    /// <param name="directory">The ledger.</param>
    /// <param name="tree">Its tree, which may run ahead of what is durable.</param>
    /// <param name="entriesFrom">The durable entries from an index on.</param>
    /// <param name="noteTail">Writes down where the last records are.</param>
    /// <param name="newest">The newest checkpoint; null if there is none.</param>
    /// <param name="mark">The newest checkpoint outside the directory, for who signs; else null.</param>
    public DerivedFiles(
        NodeEnvironment environment,
        LedgerDirectory directory,
        LedgerTree tree,
        Func<long, IEnumerable<ReadOnlyMemory<byte>>> entriesFrom,
        Action noteTail,
        SignedNote? newest,
        LedgerMark? mark
    )
    {
        this.environment = environment;
        this.noteTail = noteTail;
        this.directory = directory;
        this.tree = tree;
        durable = tree.Size;
        this.mark = mark;
        if (directory.Hasher.Engine == HashEngine.Sha256)
        {
            string folder = TreeFiles.FolderOf(directory);
            bool bundles = directory.Layout.EntryBundles || EntryBundles.AreIn(folder, environment.Disk);
            tiles = new TilePublisher(folder, environment, tree, bundles ? entriesFrom : null, newest);
        }
        // A crash, or what was taken over from a database, may have left it behind.
        if (newest is not null)
            Try(() =>
            {
                byte[] note = newest.ToBytes();
                checkpoint = LedgerMark
                    .ReadNote(environment.Disk, directory.CheckpointFile)
                    .AsSpan()
                    .SequenceEqual(note)
                    ? null
                    : note;
            });
    }

    /// <summary>Why something could not be written, if so.</summary>
    public TessraxException? Warning { get; private set; }

    /// <summary>Notes a batch that became durable.</summary>
    /// <param name="first">Its first entry.</param>
    /// <param name="next">The entry after its last one.</param>
    /// <param name="leaves">Gives its entries; asked only where bundles are written.</param>
    /// <param name="signed">Its checkpoint.</param>
    public void Note(long first, long next, Func<IEnumerable<ReadOnlyMemory<byte>>> leaves, byte[] signed)
    {
        checkpoint = signed;
        long before = durable;
        durable = next;
        if (!written || environment.Clock.GetElapsedTime(writtenAt) >= Interval)
            Try(Publish);
        if (mark is not null)
            Try(() => mark.Note(signed));
        if (tiles is not null)
            Try(() => tiles.Note(first, next, leaves, signed));
        else
            Try(() => tree.Commit(durable));
        if (durable / SegmentFormat.EntriesPerSegment > before / SegmentFormat.EntriesPerSegment)
            SyncTiles();
    }

    // A crash may take the tiles of the last segment, and they are made again from its entries; those of older ones must not have to be.
    private void SyncTiles()
    {
        string folder = TreeFiles.FolderOf(directory);
        Task before = syncing;
        syncing = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            Try(() => DiskErrors.Writing(folder, () => environment.Disk.SyncTree(folder)));
        });
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        if (checkpoint is not null)
            Try(Publish);
        if (mark is not null)
            Try(mark.Flush);
        if (tiles is not null)
            Try(tiles.Flush);
        else
            Try(() => tree.Commit(durable));
        syncing.GetAwaiter().GetResult();
    }

    private void Publish()
    {
        (written, writtenAt) = (true, environment.Clock.GetTimestamp());
        DurableFile.Write(environment.Disk, directory.CheckpointFile, checkpoint!, DurableFileOptions.Derived);
        checkpoint = null;
        // After it: whoever goes by a checkpoint may find its record by reading on from an older mark, never by reading back.
        noteTail();
    }

    /// <summary>Does what may fail without harm to what is durable; keeps the reason.</summary>
    /// <returns>Whether it was done.</returns>
    public bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (TessraxException e)
        {
            Warning = e;
            environment.Logger.NotDerived(e.Message, e.Code);
            return false;
        }
    }
}
