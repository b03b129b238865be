using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Appending;

/// <summary>Folds stored batches back into a ledger when it is opened, trusting what the last signed root covers.</summary>
/// <remarks>Signatures of entries are not checked again here: they were before each entry was accepted, and <c>verify</c> checks them whenever asked.
/// The root is, so no leaf can have changed since; and each payload is held to the commitment in its leaf, so no payload either.</remarks>
public sealed class LedgerReplay
{
    private readonly LedgerDirectory directory;
    private readonly bool canWrite;
    private readonly TreeFiles tiles;
    private readonly HashSet<long> lost = [];
    private readonly EntryScanner scanner = new();
    private byte[] lastNote = [];
    private Digest? made;
    private Receipt? genesis;
    private LogKeyChain? begun;

    // The newest EPOCH_OPENED among the entries that were hashed and not folded.
    private long epochAt = -1;
    private Digest epochState;

    /// <param name="directory">What <c>ledger.json</c> says, or will say.</param>
    /// <param name="disk">The file system.</param>
    /// <param name="canWrite">Whether this is for the ledger's writer.</param>
    public LedgerReplay(LedgerDirectory directory, IDisk disk, bool canWrite = false)
    {
        Fold = new LedgerFold(directory.Id);
        tiles = new TreeFiles(TreeFiles.FolderOf(directory), directory.Hasher, disk, canWrite);
        Tree = new LedgerTree(directory.Hasher, tiles);
        this.directory = directory;
        this.canWrite = canWrite;
    }

    /// <summary>Whether <see cref="Finish"/> leaves it to <see cref="RequireErased"/> to ask for the entry behind every missing payload: it may be among the batches that a working copy does not have yet.</summary>
    internal bool MayGoOn { get; init; }

    /// <summary>Whether a writer does without payloads that were lost: one that only takes over what another has signed.</summary>
    internal bool MayLack { get; init; }

    /// <summary>Told of the ledger as it is before an entry that opens an epoch is folded in.</summary>
    internal Action<LedgerFold>? BeforeEpoch { get; set; }

    /// <summary>Whether a payload is missing without an entry that erases it, or a record that it was lost.</summary>
    internal bool LacksPayload => Fold.Erasures.HasMissing && FirstMissing >= 0;

    public LedgerFold Fold { get; private set; }

    public LedgerTree Tree { get; }

    /// <summary>The newest checkpoint, once <see cref="Finish"/> has checked it.</summary>
    public SignedNote? Last { get; private set; }

    /// <summary>Whether bytes are a checkpoint of that size signed by a key of this ledger's log: what tells a real record from bytes that imitate one.</summary>
    public bool IsSigned(ReadOnlyMemory<byte> checkpoint, long size) =>
        Log is not { } log
        || (log.TryOpenAny(checkpoint.Span, out Checkpoint? opened, out _) && opened.Head.Size == size);

    // While entries are hashed and not folded, what was known of the keys before.
    private LogKeyChain? Log =>
        Fold.State.LogKeys is { } folded && folded.Spans.Count >= (begun?.Spans.Count ?? 0) ? folded : begun;

    /// <summary>Tells the tree where the entries are that it makes missing tiles from. Needed before <see cref="Finish"/>.</summary>
    internal void ReadEntriesFrom(Func<SegmentReader> segments) =>
        tiles.EntriesFrom = index => segments().EntriesFrom(index);

    /// <summary>Begins after the first <paramref name="size"/> entries, which are not read: their tree is in the tiles.</summary>
    /// <param name="first">Entry 0.</param>
    /// <param name="size">Where the last segment begins.</param>
    /// <param name="root">The root that EPOCH_OPENED at that index says, if there is one; it is held to the signed root in the end.</param>
    /// <param name="hint">Shows the keys that came after genesis's.</param>
    /// <returns>False if the tiles do not give the tree: then everything must be read.</returns>
    internal bool TryResume(Receipt first, long size, Digest? root, LogKeyHint hint)
    {
        genesis = first;
        made = SignedBytes.LedgerIdOf(first.Entry.Body.ToJson());
        begun = hint.Follow(LogKeyTrail.From(directory.Id, Genesis.Read(first.Entry.Body))).Log;
        return made == directory.Id && Tree.TryResume(size, root);
    }

