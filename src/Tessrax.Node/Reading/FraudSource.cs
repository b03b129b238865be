using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>Entries of a log, as somebody showed them: a ledger's directory, or a bundle. Nothing of it is believed; what is found in it is proven.</summary>
public abstract class FraudSource : IDisposable
{
    private LogKeyTrail? trail;

    /// <summary>As it was named.</summary>
    public required string Name { get; init; }

    /// <summary>The hasher of its tree, as it says.</summary>
    public abstract TreeHasher Hasher { get; }

    /// <summary>The log's keys as genesis and the entries after it show them, once <see cref="Entries"/> was read; none if they show none that can be read.</summary>
    public IEnumerable<VerifierKey> Keys => trail?.Log.Spans.Select(span => span.Key) ?? [];

    /// <summary>Why reading ended before the end; null if it did not.</summary>
    public TessraxException? Fault { get; private protected set; }

    /// <summary>A bundle's entries.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1011: not a bundle.</exception>
    public static FraudSource OfBundle(string name, ReadOnlySpan<byte> bytes) =>
        new BundleSource(Bundle.Parse(bytes)) { Name = name };

    /// <summary>A ledger's entries, read from its segments without judging them.</summary>
    /// <exception cref="TessraxException">TSX3001: no ledger; TSX3003, TSX3006, TSX3007: cannot be read.</exception>
    public static FraudSource OfLedger(string directory, IDisk disk) =>
        new LedgerSource(LedgerDirectory.Open(directory, disk).Hasher, directory, disk) { Name = directory };

    /// <summary>Its entries by index. What cannot be read as an entry is passed over.</summary>
    public IEnumerable<Entry> Entries()
    {
        foreach (Entry entry in Read())
        {
            trail = Follow(entry);
            yield return entry;
        }
    }

    /// <summary>The entry with its proof in a tree that is said to be signed; null if there is none. Of what <see cref="Entries"/> has given.</summary>
    public abstract BoundEntry? Bind(long index);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    private protected abstract IEnumerable<Entry> Read();

    private LogKeyTrail? Follow(Entry entry)
    {
        if (entry.Index != 0)
            return Events.MayChangeLogKey(entry.Body.Event) ? trail?.After(entry.ToLeaf()) : trail;
        try
        {
            return LogKeyTrail.From(SignedBytes.LedgerIdOf(entry.Body.ToJson()), Genesis.Read(entry.Body));
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    private sealed class BundleSource(Bundle bundle) : FraudSource
    {
        public override TreeHasher Hasher => bundle.Hasher;

        public override BoundEntry? Bind(long index) =>
            bundle.Entries.FirstOrDefault(item => item.Receipt.Entry.Index == index) is { } found
                ? new BoundEntry(found.Receipt.Entry, found.Proof, bundle.Checkpoint)
                : null;

        private protected override IEnumerable<Entry> Read() => bundle.Entries.Select(item => item.Receipt.Entry);
    }

    private sealed class LedgerSource(TreeHasher hasher, string directory, IDisk disk) : FraudSource
    {
        private readonly SegmentReader reader = new(directory, disk, IsOfThatSize);
        private readonly MerkleTree tree = new(hasher);
        private (long Size, string Note)? signed;

        public override TreeHasher Hasher => hasher;

        public override BoundEntry? Bind(long index) =>
            signed is { } over && index < over.Size
                ? new BoundEntry(
                    Entry.Parse(reader.Read(index).Entry.Span),
                    InclusionProof.Prove(tree, over.Size, index, hasher),
                    over.Note
                )
                : null;

        public override void Dispose()
        {
            reader.Dispose();
            base.Dispose();
        }

        private protected override IEnumerable<Entry> Read()
        {
            using IEnumerator<Batch> batches = reader.ReadAll().GetEnumerator();
            while (Next(batches) is { } batch)
            {
                foreach (StoredEntry stored in batch.Entries)
                    tree.Append(hasher.Leaf(stored.Entry.Span));
                if (HeadOf(batch.Checkpoint) is { } says && says.Head == new TreeHead(tree.Size, tree.Root()))
                    signed = (tree.Size, says.Note);
                foreach (Entry entry in batch.Entries.Select(Readable).OfType<Entry>())
                    yield return entry;
            }
        }

        private Batch? Next(IEnumerator<Batch> batches)
        {
            try
            {
                return batches.MoveNext() ? batches.Current : null;
            }
            catch (TessraxException e)
            {
                Fault = e;
                return null;
            }
        }

        private static Entry? Readable(StoredEntry stored)
        {
            try
            {
                return Entry.Parse(stored.Entry.Span);
            }
            catch (TessraxException)
            {
                return null;
            }
        }

        // Whose signature it is, is for whoever checks what was found.
        private static bool IsOfThatSize(ReadOnlyMemory<byte> note, long size) => HeadOf(note)?.Head.Size == size;

        private static (TreeHead Head, string Note)? HeadOf(ReadOnlyMemory<byte> note) =>
            SignedNote.TryParse(note.Span, out SignedNote? read, out _)
            && Checkpoint.TryParseBody(read.Text, out Checkpoint? checkpoint)
                ? (checkpoint.Head, read.ToString())
                : null;
    }
}
