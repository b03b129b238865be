using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Reading;

/// <summary>Finds the tree of a ledger's newest checkpoint from what lies at its end: see <see cref="LedgerGlance"/>.</summary>
internal sealed class GlanceOpening
{
    // More behind the offered tiles are hashed by whoever folds them anyway.
    private const long MostBehind = 2 * SegmentFormat.EntriesPerSegment;

    private readonly TreeFiles tiles;
    private readonly IDisk disk;
    private readonly SharedTiles? shared;
    private byte[]? opened;
    private Checkpoint? openedAs;

    public GlanceOpening(LedgerDirectory directory, IDisk disk, SharedTiles? shared = null)
    {
        (this.disk, this.shared) = (disk, shared);
        Directory = directory;
        var folder = new SegmentFolder(directory.Path, disk, directory.Layout.SegmentDirectories) { Glances = true };
        Reader = new SegmentReader(folder, IsSigned);
        tiles = new TreeFiles(TreeFiles.FolderOf(directory), directory.Hasher, disk, canWrite: false)
        {
            EntriesFrom = Reader.EntriesFrom,
        };
        Tree = NewTree();
    }

    /// <summary>What somebody else has found by reading more.</summary>
    public GlanceOpening(LedgerView whole, IDisk disk)
        : this(whole.Directory, disk)
    {
        Tree = whole.Tree;
        Log = whole.Fold.State.LogKeys;
        Last = whole.Checkpoint;
    }

    public LedgerDirectory Directory { get; }

    public SegmentReader Reader { get; }

    public LedgerTree Tree { get; private set; }

    /// <summary>The log's keys; null before they are known.</summary>
    public LogKeyChain? Log { get; private set; }

    /// <summary>The newest checkpoint; null before it was checked.</summary>
    public SignedNote? Last { get; private set; }

    /// <summary>The last batch of entries; null before it was read. What is asked for is often in it.</summary>
    public Batch? LastBatch { get; private set; }

    /// <summary>Reads as little as shows the whole tree.</summary>
    /// <returns>False if something is missing or odd, as is any exception for the caller: the whole ledger must be read then.</returns>
    public bool TryRead()
    {
        // Before the segments, so that what is appended meanwhile does no harm. It tells of an end that was cut off.
        byte[] published = LedgerMark.ReadNote(disk, Directory.CheckpointFile);
        Receipt first = Reader.Read(0).ToReceipt();
        if (SignedBytes.LedgerIdOf(first.Entry.Body.ToJson()) != Directory.Id)
            return false;
        Genesis genesis = Genesis.Read(first.Entry.Body);
        if (genesis.Origin != Directory.Origin || genesis.Hash != Directory.Hasher.Engine.Name)
            return false;
        LogKeyTrail trail = new LogKeyHint(Directory.Path, disk).Follow(LogKeyTrail.From(Directory.Id, genesis));
        Log = trail.Log;
        if (!TryResume(published) || ReadOn(trail) is not { } last)
            return false;
        if (!TryOpen(last, out Checkpoint? newest) || newest.Head != Tree.Head)
            return false;
        if (Tree.Leaf(0) != first.LeafHash(Directory.Hasher))
            return false;
        if (!published.AsSpan().SequenceEqual(last))
            LedgerMark.RequireHolds(Tree, published, Log, $"the published {Directory.CheckpointFile}");
        Last = SignedNote.Parse(last);
        return true;
    }

    // The tree as the static log offers it, or from full tiles where that is missing or none is offered.
    private bool TryResume(byte[] published)
    {
        if (Directory.Hasher.Engine == HashEngine.Sha256)
        {
            string offered = Path.Combine(TreeFiles.FolderOf(Directory), TileDirectory.CheckpointFile);
            if (
                TryOpen(LedgerMark.ReadNote(disk, offered), out Checkpoint? checkpoint)
                && checkpoint.Head.Size > 0
                && Tree.TryResume(checkpoint.Head.Size, checkpoint.Head.Root, tiles.ReadPartial)
            )
                return true;
            Tree = NewTree();
        }
        return TryOpen(published, out Checkpoint? newest)
            && Tree.TryResume(newest.Head.Size / TileId.FullWidth * TileId.FullWidth);
    }

    // Appends the entries behind to the tree; gives the checkpoint of the last record, or null if there are too many.
    private byte[]? ReadOn(LogKeyTrail trail)
    {
        long known = Tree.Size;
        foreach (Batch batch in Reader.LendAll(Math.Max(0, known - 1)))
        {
            if (batch.NextIndex - known > MostBehind)
                return null;
            for (int i = (int)Math.Max(0, Tree.Size - batch.FirstIndex); i < batch.Entries.Count; i++)
            {
                ReadOnlySpan<byte> leaf = batch.Entries[i].Entry.Span;
                Tree.Append(Directory.Hasher.Leaf(leaf));
                trail = trail.After(leaf);
            }
            Tree.Settle();
            if (LastBatch is not null)
                SegmentReader.GiveBack(LastBatch);
            LastBatch = batch;
        }
        Log = trail.Log;
        return LastBatch?.Checkpoint.ToArray();
    }

    private LedgerTree NewTree() => new(Directory.Hasher, tiles) { Shared = shared };

    // As a rule the same few bytes lie in three places, and a signature takes a while.
    private bool TryOpen(
        ReadOnlySpan<byte> note,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Checkpoint? checkpoint
    )
    {
        if (opened is not null && note.SequenceEqual(opened))
        {
            checkpoint = openedAs!;
            return true;
        }
        checkpoint = null;
        if (note.IsEmpty || !Log!.TryOpen(note, out checkpoint, out _))
            return false;
        (opened, openedAs) = (note.ToArray(), checkpoint);
        return true;
    }

    // Tells a true checkpoint from an imitation: see SegmentScan.
    private bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        Log is not { } log
        || (log.TryOpenAny(checkpoint.Span, out Checkpoint? signed, out _) && signed.Head.Size == size);
}
