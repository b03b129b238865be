using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;
using Tessrax.Node.Witnessing;

namespace Tessrax.Node.Reading;

/// <summary>A ledger as a reader sees it: folded and checked against its last checkpoint, with every receipt at hand. Takes no lock.</summary>
/// <remarks>Opening reads the last segment, and everything only where tiles or state are missing; every other entry is held to its leaf when it is read. What is
/// appended later is not seen.</remarks>
public sealed class LedgerView : IDisposable
{
    private readonly SegmentReader reader;
    private readonly LedgerReplay replay;
    private readonly IDisk disk;

    private LedgerView(LedgerDirectory directory, SegmentReader reader, LedgerReplay replay, IDisk disk)
    {
        Directory = directory;
        this.disk = disk;
        this.reader = reader;
        this.replay = replay;
    }

    public LedgerDirectory Directory { get; }

    /// <summary>The ledger as its entries add up.</summary>
    public Governance.LedgerFold Fold => replay.Fold;

    public LedgerTree Tree => replay.Tree;

    /// <summary>The hashes of that tree.</summary>
    public TreeHasher Hasher => Directory.Hasher;

    public long Size => replay.Tree.Size;

    /// <summary>The newest checkpoint, checked.</summary>
    public SignedNote Checkpoint => replay.Last!;

    /// <summary>The same with what witnesses have cosigned of it, as far as that is kept; whoever judges it checks their signatures.</summary>
    public SignedNote Cosigned => CosignedNote.With(Checkpoint, Directory.Path, disk);

    /// <summary>The checkpoint by which entries are proven to somebody who may ask for witnesses: the newest, or where nobody cosigned that yet, the one that was cosigned last, if it covers an entry.</summary>
    /// <param name="index">The entry.</param>
    internal (SignedNote Note, long Size) Covering(long index)
    {
        SignedNote newest = Cosigned;
        // What erased an entry must be covered, too.
        if (newest.Signatures.Count > Checkpoint.Signatures.Count || Fold.Erasures.Any)
            return (newest, Size);
        return Kept() is { } kept && kept.Says.Head.Size > index ? (kept.Note, kept.Says.Head.Size) : (newest, Size);
    }

    // Null also where it is of another history: whoever checks the ledger is told, here the newest does.
    private (SignedNote Note, Checkpoint Says)? Kept()
    {
        if (
            CosignedNote.Read(Directory.Path, disk) is not { } kept
            || !Fold.State.LogKeys!.TryOpenAny(kept.ToBytes(), out Checkpoint? says, out _)
            || says.Head.Size > Size
            || Tree.RootAt(says.Head.Size) != says.Head.Root
        )
            return null;
        return (kept, says);
    }

    /// <summary>Opens a ledger for reading.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003: damaged; TSX3004: shorter than the checkpoint it published; TSX3006, TSX3007: cannot be read.</exception>
    public static LedgerView Open(string path, IDisk disk) => Open(path, disk, isRepair: false);

    /// <summary>The same; whoever repairs reads everything, and does not hold it to what was published.</summary>
    internal static LedgerView Open(string path, IDisk disk, bool isRepair)
    {
        LedgerDirectory directory = LedgerDirectory.Open(path, disk);
        var opening = new LedgerOpening(directory, disk, canWrite: false);
        // Before the segments, so that what is appended meanwhile does no harm. It tells of an end that was cut off.
        byte[] published = isRepair ? [] : LedgerMark.ReadNote(disk, directory.CheckpointFile);
        var reader = new SegmentReader(path, disk, opening.IsSigned);
        try
        {
            LedgerReplay replay = isRepair ? opening.ReadAll(reader) : opening.Read(reader);
            LogKeyChain log = replay.Fold.State.LogKeys!;
            LedgerMark.RequireHolds(replay.Tree, published, log, $"the published {directory.CheckpointFile}");
            return new LedgerView(directory, reader, replay, disk);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Folds in what was appended since: see <see cref="LedgerReplay.TryGoOn"/>.</summary>
    internal bool TryGoOn() => replay.TryGoOn(reader);

    /// <summary>One receipt.</summary>
    /// <exception cref="TessraxException">TSX3011: there is none of that index.</exception>
    public Receipt Receipt(long index)
    {
        if (index < 0 || index >= Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no entry {index}; the ledger holds {Size}");
        return AsRecorded(Parse(reader.Read(index)));
    }

    /// <summary>Receipts in order, from an index on.</summary>
    public IEnumerable<Receipt> Receipts(long from = 0) => ReceiptsAsStored(from).Select(AsRecorded);

    /// <summary>The same with what is erased on record and still there: for whoever sees to it that it goes.</summary>
    internal IEnumerable<Receipt> ReceiptsAsStored(long from = 0)
    {
        foreach (Batch batch in reader.ReadAll(from))
        {
            foreach (StoredEntry stored in batch.Entries)
            {
                Receipt receipt = Parse(stored);
                if (receipt.Entry.Index >= from && receipt.Entry.Index < Size)
                    yield return receipt;
            }
        }
    }

    /// <summary>Looks at the older segments in the background, which nobody read when the ledger was opened. Dispose it before the view.</summary>
    /// <param name="environment">Disk and clock.</param>
    /// <param name="report">Told of each damage, from another thread.</param>
    public SegmentScrub CheckInBackground(NodeEnvironment environment, Action<TessraxException> report) =>
        SegmentScrub.Start(Directory, environment, Tree, report);

    /// <summary>The audit path of an entry to the newest checkpoint's root.</summary>
    public Digest[] Prove(long index) => InclusionProof.Prove(Tree, Size, index, Hasher);

    public void Dispose() => reader.Dispose();

    // What is erased on record counts no more and is shown to nobody, though its segment may hold it until that is written again.
    private Receipt AsRecorded(Receipt receipt) =>
        receipt is { Payload: not null, Entry.Body.Payload: not null }
        && Fold.Erasures.ErasedAt(receipt.Entry) is not null
            ? receipt.Erase()
            : receipt;

    // Read from disk again, so checked again: against its place in the tree, and its payload against its leaf.
    private Receipt Parse(StoredEntry stored)
    {
        Receipt receipt = stored.ToReceipt();
        long index = receipt.Entry.Index;
        bool same =
            index < Size
            && Tree.Leaf(index) == receipt.LeafHash(Hasher)
            && (receipt.IsErased || LedgerReplay.IsLost(receipt) || receipt.PayloadMatches(Fold.State.Ledger));
        // Beyond the size that was opened lies what was appended since; nobody is handed that.
        return same || index >= Size
            ? receipt
            : throw ErrorCodes.Damaged.Because($"entry {index} is not what it was when the ledger was opened");
    }
}
