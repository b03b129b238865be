using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Index;

/// <summary>A run of entries on their way from the segments into an index: whole batches.</summary>
internal sealed class IndexRun(List<Batch> batches, long from)
{
    /// <summary>The entries that an index lacks, as they are stored.</summary>
    public IEnumerable<StoredEntry> Entries =>
        batches.SelectMany(batch => batch.Entries.Skip((int)Math.Max(0, from - batch.FirstIndex)));

    public IndexDocument[] Documents { get; private set; } = [];

    public Digest[] Leaves { get; private set; } = [];

    /// <summary>The index after the last entry.</summary>
    public long End => batches[^1].NextIndex;

    /// <summary>What the log signed for so many entries.</summary>
    /// <exception cref="TessraxException">TSX3003: what should be a checkpoint is none.</exception>
    public TreeHead Head =>
        IndexSource.HeadOf(batches[^1])
        ?? throw ErrorCodes.Damaged.Because($"the checkpoint of entry {batches[^1].FirstIndex} is none");

    /// <summary>Reads what the entries are found by. Any thread.</summary>
    public void Read(TreeHasher hasher, bool hasText)
    {
        Documents = [.. Entries.Select(entry => IndexEntry.Of(entry, hasText))];
        Leaves = [.. Entries.Select(entry => hasher.Leaf(entry.Entry.Span))];
    }
}

/// <summary>A ledger's entries as an index takes them, in runs that end where a batch does.</summary>
internal sealed class IndexSource : IDisposable
{
    private const int UsualRun = 1024;

    // A bound for what is in memory at once: bytes of a run, as they are stored.
    private const long MostBytes = 1 << 20;

    private readonly Func<SegmentReader> reader;
    private readonly SegmentReader? owned;

    private IndexSource(LedgerDirectory directory, Func<SegmentReader> reader, SegmentReader? owned)
    {
        Directory = directory;
        this.reader = reader;
        this.owned = owned;
    }

    public LedgerDirectory Directory { get; }

    public TreeHasher Hasher => Directory.Hasher;

    /// <summary>Entries of a run, if they are not too large: then it has fewer.</summary>
    private int RunLength { get; init; } = UsualRun;

    /// <summary>Reads a ledger's segments as its genesis says, beside its writer or not.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003: it has no genesis.</exception>
    public static IndexSource Open(string ledger, IDisk disk, int runLength = UsualRun)
    {
        LedgerDirectory directory = LedgerDirectory.Open(ledger, disk);
        using var first = new SegmentReader(ledger, disk, static (_, _) => true);
        LedgerIdentity identity =
            LedgerIdentity.Of(first.Read(0))
            ?? throw ErrorCodes.Damaged.Because($"the ledger in {ledger} has no genesis");
        var reader = new SegmentReader(ledger, disk, identity.WithKeysOf(ledger, disk).NewHeads().IsSigned);
        return new IndexSource(directory, () => reader, reader) { RunLength = runLength };
    }

    /// <summary>Reads what a writer has open.</summary>
    public static IndexSource Of(LedgerDirectory directory, Func<SegmentReader> reader) => new(directory, reader, null);

    /// <summary>Whether an index of so many entries with that root was made of these segments. Rows are committed up to the ends of batches alone, so one ends there.</summary>
    public bool Fits(IndexMark mark)
    {
        if (mark.Ledger != Directory.Id)
            return false;
        if (mark.Size == 0)
            return true;
        try
        {
            return HeadOf(reader().ReadBatch(mark.Size - 1)) == new TreeHead(mark.Size, mark.Root);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoSuchEntry)
        {
            return false;
        }
    }

    /// <summary>The hashes of entries from one on.</summary>
    public IEnumerable<Digest> Leaves(long from) => reader().EntriesFrom(from).Select(entry => Hasher.Leaf(entry.Span));

    /// <summary>The entries from one on, in runs.</summary>
    /// <param name="from">The first.</param>
    /// <param name="upTo">Where to stop at the latest, at the end of a batch: what lies beyond need not be durable.</param>
    public IEnumerable<IndexRun> Runs(long from, long upTo = long.MaxValue)
    {
        var batches = new List<Batch>();
        (int entries, long bytes) = (0, 0);
        foreach (Batch batch in reader().ReadAll(from))
        {
            batches.Add(batch);
            entries += batch.Entries.Count;
            bytes += batch.Entries.Sum(e => (long)e.Entry.Length + e.Payload.Length);
            bool isEnd = batch.NextIndex >= upTo;
            if (entries < RunLength && bytes < MostBytes && !isEnd)
                continue;
            yield return new IndexRun(batches, from);
            if (isEnd)
                yield break;
            batches = [];
            (entries, bytes) = (0, 0);
        }
        if (batches.Count > 0)
            yield return new IndexRun(batches, from);
    }

    /// <summary>Reads the entries from one on on several threads, and hands them on in order.</summary>
    public void Feed(long from, long upTo, bool hasText, int threads, Action<IndexRun> take)
    {
        using IEnumerator<IndexRun> runs = Runs(from, upTo).GetEnumerator();
        new OrderedPipeline<IndexRun>(
            threads,
            () => runs.MoveNext() ? runs.Current : null,
            run => run.Read(Hasher, hasText),
            take,
            static () => true
        ).Run();
    }

    public void Dispose() => owned?.Dispose();

    internal static TreeHead? HeadOf(Batch batch) =>
        SignedNote.TryParse(batch.Checkpoint.Span, out SignedNote? note, out _)
        && Checkpoint.TryParseBody(note.Text, out Checkpoint? checkpoint)
            ? checkpoint.Head
            : null;
}
