using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;

namespace Tessrax.Node.Appending;

/// <summary>Folds stored batches back into a ledger when it is opened, trusting what the last signed root covers.</summary>
/// <remarks>Signatures of entries are not checked again here: they were before each entry was accepted, and <c>verify</c> checks them whenever asked.
/// The root is, so no leaf can have changed since; and each payload is held to the commitment in its leaf, so no payload either.</remarks>
public sealed class LedgerReplay
{
    private readonly LedgerDirectory directory;
    private readonly TreeFiles tiles;
    private readonly HashSet<long> lost = [];
    private byte[] lastNote = [];
    private Digest? made;

    /// <param name="directory">What <c>ledger.json</c> says, or will say.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="canWrite">Whether this is for the ledger's writer.</param>
    public LedgerReplay(LedgerDirectory directory, IDisk disk, bool canWrite = false)
    {
        Fold = new LedgerFold(directory.Id);
        tiles = new TreeFiles(TreeFiles.FolderOf(directory), directory.Hasher, disk, canWrite);
        Tree = new LedgerTree(directory.Hasher, tiles);
        this.directory = directory;
    }

    public LedgerFold Fold { get; }

    public LedgerTree Tree { get; }

    /// <summary>The newest checkpoint, once <see cref="Finish"/> has checked it.</summary>
    public SignedNote? Last { get; private set; }

    /// <summary>Whether bytes are a checkpoint of that size signed by this ledger's log key: what tells a real record from bytes that imitate one.</summary>
    public bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        Fold.State.LogKey is not { } log
        || (
            Checkpoint.TryOpen(checkpoint.Span, log.Verifier, out Checkpoint? opened, out _) && opened.Head.Size == size
        );

    /// <summary>Tells the tree where the entries are that it makes missing tiles from. Needed before <see cref="Finish"/>.</summary>
    internal void ReadEntriesFrom(Func<SegmentReader> segments) =>
        tiles.EntriesFrom = index => segments().EntriesFrom(index);

    /// <summary>Folds in a batch.</summary>
    /// <exception cref="TessraxException">TSX3003: an entry cannot be read.</exception>
    public void Add(Batch batch)
    {
        foreach (StoredEntry stored in batch.Entries)
        {
            try
            {
                Receipt receipt = stored.ToReceipt();
                object? record = receipt.Payload is { } payload
                    ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
                    : null;
                made ??= SignedBytes.LedgerIdOf(receipt.Entry.Body.ToJson());
                Fold.Apply(receipt, record);
                if (IsLostApart(receipt))
                    lost.Add(receipt.Entry.Index);
                else if (!receipt.IsErased && !receipt.PayloadMatches(Fold.State.Ledger))
                    throw ErrorCodes.CommitmentBroken.Because("its payload is not the one that its leaf commits to");
                Tree.Append(receipt.LeafHash(directory.Hasher));
            }
            catch (TessraxException e)
            {
                throw ErrorCodes.Damaged.Because($"entry {Tree.Size} cannot be read: {e.Message}");
            }
        }
        Tree.Settle();
        lastNote = batch.Checkpoint.ToArray();
    }

    /// <summary>Whether a payload was lost on which nothing rests: a repair found it nowhere, and the rest of the ledger stays usable.</summary>
    internal static bool IsLostApart(Receipt receipt) =>
        receipt.IsLost && receipt.Salt.IsEmpty && Events.IsApart(receipt.Entry.Body.Event);

    /// <summary>Checks the whole against the last checkpoint.</summary>
    /// <exception cref="TessraxException">TSX3003: the entries do not give the signed root, there are none, or they are another ledger's.</exception>
    public void Finish()
    {
        if (Fold.State.LogKey is not { } log)
            throw ErrorCodes.Damaged.Because($"the ledger in {directory.Path} has no genesis");
        // ledger.json is signed by nobody: what is appended or signed under another name than genesis gives would be lost.
        if (made != directory.Id || Fold.State.Origin != directory.Origin)
            throw ErrorCodes.Damaged.Because(
                $"ledger.json names {directory.Origin} {directory.Id}, but genesis makes {Fold.State.Origin} {made}"
            );
        if (Fold.State.Hash != directory.Hasher.Engine.Name)
            throw ErrorCodes.Damaged.Because(
                $"ledger.json names the hash function {directory.Hasher.Engine.Name}, but genesis {Fold.State.Hash}"
            );
        if (!Checkpoint.TryOpen(lastNote, log.Verifier, out Checkpoint? checkpoint, out string reason))
            throw ErrorCodes.Damaged.Because($"the last checkpoint does not verify: {reason}");
        if (checkpoint.Head != new TreeHead(Tree.Size, Tree.Root()))
            throw ErrorCodes.Damaged.Because(
                $"the {Tree.Size} entries do not give the root that the last checkpoint signs"
            );
        // A mark alone erases nothing: the control event that answers for it must be there.
        if (
            Fold.Erasures.HasMissing
            && Fold.Erasures.Missing.FirstOrDefault(i => !lost.Contains(i), -1) is >= 0 and long missing
        )
            throw ErrorCodes.Damaged.Because(
                $"the payload of entry {missing} is missing, and no later entry erases it"
            );
        Last = SignedNote.Parse(lastNote);
    }
}
