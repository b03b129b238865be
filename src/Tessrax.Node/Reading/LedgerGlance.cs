using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Segments;
using Tessrax.Node.Trees;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>A ledger as somebody sees it who wants a few of its entries: held to its newest checkpoint, and not folded. Takes no lock and changes nothing.</summary>
/// <remarks>
/// Opening reads entry 0, which must make the ledger's id, the steps by which the log came to its present key, the tiles at the tree's right edge and the records behind the checkpoint
/// that they were offered with. What comes out is the tree that the newest checkpoint in the segments signs; every receipt is held to its leaf in it, and its payload to the leaf's
/// commitment, when it is read. Where anything of that is missing or odd, the whole ledger is opened (<see cref="LedgerView"/>), which tells what is wrong, or that nothing is.
/// Not seen, because it takes the fold: whether an erased mark is right (the first receipt with one opens the whole ledger), a change of the log's key that <c>state/log-keys</c> keeps silent
/// about while the old key signed on, and damage of entries that nobody asks for. What is appended later is not seen. Any thread may read.
/// </remarks>
public sealed class LedgerGlance : IDisposable
{
    // Entries that are read at once when going back from the end: few are asked for as a rule.
    private const int FirstRun = 64;
    private const int LongestRun = 4096;

    private readonly IDisk disk;
    private readonly SegmentReader reader;
    private readonly Lock opening = new();
    private readonly bool mayShowErased;
    private LedgerView? whole;
    private Batch? last;

    private LedgerGlance(GlanceOpening opened, LedgerView? whole, IDisk disk, ErasureMark before)
    {
        this.disk = disk;
        this.whole = whole;
        reader = opened.Reader;
        Directory = opened.Directory;
        Tree = opened.Tree;
        Log = opened.Log!;
        Checkpoint = opened.Last!;
        // What is open by now may be a segment that another one took the place of meanwhile.
        mayShowErased = before.IsDue || before != PayloadEraser.MarkOf(Directory.Path, disk);
        last = opened.LastBatch;
    }

    public LedgerDirectory Directory { get; }

    /// <summary>The tree that the newest checkpoint signs.</summary>
    public LedgerTree Tree { get; }

    /// <summary>The log's keys.</summary>
    public LogKeyChain Log { get; }

    /// <summary>The newest checkpoint, checked.</summary>
    public SignedNote Checkpoint { get; }

    /// <summary>The hashes of the tree.</summary>
    public TreeHasher Hasher => Directory.Hasher;

    /// <summary>How many entries the checkpoint covers.</summary>
    public long Size => Tree.Size;

    /// <summary>Asks somebody who has folded the ledger whether its erased marks are right, instead of opening it; throws where they are not.</summary>
    internal Action? ConfirmsErasures { get; set; }

    /// <summary>Whether it was possible to do without opening the whole ledger so far.</summary>
    internal bool IsGlance => whole is null;

    /// <summary>Opens a ledger for reading.</summary>
    /// <exception cref="TessraxException">As <see cref="LedgerView.Open(string, IDisk)"/>.</exception>
    public static LedgerGlance Open(string path, NodeEnvironment environment) => OpenSharing(path, environment, null);

    /// <summary>The same for one of many who read the ledger one after the other.</summary>
    internal static LedgerGlance OpenSharing(string path, NodeEnvironment environment, SharedTiles? shared)
    {
        ArgumentNullException.ThrowIfNull(environment);
        IDisk disk = environment.Disk;
        LedgerDirectory directory = LedgerDirectory.Open(path, disk);
        ErasureMark before = PayloadEraser.MarkOf(path, disk);
        var opening = new GlanceOpening(directory, disk, shared);
        try
        {
            if (opening.TryRead())
                return new LedgerGlance(opening, null, disk, before);
        }
        catch (TessraxException)
        {
            // The whole ledger tells.
        }
        catch
        {
            opening.Reader.Dispose();
            throw;
        }
        opening.Reader.Dispose();
        LedgerView whole = LedgerView.Open(path, disk);
        return new LedgerGlance(new GlanceOpening(whole, disk), whole, disk, before);
    }

    /// <summary>The whole ledger, folded; it may hold more, if somebody writes to it.</summary>
    /// <exception cref="TessraxException">As <see cref="LedgerView.Open(string, IDisk)"/>.</exception>
    public LedgerView Whole()
    {
        lock (opening)
            return whole ??= LedgerView.Open(Directory.Path, disk);
    }