    /// <summary>Hashes a batch into the tree without folding it, and notes the epochs that it opens.</summary>
    internal void Hash(Batch batch)
    {
        foreach (StoredEntry stored in batch.Entries)
        {
            // In canonical JSON, text within text has its quotes escaped: only an entry of that event holds these bytes, or one that speaks of such a body.
            if (stored.Entry.Span.IndexOf(OpensEpoch) >= 0)
                NoteEpoch(stored.ToReceipt().Entry);
            Tree.Append(directory.Hasher.Leaf(stored.Entry.Span));
        }
        Tree.Settle();
        lastNote = batch.Checkpoint.ToArray();
    }

    /// <summary>Takes over the state that the newest epoch commits to.</summary>
    /// <param name="part">Finds a part by its digest; not trusted.</param>
    /// <returns>The index from which entries are to be folded.</returns>
    /// <exception cref="TessraxException">TSX5025: no epoch was opened, or a part of its state is not there.</exception>
    internal long ImportState(Func<Digest, ReadOnlyMemory<byte>?> part)
    {
        if (epochAt < 0)
            throw ErrorCodes.PartBroken.Because("no epoch was opened among the last entries");
        Fold = LedgerFold.ImportState(directory.Id, epochState, part);
        // With a key unknown, records that it signed were taken for an imitation, and the end for one that was cut.
        if (Fold.State.LogKeys?.Spans.Count > begun?.Spans.Count)
            throw ErrorCodes.PartBroken.Because("the log has changed its key, and nothing told of it beforehand");
        return Fold.Size == epochAt
            ? epochAt
            : throw ErrorCodes.PartBroken.Because($"the state of epoch {epochAt} is of {Fold.Size} entries");
    }

    /// <summary>Folds in an entry that was hashed before.</summary>
    internal void FoldIn(StoredEntry stored) => Read(stored, Tree.Leaf(Fold.Size));

    /// <summary>Folds in a batch.</summary>
    /// <exception cref="TessraxException">TSX3003: an entry cannot be read; TSX5026: for a writer, a payload is lost that it cannot do without.</exception>
    public void Add(Batch batch)
    {
        foreach (StoredEntry stored in batch.Entries)
        {
            Tree.Append(Read(stored, null));
        }
        Tree.Settle();
        lastNote = batch.Checkpoint.ToArray();
    }

    /// <summary>Folds in what was appended since, up to the newest checkpoint. After a failure this is good for nothing any more.</summary>
    /// <param name="reader">The ledger's segments.</param>
    /// <returns>False if what was read before may have changed, as by an erasure: then the ledger is to be opened again.</returns>
    /// <exception cref="TessraxException">TSX3003: what was appended does not fit; TSX3006, TSX3007: it cannot be read.</exception>
    internal bool TryGoOn(SegmentReader reader)
    {
        long before = Tree.Size;
        foreach (Batch batch in reader.ReadAll(before))
        {
            if (batch.FirstIndex != Tree.Size || batch.Entries.Any(entry => entry.ChangesRecords))
                return false;
            Add(batch);
        }
        if (Tree.Size > before)
            Finish();
        return true;
    }

    /// <summary>Whether a payload was lost: a repair found it nowhere, and the record says so.</summary>
    internal static bool IsLost(Receipt receipt) => receipt.IsLost && receipt.Salt.IsEmpty;

    // Most entries are users' own events, which are folded in without an object for anything. What is not, or breaks a rule, is read strictly.
    private bool FoldOwn(StoredEntry stored) =>
        !stored.IsErased
        && stored.Salt.Length == Receipt.SaltBytes
        && scanner.TryScan(stored.Entry.Span, out ScannedEntry entry)
        && entry.IsOwn
        && EntryScanner.IsOwnPayload(stored.Payload.Span)
        && SignedBytes.CommitmentOf(directory.Id, stored.Salt.Span, stored.Payload.Span) == entry.Payload
        && Fold.TryApply(entry, stored.Entry.Span);