    /// <summary>The ids of the keys that a name, or a person, has in the ledger, to search for them. Folds the ledger.</summary>
    public IReadOnlyList<Digest> KeysOf(string name) => Whole().Fold.State.KeysNamed(name);

    /// <summary>Whether an entry is there.</summary>
    /// <exception cref="TessraxException">TSX3011: it is not.</exception>
    public void Require(long index)
    {
        if (index < 0 || index >= Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no entry {index}; the ledger holds {Size}");
    }

    /// <summary>One receipt.</summary>
    /// <exception cref="TessraxException">TSX3011: there is none of that index; TSX3003: it is damaged.</exception>
    public Receipt Receipt(long index)
    {
        Require(index);
        // A record is read whole, and who asks for one of its entries often asks for another one.
        Batch batch =
            last is { } known && known.FirstIndex <= index && index < known.NextIndex ? known : reader.ReadBatch(index);
        last = batch;
        StoredEntry stored = batch.Entries[(int)(index - batch.FirstIndex)];
        RequireLeaf(index, stored);
        return Parse(index, stored);
    }

    /// <summary>Receipts in order, from an index on.</summary>
    /// <param name="index">The first.</param>
    /// <param name="mayMatch">As for <see cref="Backwards"/>.</param>
    /// <param name="end">None from this index on.</param>
    public IEnumerable<Receipt> From(
        long index,
        Predicate<ReadOnlyMemory<byte>>? mayMatch = null,
        long end = long.MaxValue
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return Stored(index, Math.Min(end, Size))
            .Where(found => mayMatch is null || mayMatch(found.Entry.Entry))
            .Select(found => Parse(found.Index, found.Entry));
    }

    /// <summary>The bytes that are hashed for the tree, entry by entry, without payloads; each is held to its leaf, and read no further.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Leaves(LeafRange range) =>
        Stored(range.Start, Math.Min(range.End, Size)).Select(found => found.Entry.Entry);

    /// <summary>Receipts from the newest back, read as they are asked for.</summary>
    /// <param name="before">Only those before this index; null for all.</param>
    /// <param name="mayMatch">Looks at a leaf's bytes, to spare those that are not wanted from being read strictly; all are held to the tree.</param>
    /// <param name="from">None before this index.</param>
    public IEnumerable<Receipt> Backwards(
        long? before = null,
        Predicate<ReadOnlyMemory<byte>>? mayMatch = null,
        long from = 0
    )
    {
        long run = FirstRun;
        for (long end = Math.Min(before ?? Size, Size); end > from; )
        {
            long start = Math.Max(from, end - run);
            (long Index, StoredEntry Entry)[] found =
            [
                .. Stored(start, end).Where(one => mayMatch is null || mayMatch(one.Entry.Entry)),
            ];
            for (int i = found.Length - 1; i >= 0; i--)
                yield return Parse(found[i].Index, found[i].Entry);
            end = start;
            run = Math.Min(run * 4, LongestRun);
        }
    }

    /// <summary>The newest receipts, the newest first.</summary>
    /// <param name="count">At most so many.</param>
    /// <param name="events">Only of these events; null for any.</param>
    /// <param name="since">Only those that were recorded then or later, back to the first that was not; null for any.</param>
    /// <param name="before">Only those before this index; null for all.</param>
    public IEnumerable<Receipt> Newest(
        long count,
        IReadOnlyCollection<string>? events = null,
        UtcTime? since = null,
        long? before = null
    )
    {
        if (count <= 0)
            yield break;
        // A time is looked for in every entry, so that the search ends where it must.
        foreach (Receipt receipt in Backwards(before, since is null && events is not null ? MayBe(events) : null))
        {
            if (since is { } first && receipt.Entry.RecordedAt < first)
                yield break;
            if (events is not null && !events.Contains(receipt.Entry.Body.Event))
                continue;
            yield return receipt;
            if (--count == 0)
                yield break;
        }
    }

    /// <summary>Tells leaves that may be of one of some events from those that surely are not, by their bytes.</summary>
    /// <param name="events">The events.</param>
    /// <param name="stop">Ends the looking: the next leaf that is looked at throws.</param>
    public static Predicate<ReadOnlyMemory<byte>> MayBe(
        IReadOnlyCollection<string> events,
        CancellationToken stop = default
    )
    {
        // In canonical JSON, text within text has its quotes escaped: only an entry of that event holds these bytes, or one that speaks of such a body.
        byte[][] names = [.. events.Select(name => Encoding.UTF8.GetBytes($"\"event\":\"{name}\""))];
        return leaf =>
        {
            stop.ThrowIfCancellationRequested();
            return Array.Exists(names, name => leaf.Span.IndexOf(name) >= 0);
        };
    }

    /// <summary>The checkpoint that was signed when the ledger had exactly so many entries; null if none was.</summary>
    /// <exception cref="TessraxException">TSX3011: it never had that size; TSX3003: what lies there does not sign the tree.</exception>
    public SignedNote? SignedAt(long size)
    {
        if (size < 1 || size > Size)
            throw ErrorCodes.NoSuchEntry.Because($"there is no tree of size {size}; sizes go from 1 to {Size}");
        Batch batch = reader.ReadBatch(size - 1);
        return batch.NextIndex == size ? SignedNote.Parse(RequireSigned(batch).Span) : null;
    }

    /// <summary>Every checkpoint that was signed from a size on, by size, each but the first linked to the one before.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX3003: what lies there does not sign the tree.</exception>
    public IEnumerable<SignedRoot> Signed(long from)
    {
        long before = 0;
        foreach (Batch batch in reader.ReadAll(Math.Max(from, 1) - 1))
        {
            if (batch.NextIndex > Size)
                yield break;
            string note = Encoding.UTF8.GetString(RequireSigned(batch).Span);
            var head = new TreeHead(batch.NextIndex, Tree.RootAt(batch.NextIndex));
            UtcTime time = batch.Entries[^1].ToReceipt().Entry.RecordedAt;
            Digest[] link = before == 0 ? [] : ConsistencyProof.Prove(Tree, before, batch.NextIndex, Hasher);
            yield return new SignedRoot(note, head, time, link);
            before = batch.NextIndex;
            if (before == Size)
                yield break;
        }
    }

    /// <summary>The audit path of an entry to the checkpoint's root.</summary>
    public Digest[] Prove(long index) => InclusionProof.Prove(Tree, Size, index, Hasher);

    public void Dispose()
    {
        reader.Dispose();
        whole?.Dispose();
    }

    // Entries as they are stored, each held to its leaf.
    private IEnumerable<(long Index, StoredEntry Entry)> Stored(long from, long end)
    {
        if (from >= end)
            yield break;
        foreach (Batch batch in reader.ReadAll(from))
        {
            for (int i = (int)Math.Max(0, from - batch.FirstIndex); i < batch.Entries.Count; i++)
            {
                long index = batch.FirstIndex + i;
                if (index >= end)
                    yield break;
                RequireLeaf(index, batch.Entries[i]);
                yield return (index, batch.Entries[i]);
            }
            if (batch.NextIndex >= end)
                yield break;
        }
    }

    private void RequireLeaf(long index, StoredEntry stored)
    {
        if (Tree.Leaf(index) != Hasher.Leaf(stored.Entry.Span))
            throw ErrorCodes.Damaged.Because($"entry {index} is not the one that the checkpoint covers");
    }

    private ReadOnlyMemory<byte> RequireSigned(Batch batch) =>
        Log.TryOpenAny(batch.Checkpoint.Span, out Checkpoint? signed, out string reason)
        && signed.Head == new TreeHead(batch.NextIndex, Tree.RootAt(batch.NextIndex))
            ? batch.Checkpoint
            : throw ErrorCodes.Damaged.Because(
                $"the checkpoint of size {batch.NextIndex} does not sign the tree of that size: {reason}"
            );

    private Receipt Parse(long index, StoredEntry stored)
    {
        Receipt receipt = stored.ToReceipt();
        // A mark alone erases nothing: the control event that answers for it must be there, which the fold knows.
        if (receipt.IsErased)
            ConfirmErasures();
        else if (!LedgerReplay.IsLost(receipt) && !receipt.PayloadMatches(Directory.Id))
            throw ErrorCodes.Damaged.Because($"the payload of entry {index} is not the one that its leaf commits to");
        if (!mayShowErased || receipt is not { Payload: not null, Entry.Body.Payload: not null })
            return receipt;
        // An erasure on record was not carried out yet, or one is about to come.
        return Whole().Fold.Erasures.ErasedAt(receipt.Entry) is null ? receipt : receipt.Erase();
    }

    private void ConfirmErasures()
    {
        if (ConfirmsErasures is { } confirm)
            confirm();
        else
            Whole();
    }
}