    /// <summary>Checks the whole against the last checkpoint.</summary>
    /// <exception cref="TessraxException">TSX3003: the entries do not give the signed root, there are none, or they are another ledger's.</exception>
    public void Finish()
    {
        if (Fold.State.LogKeys is null)
            throw ErrorCodes.Damaged.Because($"the ledger in {directory.Path} has no genesis");
        // ledger.json is signed by nobody: what is appended or signed under another name than genesis gives would be lost.
        if (made != directory.Id || Fold.State.Origin != directory.Origin)
            throw ErrorCodes.Damaged.Because(
                $"ledger.json names {directory.Origin} {directory.Id}, but genesis makes {Fold.State.Origin} {made}"
            );
        if (genesis is not null && genesis.LeafHash(directory.Hasher) != Tree.Leaf(0))
            throw ErrorCodes.Damaged.Because("entry 0 is not the one that the signed root covers");
        if (Fold.State.Hash != directory.Hasher.Engine.Name)
            throw ErrorCodes.Damaged.Because(
                $"ledger.json names the hash function {directory.Hasher.Engine.Name}, but genesis {Fold.State.Hash}"
            );
        RequireSigned();
        if (!MayGoOn)
            RequireErased();
        Last = SignedNote.Parse(lastNote);
    }

    /// <summary>Refuses a payload that is missing without an entry that erases it, or a record that it was lost.</summary>
    /// <exception cref="TessraxException">TSX3003.</exception>
    internal void RequireErased()
    {
        // A mark alone erases nothing: the control event that answers for it must be there.
        if (Fold.Erasures.HasMissing && FirstMissing is >= 0 and long missing)
            throw ErrorCodes.Damaged.Because(
                $"the payload of entry {missing} is missing, and no later entry erases it"
            );
    }

    /// <summary>Holds the entries so far to the checkpoint of the last batch.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not signed by the log, or signs another root.</exception>
    internal void RequireSigned()
    {
        if (Fold.State.LogKeys is not { } log)
            throw ErrorCodes.Damaged.Because("the first entry is no genesis");
        if (!log.TryOpen(lastNote, out Checkpoint? checkpoint, out string reason))
            throw ErrorCodes.Damaged.Because($"the last checkpoint does not verify: {reason}");
        if (checkpoint.Head != new TreeHead(Tree.Size, Tree.Root()))
            throw ErrorCodes.Damaged.Because(
                $"the {Tree.Size} entries do not give the root that the last checkpoint signs"
            );
    }

    private long FirstMissing => Fold.Erasures.Missing.FirstOrDefault(i => !lost.Contains(i), -1);

    private static ReadOnlySpan<byte> OpensEpoch => "\"event\":\"EPOCH_OPENED\""u8;

    private void NoteEpoch(Entry entry)
    {
        if (entry.Body.Event != Events.EpochOpened)
            return;
        epochAt = entry.Index;
        epochState = EpochOpened.Read(entry.Body, directory.Hasher).State;
    }

    // Folds in an entry; its leaf hash is the known one, if there is one.
    private Digest Read(StoredEntry stored, Digest? known)
    {
        long index = Fold.Size;
        try
        {
            if (!FoldOwn(stored))
                FoldStrictly(stored.ToReceipt());
            Digest leaf = directory.Hasher.Leaf(stored.Entry.Span);
            return known is null || known == leaf
                ? leaf
                : throw ErrorCodes.Damaged.Because("it is not what it was a moment ago");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.PayloadMissing)
        {
            throw ErrorCodes.Damaged.Because($"entry {index} cannot be read: {e.Message}");
        }
    }

    private void FoldStrictly(Receipt receipt)
    {
        object? record = receipt.Payload is { } payload
            ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root)
            : null;
        if (receipt.Entry.Body.Event == Events.EpochOpened)
            BeforeEpoch?.Invoke(Fold);
        made ??= SignedBytes.LedgerIdOf(receipt.Entry.Body.ToJson());
        Fold.Apply(receipt, record);
        if (IsLost(receipt))
            Miss(receipt.Entry);
        else if (!receipt.IsErased && !receipt.PayloadMatches(Fold.State.Ledger))
            throw ErrorCodes.CommitmentBroken.Because("its payload is not the one that its leaf commits to");
    }

    // Who reads is told what is missing. Who writes must know what may be done next.
    private void Miss(Entry entry)
    {
        if (canWrite && !MayLack && !Events.CanBeGivenUp(entry.Body.Event))
            throw ErrorCodes.PayloadMissing.Because(
                $"the payload of entry {entry.Index}, {entry.Body.Event}, is lost, and what may be appended depends on what it said",
                ShellText.Of(
                    $"put it back from another copy: tessraxctl repair {directory.Path} --from ANOTHER-COPY; reading and proving the rest go on without it"
                )
            );
        lost.Add(entry.Index);
    }
}
